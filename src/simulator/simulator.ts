import type { SimulatorClock } from './clock.ts'
import { Faults } from './faults.ts'
import { type HookLogLine, linesOf, plannedHookRuns } from './hook-log.ts'
import type { Listeners } from './live/listener.ts'
import { type Live, startLive } from './live/live.ts'
import { Account } from './model/account.ts'
import type { Lane } from './model/lane.ts'
import { rulesOf } from './model/rules.ts'
import { exchange, requestId } from './protocol/exchange.ts'
import { closeServer, listen, urlOf } from './protocol/http.ts'
import { NOTHING_REAL } from './real-world.ts'
import { CallRecord, type RecordedCall } from './recorded-call.ts'
import type { Fault, Scenario } from './scenario.ts'

export interface SimulatorOptions {
  scenario: Scenario
  clock: SimulatorClock
  /** Default 0: any free one. */
  port?: number
  /** Scaled mode: services marked `serve` and hook functions with a `handlerFile` are real. `clock` runs at this rate. */
  live?: { speed: number }
  /** Gets what nobody should overlook, e.g. an operation that is not simulated; default: standard error. */
  complain?: (line: string) => void
}

export interface Simulator {
  /** What `AWS_ENDPOINT_URL` is to be. */
  url: string
  /** Every request so far, oldest first. */
  calls: RecordedCall[]
  /** What hook functions printed so far, and what planned ones would have printed. */
  readonly hookLogs: HookLogLine[]
  /** Listener addresses of served services, by `cluster:service`; empty on a clock that nobody listens to. */
  listeners: Record<string, Listeners>
  /** An alarm stays as it is set. */
  setAlarm(name: string, state: 'ALARM' | 'OK'): void
  addFault(fault: Fault): void
  /** The truth of one service by `cluster:service`, past every fault. */
  lane(key: string): Lane | undefined
  close(): Promise<void>
}

/** A simulated AWS account behind a port on loopback. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { scenario, clock, complain = complainOnStderr } = options
  const startMs = clock.now()
  const runningFunctions = options.live ? scenario.world.functions.filter(({ handlerFile }) => handlerFile) : []
  const account = new Account(
    rulesOf(
      scenario,
      startMs,
      runningFunctions.map(({ name }) => name),
    ),
  )
  const faults = new Faults(scenario.faults, startMs)
  const record = new CallRecord()
  let latestMs = startMs
  const now = () => {
    latestMs = Math.max(latestMs, clock.now())
    return latestMs
  }
  let live: Live | undefined
  const surroundings = { account, faults, real: () => live ?? NOTHING_REAL, complain }
  const server = await listen(options.port ?? 0, (request, protocol) => {
    const id = requestId(record.calls.length + 1)
    const { reply, call } = exchange(protocol, request, surroundings, now(), id)
    record.add(call)
    // What a reading call brought up to date was due, and live looks at what is due by itself.
    if (call.writes) live?.lookAgain()
    return { reply, requestId: id }
  })
  const url = urlOf(server)
  if (options.live) live = await startLive({ account, now, url, speed: options.live.speed, complain })
  return {
    url,
    calls: record.calls,
    get hookLogs() {
      const runs = [...plannedHookRuns(account, now()), ...surroundings.real().hookRuns]
      return runs.flatMap(linesOf).sort((one, other) => one.atMs - other.atMs)
    },
    listeners: live?.listeners ?? {},
    setAlarm: (name, state) => {
      account.recordForAll({ kind: 'alarm-set', atMs: now(), name, state })
      live?.lookAgain()
    },
    addFault: (fault) => faults.add(fault),
    lane: (key) => account.lane(key, now()),
    close: async () => {
      await live?.close()
      await closeServer(server)
    },
  }
}

function complainOnStderr(line: string): void {
  process.stderr.write(`simulator: ${line}\n`)
}
