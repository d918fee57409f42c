import { CallError } from '../aws/attempts.ts'
import { describeService, describeStoppedTasks, type Ecs, type StoppedTask } from '../aws/ecs.ts'
import { isTrouble, type ResolvedService, serviceEvents } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import { Outage, type OutageNews } from './outage.ts'
import { withoutIds } from './same-reason.ts'
import { eventAt, hasEnded, replacementOf, type Snapshot } from './snapshot.ts'

export interface ReplacementTasksOptions {
  service: ResolvedService
  /** How many tasks may stop for the same reason while the replacement starts; 0: any number. */
  failFast: number
  /** Told once for each reason for which tasks stop, with how many had stopped for it by then. */
  onStopped(reason: string, count: number): void
  /** Told once for each event of the service that tells of trouble. */
  onServiceEvent(message: string): void
  /** Told once when a read is denied; the release goes on without it. */
  onDenied(error: CallError): void
  /** Reads began to fail, or succeed again. */
  onReadTrouble(trouble: OutageNews): void
}

/** Tasks that stopped for one reason. */
export interface TaskStop {
  /** The reason of one of them; untrusted. */
  reason: string
  /** The same for all of them. */
  key: string
  count: number
}

/** Tasks need this long to start in the best case; how often is looked after that. In milliseconds. */
const FIRST_LOOK_MS = 45_000
const LOOK_EVERY_MS = 30_000

/**
 * Watches why tasks of the replacement are missing, which the service that deploys tells only as a time-out after an hour or more, or
 * as a task set that is unhealthy: tasks that stop, and events of the service about tasks that cannot be placed.
 * @returns a function to call after each reading; it answers with the reason when enough tasks stopped for the same one
 */
export function watchReplacementTasks(
  aws: Ecs,
  options: ReplacementTasksOptions,
): (snapshot: Snapshot) => Promise<string | undefined> {
  const { service, failFast } = options
  const told = new Set(service.events.map(({ id }) => id))
  const denied = new Set<string>()
  const troubles = { tasks: new Outage(options.onReadTrouble), service: new Outage(options.onReadTrouble) }
  let nextLookMs = aws.clock.monotonicMs() + FIRST_LOOK_MS

  return async (snapshot) => {
    const replacement = replacementOf(snapshot)
    if (replacement === undefined || !isWatched(snapshot) || aws.clock.monotonicMs() < nextLookMs) return undefined
    if (replacement.running >= replacement.desired) return undefined
    nextLookMs = aws.clock.monotonicMs() + LOOK_EVERY_MS

    const stopped = await unlessFailed('tasks', describeStoppedTasks(aws, service.clusterName, service.name))
    const byReason = stopsByReason(stopped ?? [], replacement.id)
    for (const { key, reason, count } of byReason) tellOnce(key, () => options.onStopped(reason, count))

    const answer = await unlessFailed('service', describeService(aws, service.clusterName, service.arn))
    const events = answer === undefined ? [] : serviceEvents(answer)
    for (const { id, message } of events.filter(isTrouble).reverse()) {
      tellOnce(id, () => tellOnce(withoutIds(message), () => options.onServiceEvent(inSentence(message))))
    }

    if (failFast === 0 || !isInstalling(snapshot)) return undefined
    const enough = byReason.find(({ count }) => count >= failFast)
    return (
      enough && `${enough.count} replacement tasks stopped for the same reason before any was healthy: ${enough.reason}`
    )
  }

  function tellOnce(key: string, tell: () => void): void {
    if (told.has(key)) return
    told.add(key)
    tell()
  }

  /** A failed read is made up for by the next one; a denial is told once. */
  async function unlessFailed<Answer>(what: 'tasks' | 'service', call: Promise<Answer>): Promise<Answer | undefined> {
    try {
      const answer = await call
      troubles[what].recovered()
      return answer
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (error.serviceError.kind !== 'denied') troubles[what].failed(error)
      else if (!denied.has(what)) {
        denied.add(what)
        options.onDenied(error)
      }
      return undefined
    }
  }
}

/**
 * For which reasons tasks of the replacement have stopped, one look: the last one, of a deployment that is no longer
 * followed. Empty when that cannot be seen.
 */
export async function readTaskStops(aws: Ecs, service: ResolvedService, snapshot: Snapshot): Promise<TaskStop[]> {
  const replacement = replacementOf(snapshot)
  if (replacement === undefined) return []
  try {
    const stopped = await describeStoppedTasks(aws, service.clusterName, service.name)
    return stopsByReason(stopped, replacement.id)
  } catch (error) {
    if (error instanceof CallError) return []
    throw error
  }
}

/** While tasks are started, and from then on for as long as the deployment runs: any that is missing may be its end. */
function isWatched(snapshot: Snapshot): boolean {
  if (hasEnded(snapshot) || snapshot.eventsAreStale) return false
  const status = eventAt(snapshot, 'scale-up')?.status
  return status === 'running' || status === 'succeeded' || status === 'unseen'
}

function isInstalling(snapshot: Snapshot): boolean {
  return eventAt(snapshot, 'scale-up')?.status === 'running'
}

/** Tasks that nobody wanted any more did not fail. Source: ECS Developer Guide, "Stopped tasks error messages". */
const SCALED_IN = /^Scaling activity initiated by/

/** The stopped tasks of a task set by reason, the oldest reason first; reasons that differ in ids only are one. */
function stopsByReason(stopped: readonly StoppedTask[], taskSetId: string): TaskStop[] {
  const tasks = stopped
    .filter(({ startedBy, reason }) => startedBy === taskSetId && !SCALED_IN.test(reason))
    .toSorted((one, other) => one.stoppedAtMs - other.stoppedAtMs)
  const byKey = Map.groupBy(tasks.map(reasonOf), withoutIds)
  return [...byKey].map(([key, reasons]) => ({ key, reason: reasons[0] ?? '', count: reasons.length }))
}

/** Longest reason, in characters. */
const MAX_REASON_LENGTH = 600

/** Why a task stopped, as ECS says it. */
export function reasonOf({ stopCode, reason, containers }: StoppedTask): string {
  const ended = containers
    .filter(({ exitCode, reason: why }) => why !== '' || (exitCode !== undefined && exitCode !== 0))
    .map(({ name, exitCode, reason: why }) => {
      const parts = [exitCode === undefined ? '' : `exit code ${exitCode}`, why].filter((part) => part !== '')
      return `container ${name}: ${parts.join(', ')}`
    })
  // That an essential container ended is what the container says, and less.
  const isSaid = ended.length > 0 && stopCode === 'EssentialContainerExited'
  const parts = isSaid ? ended : [stopCode, reason, ...ended].filter((part) => part !== '')
  return inSentence(parts.join('; '), MAX_REASON_LENGTH)
}
