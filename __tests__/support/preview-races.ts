import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'
import { type PullRequestEvent, pullRequest, scheduled } from './preview-events.ts'
import { type LaneOwner, laneOwners, preview, scenarioWithLanes } from './previews.ts'
import { sequence } from './random-sequence.ts'
import type { SimulatedRelease, Staging } from './simulated-release.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** One run among several that happen at the same time. */
export interface RacingRun {
  /** Undefined: a sweep. */
  event: PullRequestEvent | undefined
  startsAfterMs: number
  /** From which it takes a moment before each request. */
  seed: number
}

export interface Race {
  lanes: number
  runs: readonly RacingRun[]
}

export interface RaceResult {
  /** In the order of the runs. */
  ended: SimulatedRelease[]
  /** After all runs: who has each lane, and how many tasks it is to run. */
  owners: LaneOwner[]
  /** The same after a sweep. */
  afterSweep: LaneOwner[]
  calls: readonly RecordedCall[]
}

/** What a run takes before a request, in milliseconds: mostly a moment, now and then so long that others are done meanwhile. */
const LONGEST_MOMENT_MS = 300
const LONGEST_STALL_MS = 25_000
const STALLS = 0.12

/** In seconds: a deployment is done within a few stalls. */
const QUICK = { created: 1, install: 40, drain: 5, stopLag: 1 }

/** Lets runs race for lanes, in virtual time, interleaved at every request. */
export async function race({ lanes, runs }: Race): Promise<RaceResult> {
  const clock = virtualClock(runs.length + 1)
  const referee = clock.forActor()
  const scenario = { ...scenarioWithLanes(lanes), timings: QUICK }
  const simulator = await startSimulator({ scenario, clock })
  const closed = new Set<string>()
  const isPullRequestClosed = async (number: string) => closed.has(number)
  const allDone = new AbortController()
  const over = new AbortController()
  void referee.sleep(Number.POSITIVE_INFINITY, allDone.signal)
  let running = runs.length

  async function play({ event, startsAfterMs, seed }: RacingRun, index: number): Promise<SimulatedRelease> {
    const own = clock.forActor()
    const random = sequence(seed)
    await own.sleep(startsAfterMs)
    if (event?.action === 'closed') closed.add(String(event.number))
    const started = event === undefined ? scheduled(900 + index) : pullRequest({ ...event, run: 100 + index })
    const account = { simulator, clock: { ...own, deadline: clock.deadline } }
    const result = await preview(
      account,
      { ...started, isPullRequestClosed, random },
      { lanes, prepare: (staging) => takeMoments(staging, own, random) },
    )
    running -= 1
    if (running === 0) allDone.abort()
    // Time passes for the others only while this one sleeps.
    void own.sleep(Number.POSITIVE_INFINITY, over.signal)
    return result
  }

  try {
    const ended = await Promise.all(runs.map(play))
    const after = { simulator, clock: referee }
    const owners = await laneOwners(after, lanes)
    await preview(after, { ...scheduled(999), isPullRequestClosed }, { lanes })
    return { ended, owners, afterSweep: await laneOwners(after, lanes), calls: simulator.calls }
  } finally {
    over.abort()
    await simulator.close()
  }
}

/** Before each request a moment passes, in which others go on. */
function takeMoments({ ecs, codeDeploy }: Staging, own: VirtualClock, random: () => number): void {
  for (const client of [ecs, codeDeploy]) {
    const stack: { add: (...parts: never[]) => void } = client.middlewareStack as never
    const middleware = (next: (args: unknown) => Promise<unknown>) => async (args: unknown) => {
      await own.sleep(random() * (random() < STALLS ? LONGEST_STALL_MS : LONGEST_MOMENT_MS))
      const underWay = own.deadline(Number.MAX_SAFE_INTEGER)
      try {
        return await next(args)
      } finally {
        underWay.cancel()
      }
    }
    stack.add(middleware as never, { step: 'initialize', name: 'takeMoments' } as never)
  }
}
