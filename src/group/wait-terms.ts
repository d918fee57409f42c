import type { RoomPolicy } from '../inputs/choices.ts'
import type { Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import { elapsedMs, type Moment } from '../time/clock.ts'
import { isOwn, isSameJob, type Marker } from '../workflow-run/marker.ts'
import type { Occupant } from './occupant.ts'
import { type RoomStep, roomStep } from './room-policy.ts'

/** The group that a release needs room in, and how long it waits for that. */
export interface WaitTerms {
  service: ResolvedService
  group: DeploymentGroup
  policy: RoomPolicy
  /** Only deployments for the same pull request are stopped or waited for; any other is in the way for good. */
  onlySamePullRequest: boolean
  /** The run that needs the room. */
  run: Marker
  /** When it began to wait, or would. */
  since: Moment
  /** How long it waits at most, in milliseconds: as long as the release itself may take. */
  patienceMs: number
  /** Asked right before something is stopped, or its termination wait ended: what speaks against that after all. */
  objection?(): Promise<Problem | undefined>
}

/** What to do about the deployment that is in the way. */
export function stepAgainst(room: WaitTerms, occupant: Occupant, asked: ReadonlySet<RoomStep>, now: Moment): RoomStep {
  const { stage, marker, rollbackOf, freeAtMs } = occupant
  const isOwnRollback = rollbackOf !== undefined && marker !== undefined && isSameJob(room.run, marker)
  const isOthers = room.onlySamePullRequest && !isOwn(room.run, marker)
  // Nothing ends a bake time early: it is waited for.
  const policy =
    room.policy === 'replace' && stage === 'shifted' && room.service.controller === 'ECS' ? 'wait' : room.policy
  return roomStep(isOthers ? 'fail' : policy, {
    stage,
    isOwnRollback,
    freeInMs: freeAtMs === undefined ? undefined : freeAtMs - now.atMs,
    asked,
    leftMs: leftMs(room, now),
  })
}

/** How much longer it waits, in milliseconds; 0 or less when it has waited for as long as it does. */
export function leftMs({ since, patienceMs }: WaitTerms, now: Moment): number {
  return patienceMs - elapsedMs(since, now)
}
