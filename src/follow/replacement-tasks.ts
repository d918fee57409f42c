import { CallError } from '../aws/attempts.ts'
import { describeService, describeStoppedTasks, type Ecs, type StoppedTask } from '../aws/ecs.ts'
import { isTrouble, type ResolvedService, serviceEvents } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import { Outage, type OutageNews } from './outage.ts'
import { hasEnded, type Snapshot } from './snapshot.ts'

export interface ReplacementTasksOptions {
  service: ResolvedService
  /** How many tasks may stop for the same reason before any was healthy; 0: any number. */
  failFast: number
  /** Told once for each reason for which tasks stop. */
  onStopped(reason: string): void
  /** Told once for each event of the service that tells of trouble. */
  onServiceEvent(message: string): void
  /** Told once when a read is denied; the release goes on without it. */
  onDenied(error: CallError): void
  /** Reads began to fail, or succeed again. */
  onReadTrouble(trouble: OutageNews): void
}

/** Tasks need this long to start in the best case; how often is looked after that. In milliseconds. */
const FIRST_LOOK_MS = 45_000
const LOOK_EVERY_MS = 30_000

/**
 * Watches why the replacement does not get healthy, which CodeDeploy itself tells only as a time-out after an hour:
 * tasks that stop, and events of the service about tasks that cannot be placed.
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
    const replacement = snapshot.taskSets.find(({ role }) => role === 'replacement')
    if (replacement === undefined || !isInstalling(snapshot) || aws.clock.monotonicMs() < nextLookMs) return undefined
    if (replacement.running >= replacement.desired) return undefined
    nextLookMs = aws.clock.monotonicMs() + LOOK_EVERY_MS

    const stopped = await unlessFailed('tasks', describeStoppedTasks(aws, service.clusterName, service.name))
    const ofReplacement = (stopped ?? []).filter(({ startedBy }) => startedBy === replacement.id)
    const byReason = Map.groupBy(ofReplacement, reasonOf)
    for (const reason of byReason.keys()) tellOnce(reason, () => options.onStopped(reason))

    const answer = await unlessFailed('service', describeService(aws, service.clusterName, service.arn))
    const events = answer === undefined ? [] : serviceEvents(answer)
    for (const event of events.filter(isTrouble).reverse()) {
      tellOnce(event.id, () => tellOnce(event.message, () => options.onServiceEvent(inSentence(event.message))))
    }

    const enough = [...byReason].find(([, tasks]) => failFast > 0 && tasks.length >= failFast)
    return (
      enough && `${enough[1].length} replacement tasks stopped for the same reason before any was healthy: ${enough[0]}`
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

function isInstalling(snapshot: Snapshot): boolean {
  if (hasEnded(snapshot) || snapshot.eventsAreStale) return false
  return snapshot.events.some(({ name, status }) => name === 'Install' && status === 'running')
}

/** Why a task stopped, without what differs from task to task, so that equal reasons are equal text. */
export function reasonOf({ stopCode, reason, containers }: StoppedTask): string {
  const ended = containers
    .filter(({ exitCode, reason: why }) => why !== '' || (exitCode !== undefined && exitCode !== 0))
    .map(({ name, exitCode, reason: why }) => {
      const parts = [exitCode === undefined ? '' : `exit code ${exitCode}`, why].filter((part) => part !== '')
      return `container ${name}: ${parts.join(', ')}`
    })
  const text = [stopCode, reason, ...ended].filter((part) => part !== '').join('; ')
  return inSentence(
    text.replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/g, '…').replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '…'),
    600,
  )
}
