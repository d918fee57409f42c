import { hexOf, type IdSeed } from '../identity.ts'
import type { OneOffTaskPlan } from '../scenario.ts'

/** A task that was started by itself, by RunTask. What becomes of it follows from this and the clock. */
export interface OneOffTask {
  /** 32 hexadecimal digits. */
  id: string
  cluster: string
  taskDefinitionArn: string
  /** The request that started it, without its token. */
  request: Readonly<Record<string, unknown>>
  clientToken: string | undefined
  /** In its containers, the one that decides how long it runs. */
  mainContainer: string
  plan: OneOffTaskPlan
  createdMs: number
  /** Somebody called StopTask. */
  stop: { atMs: number; reason: string } | undefined
}

/** How a task is at a moment. Times in milliseconds since 1970; undefined while it has not come to that. */
export interface OneOffState {
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED'
  desiredStatus: 'RUNNING' | 'STOPPED'
  runningMs: number | undefined
  stoppingMs: number | undefined
  /** When its containers ended. */
  endedMs: number | undefined
  stoppedMs: number | undefined
  stopCode: string | undefined
  stoppedReason: string | undefined
  /** Of its main container; undefined when it never ran, or runs. */
  exitCode: number | undefined
}

/** A task is being placed, then its network is made and its images are pulled (assumed). In milliseconds. */
const PROVISIONING_MS = 5_000
const PENDING_MS = 10_000
/** From the end of its containers until it is STOPPED (assumed). */
const DEPROVISIONING_MS = 5_000
/** A container that is told to stop ends so soon, with the code that SIGTERM gives (assumed). */
const TERMINATES_MS = 2_000
const TERMINATED = 143

/** Without a plan: it ends well. */
const ENDS_WELL: OneOffTaskPlan = { runSeconds: 20, exitCode: 0 }

/** How long ECS knows a token: a day, and no longer than an hour after its task. Source: ECS API Reference, "Ensuring idempotency". */
const TOKEN_KNOWN_MS = 24 * 3_600_000
const KNOWN_AFTER_TASK_MS = 3_600_000

/** Stopped tasks are shown for an hour at least. Source: ECS API Reference, ListTasks. */
const SHOWN_AFTER_STOP_MS = 3_600_000

/** Every task that was started by itself. */
export class OneOffTasks {
  readonly #tasks: OneOffTask[] = []
  readonly #plans: readonly OneOffTaskPlan[]
  readonly #idSeed: IdSeed
  #asked = 0

  constructor(plans: readonly OneOffTaskPlan[], idSeed: IdSeed) {
    this.#plans = plans
    this.#idSeed = idSeed
  }

  /** How the next one fares. Each is asked for once, also when it is not started then. */
  takePlan(): OneOffTaskPlan {
    const plan = this.#plans[this.#asked] ?? this.#plans.at(-1) ?? ENDS_WELL
    this.#asked += 1
    return plan
  }

  start(task: Omit<OneOffTask, 'id' | 'stop'>): OneOffTask {
    const started = { ...task, id: hexOf(32, ...this.#idSeed, 'one-off task', this.#tasks.length + 1), stop: undefined }
    this.#tasks.push(started)
    return started
  }

  stop(task: OneOffTask, atMs: number, reason: string): void {
    task.stop ??= { atMs, reason }
  }

  /** Those of a cluster that ECS still shows, oldest first. */
  shown(cluster: string, atMs: number): OneOffTask[] {
    return this.#tasks.filter((task) => {
      const { stoppedMs } = stateOf(task, atMs)
      const isThere = task.createdMs <= atMs && task.cluster === cluster
      return isThere && (stoppedMs === undefined || stoppedMs + SHOWN_AFTER_STOP_MS > atMs)
    })
  }

  /** What a token started that is still known. */
  byToken(cluster: string, clientToken: string, atMs: number): OneOffTask[] {
    return this.#tasks.filter((task) => {
      const { stoppedMs = Number.POSITIVE_INFINITY } = stateOf(task, atMs)
      const untilMs = Math.min(task.createdMs + TOKEN_KNOWN_MS, stoppedMs + KNOWN_AFTER_TASK_MS)
      return task.cluster === cluster && task.clientToken === clientToken && atMs < untilMs
    })
  }

  /** Every one there ever was. */
  get all(): readonly OneOffTask[] {
    return this.#tasks
  }
}

export function stateOf(task: OneOffTask, atMs: number): OneOffState {
  const { createdMs, plan, stop } = task
  const runsFromMs = createdMs + PROVISIONING_MS + PENDING_MS
  const { failsToStart } = plan
  const ownEndMs = failsToStart ? runsFromMs : runsFromMs + Math.round(plan.runSeconds * 1000)
  const stopsAtMs = stop === undefined ? Number.POSITIVE_INFINITY : stop.atMs
  const isStopped = stopsAtMs < ownEndMs
  const hasRun = !failsToStart && runsFromMs < stopsAtMs
  const endMs = isStopped ? Math.min(ownEndMs, stopsAtMs + (hasRun ? TERMINATES_MS : 0)) : ownEndMs
  const stoppedMs = endMs + DEPROVISIONING_MS
  const past = (ms: number) => (ms <= atMs ? ms : undefined)
  const isTold = isStopped ? stopsAtMs <= atMs : endMs <= atMs
  const why = isStopped
    ? { stopCode: 'UserInitiated', stoppedReason: stop?.reason }
    : (failsToStart ?? { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' })
  return {
    lastStatus: statusAt(atMs, { createdMs, runsFromMs, endMs, stoppedMs }),
    desiredStatus: isTold ? 'STOPPED' : 'RUNNING',
    runningMs: hasRun ? past(runsFromMs) : undefined,
    stoppingMs: past(isStopped ? stopsAtMs : endMs),
    endedMs: past(endMs),
    stoppedMs: past(stoppedMs),
    stopCode: isTold ? why.stopCode : undefined,
    stoppedReason: isTold ? why.stoppedReason : undefined,
    exitCode: hasRun && endMs <= atMs ? (isStopped ? TERMINATED : plan.exitCode) : undefined,
  }
}

function statusAt(
  atMs: number,
  {
    createdMs,
    runsFromMs,
    endMs,
    stoppedMs,
  }: { createdMs: number; runsFromMs: number; endMs: number; stoppedMs: number },
): OneOffState['lastStatus'] {
  if (atMs >= stoppedMs) return 'STOPPED'
  if (atMs >= endMs) return 'DEPROVISIONING'
  if (atMs >= runsFromMs) return 'RUNNING'
  return atMs >= createdMs + PROVISIONING_MS ? 'PENDING' : 'PROVISIONING'
}

/** What its main container has printed by then: the first line when it runs, the last when it ends, the others between. */
export function printedBy(task: OneOffTask, atMs: number): { atMs: number; text: string }[] {
  const { runningMs, endedMs } = stateOf(task, atMs)
  const { log = [], runSeconds } = task.plan
  if (runningMs === undefined) return []
  const step = (runSeconds * 1000) / Math.max(1, log.length - 1)
  const untilMs = Math.min(atMs, endedMs ?? atMs)
  return log.map((text, i) => ({ atMs: runningMs + Math.round(step * i), text })).filter((line) => line.atMs <= untilMs)
}
