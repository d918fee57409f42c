import { isMovable, offsetClock, type SimulatorClock } from './clock.ts'
import type { Controlled } from './control/action.ts'
import { answerControl } from './control/control.ts'
import { type HookLogLine, linesOf, plannedHookRuns } from './hook-log.ts'
import { LateAnswers } from './late-answers.ts'
import { type Live, startLive } from './live/live.ts'
import type { Lane } from './model/lane.ts'
import type { RuleEdit } from './native/seeds.ts'
import { OPERATIONS_BY_NAME } from './operations/operations.ts'
import { exchange, requestId } from './protocol/exchange.ts'
import { type Answered, closeServer, type Handlers, listen, urlOf } from './protocol/http.ts'
import { type Listeners, NOTHING_REAL } from './real-world.ts'
import type { RecordedCall } from './recorded-call.ts'
import type { Fault, Scenario } from './scenario.ts'
import { Simulation } from './simulation.ts'

export interface SimulatorOptions {
  scenario: Scenario
  clock: SimulatorClock
  /** Default 0: any free one. */
  port?: number
  /** Ids are made from it: the same with the same seed, others with another one. Default 0. */
  seed?: number
  /**
   * Scaled mode: services marked `serve` and hook functions with a `handlerFile` are real. `clock` is a `scaledClock`
   * of this speed.
   */
  live?: { speed: number }
  /** Gets what nobody should overlook, e.g. an operation that is not simulated; default: standard error. */
  complain?: (line: string) => void
}

export interface Simulator {
  /** What `AWS_ENDPOINT_URL` is to be. */
  url: string
  /** Answers a request as its endpoint would, with no connection in between; no `reply`: the connection would be cut. */
  answer: Handlers['aws']
  /** Every request so far, oldest first. */
  calls: RecordedCall[]
  /** What hook functions printed so far, and what planned ones would have printed. */
  readonly hookLogs: HookLogLine[]
  /** Listener addresses of served services, by `cluster:service`; empty on a clock that nobody listens to. */
  listeners: Record<string, Listeners>
  /** An alarm stays as it is set. */
  setAlarm(name: string, state: 'ALARM' | 'OK'): void
  addFault(fault: Fault): void
  /** Somebody edits the listener rules of a service that ECS deploys, by `cluster:service`. */
  editRules(key: string, edit: Omit<RuleEdit, 'atSeconds'>): void
  /** From now on the tasks of the replacement that is being deployed there stop, one after the other. */
  failTasks(key: string): void
  /** The truth of one service by `cluster:service`, past every fault. */
  lane(key: string): Lane | undefined
  /** No request meets any of the faults there were, those of the scenario included. */
  clearFaults(): void
  /** The scenario begins again at this moment of the clock, at the same addresses; running hooks are ended. */
  reset(): Promise<void>
  close(): Promise<void>
}

const CUT: Answered = { reply: undefined, requestId: '' }

/** A simulated AWS account behind a port on loopback. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { scenario, seed = 0, complain = complainOnStderr } = options
  const clock = offsetClock(options.clock, scenario.clockOffsetSeconds ?? 0)
  const movable = isMovable(clock) ? clock : undefined
  const running = options.live ? scenario.world.functions.filter(({ handlerFile }) => handlerFile) : []
  const simulation = new Simulation({ scenario, clock, seed, runningFunctions: running.map(({ name }) => name) })
  const { record } = simulation
  const standsStill = movable?.speed === 0
  const lateAnswers = movable && new LateAnswers<Answered>(movable)
  let live: Live | undefined
  const real = () => live ?? NOTHING_REAL

  const answer: Handlers['aws'] = (request, protocol) => {
    const { account, faults } = simulation
    const id = requestId(account.rules.idSeed, record.calls.length + 1)
    const surroundings = { account, operations: OPERATIONS_BY_NAME, faults, real, standsStill, complain }
    const { reply, call, delaySeconds = 0 } = exchange(protocol, request, surroundings, simulation.now(), id)
    record.add(call)
    // What a reading call brought up to date was due, and live looks at what is due by itself.
    if (call.writes) live?.lookAgain()
    const answered = { reply, requestId: id }
    return delaySeconds > 0 && lateAnswers ? lateAnswers.hold(answered, delaySeconds, CUT) : answered
  }
  const server = await listen(options.port ?? 0, {
    aws: answer,
    control: (request) => answerControl(request, controlled),
  })
  const url = urlOf(server)
  if (options.live) {
    if (!movable) throw new Error('Scaled mode needs a scaled clock.')
    live = await startLive({
      account: () => simulation.account,
      nextDueMs: () => simulation.nextDueMs(),
      clock: movable,
      url,
      complain,
    })
  }

  const simulator: Simulator = {
    url,
    answer,
    calls: record.calls,
    get hookLogs() {
      const runs = [...plannedHookRuns(simulation.account, simulation.now()), ...real().hookRuns]
      return runs.flatMap(linesOf).sort((one, other) => one.atMs - other.atMs)
    },
    listeners: live?.listeners ?? {},
    setAlarm: (name, state) => {
      simulation.account.recordForAll({ kind: 'alarm-set', atMs: simulation.now(), name, state })
      live?.lookAgain()
    },
    addFault: (fault) => {
      if (fault.kind.type === 'slow' && !movable) throw new Error('A slow answer needs a clock that can wake it.')
      simulation.faults.add(fault)
    },
    clearFaults: () => simulation.faults.clear(),
    editRules: (key, edit) => {
      simulation.account.record(key, { kind: 'native-rules-edited', atMs: simulation.now(), ...edit })
      live?.lookAgain()
    },
    failTasks: (key) => {
      simulation.account.record(key, { kind: 'native-tasks-failed', atMs: simulation.now() })
      live?.lookAgain()
    },
    reset: async () => {
      lateAnswers?.dropAll()
      simulation.reset()
      await live?.reset()
    },
    lane: (key) => simulation.account.lane(key, simulation.now()),
    close: async () => {
      lateAnswers?.dropAll()
      await live?.close()
      await closeServer(server)
    },
  }
  const controlled: Controlled = {
    simulator,
    simulation,
    scenario,
    seed,
    clock: movable,
  }
  return simulator
}

function complainOnStderr(line: string): void {
  process.stderr.write(`simulator: ${line}\n`)
}
