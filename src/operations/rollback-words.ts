import { revisionName } from '../aws/arn.ts'
import type { Attached } from '../plan/attach.ts'
import { JUST_NOW_MS, type RecentRollback } from '../plan/recent-rollback.ts'
import type { Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import { clockTime, duration } from '../text/words.ts'

type Ended = Pick<RecentRollback, 'endedAtMs' | 'agoMs'>

/** Why a rollback writes nothing a moment after another one. */
export function backAlready({ deploymentId }: Attached, { endedAtMs, agoMs }: Ended): string {
  const ago = duration(agoMs)
  return `Production was brought back ${ago} ago already (${deploymentId}), so nothing is written. To go further back name the revision with 'task-definition', or press again after ${againAt(endedAtMs)}.`
}

/** Whoever stopped it may have meant the same; or what serves is bad, and no stop has taken that away. */
export function stoppedBefore({ deploymentId, plan }: Attached, { endedAtMs, agoMs }: Ended): Problem {
  const ago = duration(agoMs)
  const serves = revisionName(plan.service.primary.taskDefinitionArn)
  const sentence = `Deployment ${deploymentId} was stopped ${ago} ago, before it moved production, so ${serves} has served all along, and nothing is written. To go back from ${serves} name the revision with 'task-definition', or press again after ${againAt(endedAtMs)}.`
  return { reason: 'not-found', sentence }
}

/** That what is active is stopped or followed, and leads to another revision than the one that is named. */
export function notYetNamed(
  named: string | undefined,
  { deploymentId, plan, taskDefinitionArn }: Attached,
  { goesBack }: Pick<RecentRollback, 'goesBack'>,
): string | undefined {
  const arn = goesBack ? taskDefinitionArn : plan.service.primary.taskDefinitionArn
  if (arn === undefined || !isOtherThan(named, arn)) return undefined
  const leadsTo = goesBack ? 'It is followed, and leads to' : 'Stopping it brings back'
  return `Deployment ${deploymentId} is active. ${leadsTo} ${revisionName(arn)}, not ${inSentence(named, 200)} of 'task-definition'; press again when this is over to deploy that.`
}

/** Whether a revision is named that is not this one. */
export function isOtherThan(named: string | undefined, arn: string): named is string {
  return named !== undefined && named !== arn && !arn.endsWith(`/${named}`)
}

function againAt(endedAtMs: number): string {
  return clockTime(endedAtMs + JUST_NOW_MS, true)
}
