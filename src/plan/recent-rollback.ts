import { type CodeDeploy, type DatedDeployment, getDatedDeployment } from '../aws/code-deploy.ts'
import { readSnapshot } from '../code-deploy/code-deploy-snapshot.ts'
import { endingOf } from '../follow/ending.ts'
import { eventAt, type Snapshot } from '../follow/snapshot.ts'
import { readTarget } from '../group/code-deploy-occupant.ts'
import { originalTaskSetOf, type ResolvedService } from '../service/service.ts'
import { momentOf } from '../time/clock.ts'
import { parseMarker } from '../workflow-run/marker.ts'
import type { Place } from './place.ts'

/** That production was brought back a moment ago. */
export interface RecentRollback {
  /** The deployment that was rolled back, or that went back. */
  id: string
  /** It is a deployment of an earlier revision; else one that was rolled back. */
  goesBack: boolean
  /** It was stopped before users met it, so what serves now has served all along. */
  neverMoved: boolean
  /** Milliseconds since 1970. */
  endedAtMs: number
  /** How long ago that was when it was read, by CodeDeploy's clock, in milliseconds. */
  agoMs: number
}

/** How long a rollback that is done answers for whoever presses again, in milliseconds. */
export const JUST_NOW_MS = 5 * 60_000

interface ReadDeployment extends DatedDeployment {
  id: string
}

/**
 * Finds out whether the last thing that happened in the group is that production was brought back, a moment ago, and
 * serves that still. Whoever presses then has not seen it, or was queued behind it, and does not mean one revision more.
 * A deployment that failed by itself before users met it does not count: it may have been the repair of what serves.
 * @throws CallError
 */
export async function findCodeDeployRecentRollback(
  aws: CodeDeploy,
  { service, group }: Pick<Place, 'service' | 'group'>,
): Promise<RecentRollback | undefined> {
  const tell = async (id: string): Promise<ReadDeployment> => ({ id, ...(await getDatedDeployment(aws, id)) })
  if (group.lastDeployment === undefined) return undefined
  const last = await tell(group.lastDeployment.id)
  const { rollbackTriggeringDeploymentId: undoneId, rollbackDeploymentId: rollbackId } = last.info.rollbackInfo ?? {}
  const undone = undoneId === undefined ? last : await tell(undoneId)
  const rollback = undoneId !== undefined ? last : rollbackId === undefined ? undefined : await tell(rollbackId)
  const isEarlier = isEarlierRevision(last, service)
  const taken = isEarlier ? undefined : await takenBack(aws, undone, rollback, service)
  const went = isEarlier
    ? { id: last.id, goesBack: true, neverMoved: false, endedAtMs: endOf(last) }
    : taken && { id: undone.id, goesBack: false, ...taken, endedAtMs: endOf(rollback ?? undone) }
  if (went === undefined) return undefined
  // The runner's clock may be far off: with it a second press would go one revision further.
  const agoMs = Math.max(0, last.answeredAtMs - went.endedAtMs)
  return agoMs < JUST_NOW_MS ? { ...went, agoMs } : undefined
}

/** This action has deployed it to go back, and it serves. */
function isEarlierRevision({ id, info }: ReadDeployment, { primary }: ResolvedService): boolean {
  return (
    info.status === 'Succeeded' &&
    parseMarker(info.description)?.operation === 'rollback' &&
    primary.deploymentId === id
  )
}

/** Somebody stopped it, or users had begun to meet it; and its rollback succeeded, or nothing of it ever ran. */
async function takenBack(
  aws: CodeDeploy,
  { id, info }: ReadDeployment,
  rollback: ReadDeployment | undefined,
  service: ResolvedService,
): Promise<Pick<RecentRollback, 'neverMoved'> | undefined> {
  const isUndone = rollback === undefined ? info.startTime === undefined : rollback.info.status === 'Succeeded'
  const hasFailed = info.status === 'Stopped' || info.status === 'Failed'
  if (!hasFailed || !isUndone || service.primary.deploymentId === id) return undefined
  const { target, isSeen } = await readTarget(aws, id, service)
  const readAt = momentOf(aws.clock)
  const snapshot = readSnapshot({ readAt, info, target, originalTaskSetId: originalTaskSetOf(service, id) })
  const hasBegun = shiftBegan(snapshot)
  // Where it was when it was stopped is only known when its events were seen, or when nothing of it ever ran.
  const neverMoved = !hasBegun && (isSeen || rollback === undefined)
  return hasBegun || endingOf(snapshot) === 'stop-request' ? { neverMoved } : undefined
}

function shiftBegan(snapshot: Snapshot): boolean {
  const shift = eventAt(snapshot, 'shift')
  return shift?.status === 'succeeded' || shift?.status === 'failed'
}

function endOf({ info }: ReadDeployment): number {
  return info.completeTime?.getTime() ?? 0
}
