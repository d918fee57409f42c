import { CallError } from '../aws/attempts.ts'
import { describeStoppedTasks, type Ecs, type StoppedTask } from '../aws/ecs.ts'
import { inSentence } from '../untrusted.ts'
import { hasEnded, type Snapshot } from './snapshot.ts'

export interface ReplacementTasksOptions {
  cluster: string
  service: string
  /** How many tasks may stop for the same reason before any was healthy; 0: any number. */
  failFast: number
  /** Told once for each reason for which tasks stop. */
  onStopped(reason: string): void
  /** Told once when stopped tasks cannot be looked at; the release goes on without. */
  onDenied(error: CallError): void
}

/** How often stopped tasks are looked for while the replacement is being started, in milliseconds. */
const LOOK_EVERY_MS = 30_000

/**
 * Watches why tasks of the replacement stop while it is being started, which CodeDeploy itself tells only as a time-out
 * after an hour.
 * @returns a function to call after each reading; it answers with the reason when enough tasks stopped for the same one
 */
export function watchReplacementTasks(
  aws: Ecs,
  options: ReplacementTasksOptions,
): (snapshot: Snapshot) => Promise<string | undefined> {
  const told = new Set<string>()
  let lookedAtMs = aws.clock.now()
  let isDenied = false

  return async (snapshot) => {
    const replacement = snapshot.taskSets.find(({ role }) => role === 'replacement')
    const nowMs = aws.clock.now()
    if (isDenied || replacement === undefined || !isInstalling(snapshot) || nowMs - lookedAtMs < LOOK_EVERY_MS) {
      return undefined
    }
    lookedAtMs = nowMs
    const stopped = await readStopped()
    const byReason = Map.groupBy(
      stopped.filter(({ startedBy }) => startedBy === replacement.id),
      reasonOf,
    )
    for (const reason of byReason.keys()) {
      if (!told.has(reason)) options.onStopped(reason)
      told.add(reason)
    }
    if (options.failFast === 0) return undefined
    const [reason, tasks] = [...byReason].find(([, all]) => all.length >= options.failFast) ?? []
    if (reason === undefined || tasks === undefined) return undefined
    return `${tasks.length} replacement tasks stopped for the same reason before any was healthy: ${reason}`
  }

  async function readStopped(): Promise<StoppedTask[]> {
    try {
      return await describeStoppedTasks(aws, options.cluster, options.service)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (error.serviceError.kind === 'denied') {
        isDenied = true
        options.onDenied(error)
      }
      return []
    }
  }
}

function isInstalling(snapshot: Snapshot): boolean {
  return !hasEnded(snapshot) && snapshot.events.some(({ name, status }) => name === 'Install' && status === 'running')
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
