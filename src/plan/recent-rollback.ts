import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { type CodeDeploy, getDeployment } from '../aws/code-deploy.ts'
import { readSnapshot } from '../follow/code-deploy-snapshot.ts'
import { endingOf } from '../follow/ending.ts'
import { parseMarker } from '../marker.ts'
import type { ResolvedService } from '../service/service.ts'
import type { Place } from './attach.ts'

/** That somebody has brought production back a moment ago. */
export interface RecentRollback {
  /** The deployment that was stopped for it, or that went back. */
  id: string
  /** It is a deployment of an earlier revision; else one that was stopped with rollback. */
  goesBack: boolean
  /** Milliseconds since 1970. */
  endedAtMs: number
}

/** How long a rollback that is done answers for whoever presses again, in milliseconds. */
const JUST_NOW_MS = 15 * 60_000

interface Told {
  id: string
  info: DeploymentInfo
}

/**
 * Finds out whether the last thing that happened in the group is that somebody went back, a moment ago, and what serves
 * is that still. Whoever presses then has not seen it, or was queued behind it, and does not mean one revision further.
 * What CodeDeploy rolled back by itself does not count: that may have been a repair of the bad revision which serves.
 * @throws CallError
 */
export async function findRecentRollback(
  aws: CodeDeploy,
  { service, group }: Pick<Place, 'service' | 'group'>,
): Promise<RecentRollback | undefined> {
  const tell = async (id: string): Promise<Told> => ({ id, info: await getDeployment(aws, id) })
  if (group.lastDeployment === undefined) return undefined
  const last = await tell(group.lastDeployment.id)
  const { rollbackTriggeringDeploymentId: undoneId, rollbackDeploymentId: rollbackId } = last.info.rollbackInfo ?? {}
  const undone = undoneId === undefined ? last : await tell(undoneId)
  const rollback = undoneId !== undefined ? last : rollbackId === undefined ? undefined : await tell(rollbackId)
  const went = isEarlierRevision(last, service)
    ? { id: last.id, goesBack: true, endedAtMs: endOf(last) }
    : wasStopped(undone, rollback, service, aws.clock.now())
      ? { id: undone.id, goesBack: false, endedAtMs: endOf(rollback ?? undone) }
      : undefined
  return went !== undefined && aws.clock.now() - went.endedAtMs < JUST_NOW_MS ? went : undefined
}

/** This action has deployed it to go back, and it serves. */
function isEarlierRevision({ id, info }: Told, { primary }: ResolvedService): boolean {
  return (
    info.status === 'Succeeded' &&
    parseMarker(info.description)?.operation === 'rollback' &&
    primary.deploymentId === id
  )
}

/** Somebody has stopped it, and its rollback succeeded or none was needed, since nothing of it ever ran. */
function wasStopped(
  { id, info }: Told,
  rollback: Told | undefined,
  { primary }: ResolvedService,
  readAtMs: number,
): boolean {
  if (info.status !== 'Stopped' || primary.deploymentId === id) return false
  const snapshot = readSnapshot({ readAtMs, info, target: undefined, originalTaskSetId: primary.id })
  const isUndone = rollback === undefined ? info.startTime === undefined : rollback.info.status === 'Succeeded'
  return endingOf(snapshot) === 'stop-request' && isUndone
}

function endOf({ info }: Told): number {
  return info.completeTime?.getTime() ?? 0
}
