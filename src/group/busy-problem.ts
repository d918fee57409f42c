import { deploymentUrl, serviceUrl } from '../aws/console-links.ts'
import { eventAt, runningEvent } from '../follow/snapshot.ts'
import type { Problem } from '../problem.ts'
import type { ResolvedService } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import { clockTime, duration } from '../text/words.ts'
import type { Moment } from '../time/clock.ts'
import type { Marker } from '../workflow-run/marker.ts'
import type { Occupant } from './occupant.ts'
import type { RoomStep } from './room-policy.ts'
import { leftMs, type WaitTerms } from './wait-terms.ts'

/** Why a release is refused because of the deployment that keeps its group busy. */
export function busyProblem(occupant: Occupant, room: WaitTerms, now: Moment): Problem {
  const { service } = room
  const url = occupantUrl(service, occupant)
  const who = `${label(room)} is busy with ${describeOccupant(occupant, now.atMs)}`
  return { reason: 'busy', sentence: `${who}${url === undefined ? '' : ` (${url})`}. ${advice(occupant, room, now)}` }
}

function label({ service, group }: WaitTerms): string {
  return service.controller === 'ECS'
    ? `Service '${service.clusterName}/${service.name}'`
    : `Deployment group '${group.name}'`
}

function occupantUrl(service: ResolvedService, { id }: Occupant): string | undefined {
  const { partition, region, clusterName, name, controller } = service
  return controller === 'ECS' ? serviceUrl(partition, region, clusterName, name) : deploymentUrl(partition, region, id)
}

const FIRST: Record<Exclude<RoomStep, 'refuse'>, string> = {
  wait: 'A release would wait for it.',
  stop: 'A release would stop it with rollback first.',
  'end-termination-wait': 'A release would end its termination wait first, and with it its instant rollback.',
}

/** What keeps the group busy while a release is only planned, and what the release would do about it now. */
export function busyNow(step: RoomStep, occupant: Occupant, room: WaitTerms, now: Moment): string {
  if (step === 'refuse') return `${busyProblem(occupant, room, now).sentence} A release would be refused now.`
  return `${label(room)} is busy with ${describeOccupant(occupant, now.atMs)}. ${FIRST[step]}`
}

function advice({ stage, heldUntilMs, freeAtMs }: Occupant, room: WaitTerms, now: Moment): string {
  const { policy, patienceMs } = room
  if (policy === 'fail') {
    const free = freeAtMs === undefined ? '' : `It is free at ${moment(freeAtMs, now.atMs)}. `
    return `${free}Try again when it has ended, or set 'on-active-deployment' to 'wait' or 'replace'.`
  }
  if (stage === 'held') {
    const until = heldUntilMs === undefined ? '' : ` until ${moment(heldUntilMs, now.atMs)}`
    const place = room.service.controller === 'ECS' ? 'a PAUSE hook' : 'Ready'
    return `It waits at ${place}${until} for somebody to continue it, and this step never waits for a person. Continue or stop it, or set 'on-active-deployment: replace' to stop it with rollback.`
  }
  if (leftMs(room, now) <= 0)
    return `This step has waited for ${duration(patienceMs)}, which is as long as the release itself may take.`
  if (stage === 'shifted' && freeAtMs !== undefined) {
    if (room.service.controller === 'ECS') {
      return `It is free at ${moment(freeAtMs, now.atMs)} at the latest, later than the ${duration(patienceMs)} that this step would wait, and nothing ends a bake time early. Try again then.`
    }
    return `It is free at ${moment(freeAtMs, now.atMs)}, later than the ${duration(patienceMs)} that this step would wait. Try again then, or set 'on-active-deployment: replace' to end that termination wait.`
  }
  return 'Try again when it has ended.'
}

/** `d-… (InProgress at Install, created 5 min ago by user, run 41 of release.yml in example/shop)`. */
export function describeOccupant(occupant: Occupant, nowMs: number): string {
  const { id, snapshot, creator, description, marker, rollbackOf } = occupant
  const event = runningEvent(snapshot)
  const waits =
    occupant.stage === 'shifted' && eventAt(snapshot, 'bake') === undefined
      ? ', its original task set waits for its termination'
      : ''
  const age =
    snapshot.createdAtMs === undefined ? '' : `, created ${duration(Math.max(0, nowMs - snapshot.createdAtMs))} ago`
  const by = creator === undefined ? '' : ` by ${inSentence(creator, 60) || 'unknown'}`
  const run = marker === undefined || marker.runId === '' ? '' : `, ${describeRun(marker)}`
  const undoes = rollbackOf === undefined || rollbackOf === id ? '' : `, which rolls back ${inSentence(rollbackOf, 60)}`
  const text = marker === undefined && description !== '' ? `, '${inSentence(description, 256)}'` : ''
  return `${id} (${snapshot.statusWord}${event === undefined ? '' : ` at ${event.name}`}${waits}${age}${by}${run}${undoes}${text})`
}

function describeRun({ runNumber, runId, workflowFile, repository }: Marker): string {
  const place =
    workflowFile !== '' && repository !== '' ? `${workflowFile} in ${repository}` : workflowFile || repository
  return `run ${runNumber === 0 ? runId : runNumber} of ${place}`
}

/** A moment, with the date when it is not near. */
function moment(atMs: number, nowMs: number): string {
  return clockTime(atMs, Math.abs(atMs - nowMs) > 12 * 3_600_000)
}
