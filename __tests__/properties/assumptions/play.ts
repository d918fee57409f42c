import { manualClock } from '../../../tools/simulator/clock.ts'
import type { Lane } from '../../../tools/simulator/model/lane.ts'
import { OPERATIONS_BY_NAME } from '../../../tools/simulator/operations/operations.ts'
import { exchange, type Reply } from '../../../tools/simulator/protocol/exchange.ts'
import type { Protocol, Request } from '../../../tools/simulator/protocol/protocol.ts'
import { NOTHING_REAL } from '../../../tools/simulator/real-world.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { Simulation } from '../../../tools/simulator/simulation.ts'
import { type Simulator, startSimulator } from '../../../tools/simulator/simulator.ts'
import { runNumber } from '../../support/others.ts'
import { type SimulatedRelease, simulateRelease } from '../../support/simulated-release.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import type { Flip } from './other-sides.ts'
import type { Story } from './stories.ts'
import { productionOf, type Truth } from './truth.ts'

const LANE = 'demo:web'

/** What was asked of AWS and answered, or that a step ended. */
type Moment = { atMs: number; protocol: Protocol; request: Request; answer: string } | { atMs: number; ends: true }

export interface Played {
  steps: { ended: SimulatedRelease; truth: Truth }[]
  moments: Moment[]
}

/** Plays every step of a story in virtual time, with these switches flipped. */
export async function play({ scenario, steps, files = {} }: Story, flip: Flip): Promise<Played> {
  const clock = virtualClock()
  const assumptions = { ...scenario.assumptions, ...flip }
  const simulator = await startSimulator({ scenario: { ...scenario, assumptions }, clock, complain: fail })
  const played: Played = { steps: [], moments: [] }
  const productionAt = new Map<number, string>()
  record(simulator, clock, played.moments, productionAt)
  try {
    for (const { inputs, afterSeconds = 0, cancelAtSecond } of steps) {
      if (afterSeconds > 0) await clock.sleep(afterSeconds * 1000)
      const ended = await simulateRelease({
        scenario,
        account: { simulator, clock },
        inputs,
        files,
        world: runNumber(42),
        prepare: ({ abort }) => {
          const begun = (clock.now() - START_MS) / 1000
          if (cancelAtSecond !== undefined) clock.atSecond(begun + cancelAtSecond, abort)
        },
      })
      played.moments.push({ atMs: clock.now(), ends: true })
      played.steps.push({ ended, truth: { end: laneOf(simulator), productionAt: new Map(productionAt) } })
    }
  } finally {
    await simulator.close()
  }
  return played
}

const START_MS = manualClock().now()

/** Writes down what is asked and answered, and what serves production at each answer. */
function record(
  simulator: Simulator,
  clock: { now(): number },
  moments: Moment[],
  productionAt: Map<number, string>,
): void {
  const { answer } = simulator
  simulator.answer = async (request, protocol) => {
    const answered = await answer(request, protocol)
    moments.push({ atMs: clock.now(), protocol, request, answer: answerText(answered.reply) })
    productionAt.set(Math.trunc(clock.now()), productionOf(laneOf(simulator)))
    return answered
  }
}

/**
 * The switches that can matter in a story, and whether the action would notice: those that the simulator has not read
 * while it answered cannot.
 */
export function switchesRead({ scenario }: Story, played: Played): ReadonlySet<string> {
  const simulation = simulationOf(scenario, {})
  const { rules } = simulation.account
  const read = new Set<string>()
  // What has begun before the start has read its switches already.
  if (scenario.begun !== undefined) for (const name of Object.keys(rules.assumptions)) read.add(name)
  rules.assumptions = new Proxy(rules.assumptions, {
    get: (assumptions, name) => {
      read.add(String(name))
      return Reflect.get(assumptions, name)
    },
  })
  if (askAgain(simulation, played) === undefined) throw new Error('the simulator answers otherwise the second time')
  return read
}

/**
 * Asks the same at the same moments with these switches flipped. The action asks nothing but AWS and the clock, so as
 * long as the answers are the same, so is everything that it does and tells, and only what was true can be another.
 * @returns what was true at the end of each step; undefined as soon as an answer is another
 */
export function replay({ scenario }: Story, flip: Flip, played: Played): Truth[] | undefined {
  return askAgain(simulationOf(scenario, flip), played)
}

interface Repeated extends Simulation {
  toMs(atMs: number): void
}

function simulationOf(scenario: Scenario, flip: Flip): Repeated {
  const clock = manualClock()
  const assumptions = { ...scenario.assumptions, ...flip }
  const options = { scenario: { ...scenario, assumptions }, clock, seed: 0, runningFunctions: [] }
  return Object.assign(new Simulation(options), {
    toMs: (atMs: number) => clock.advance((atMs - clock.now()) / 1000),
  })
}

function askAgain(simulation: Repeated, { moments }: Played): Truth[] | undefined {
  const { account, faults } = simulation
  const surroundings = { account, operations: OPERATIONS_BY_NAME, faults, real: () => NOTHING_REAL, complain: fail }
  const lane = () => mustBe(account.lane(LANE, simulation.now()))
  const productionAt = new Map<number, string>()
  const truths: Truth[] = []
  for (const moment of moments) {
    simulation.toMs(moment.atMs)
    const atMs = simulation.now()
    if ('ends' in moment) truths.push({ end: lane(), productionAt: new Map(productionAt) })
    else {
      const { protocol, request, answer } = moment
      const { reply } = exchange(protocol, request, surroundings, atMs, 'any')
      if (answerText(reply) !== answer) return undefined
      productionAt.set(Math.trunc(atMs), productionOf(lane()))
    }
  }
  return truths
}

/** Without the id of the request, which stands in an error's and in a query's answer. */
function answerText(reply: Reply): string {
  return reply === undefined ? 'cut' : `${reply.httpStatus} ${reply.body.replace(/<RequestId>.*?<\/RequestId>/, '')}`
}

function laneOf(simulator: Simulator): Lane {
  return mustBe(simulator.lane(LANE))
}

function mustBe(lane: Lane | undefined): Lane {
  if (lane === undefined) throw new Error(`the simulator has no lane ${LANE}`)
  return lane
}

function fail(line: string): never {
  throw new Error(line)
}
