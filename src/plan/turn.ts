import { callProblem } from '../aws/call-problem.ts'
import { busyNow, busyProblem } from '../group/busy-problem.ts'
import { findOccupant } from '../group/find-occupant.ts'
import type { Occupant } from '../group/occupant.ts'
import { stepAgainst, type WaitTerms } from '../group/wait-terms.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { Maker } from '../service/maker.ts'
import type { ResolvedService } from '../service/service.ts'
import { momentOf } from '../time/clock.ts'
import { isOwn } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import type { PossibleOwn } from './adoption.ts'
import type { Findings } from './findings.ts'
import { guardOrder, type Predecessor } from './order-guard.ts'

export interface OccupancyQuestion {
  inputs: Inputs
  world: World
  service: ResolvedService
  group: DeploymentGroup
  /** A deployment that CodeDeploy named as being in the way. */
  blocker: string | undefined
  findings: Findings
}

/** What keeps the deployment group busy, if anything is known to. */
export interface Occupancy {
  occupant: Occupant | undefined
  /** Surely nothing does. */
  isFree: boolean
}

/** Whether something keeps the group busy; neither busy nor free when it could not be looked at. */
export async function readOccupancy(question: OccupancyQuestion): Promise<Occupancy> {
  const { inputs, world, service, group, blocker, findings } = question
  let wasSeen = true
  const look = findOccupant(world, {
    service,
    group,
    autoPromote: inputs.autoPromote,
    suspects: blocker === undefined ? [] : [blocker],
    stopped: new Set(),
    onListDenied: (error) => {
      wasSeen = false
      // ECS would end what runs without a word, so nothing is started unseen.
      if (service.controller === 'ECS') {
        findings.add(callProblem(error))
        return
      }
      const { operation } = error
      findings.warnings.push(
        `Could not look for active deployments (${operation} was denied); if there is one, CodeDeploy names it when this release begins.`,
      )
    },
  })
  const occupant = await findings.answerOf(look)
  return { occupant, isFree: wasSeen && occupant === undefined }
}

/** Deployments that may be our own: the one that runs, and the one that made what serves, once it has succeeded. */
export function candidatesOf(
  occupant: Occupant | undefined,
  { service: { controller, primary, desiredCount }, onlySamePullRequest }: WaitTerms,
  maker: Maker | undefined,
): PossibleOwn[] {
  const candidates: PossibleOwn[] = occupant === undefined || occupant.rollbackOf !== undefined ? [] : [occupant]
  // A lane that was freed runs nothing, whatever was released to it.
  const isFreed = onlySamePullRequest && desiredCount === 0
  if (isFreed || primary.deploymentId === undefined || maker?.hasSucceeded !== true) return candidates
  const { marker, appSpecSha256 } = maker
  const ships = controller === 'ECS' ? { taskDefinitionArn: primary.taskDefinitionArn, isOver: true as const } : {}
  return [...candidates, { id: primary.deploymentId, marker, appSpecSha256, ...ships }]
}

/**
 * Whether what serves is what people are to see: on a lane only what was released for the same pull request, and runs.
 */
export function isShown({ service, onlySamePullRequest, run }: WaitTerms, maker: Maker | undefined): boolean {
  return !onlySamePullRequest || (service.desiredCount > 0 && isOwn(run, maker?.marker))
}

/** Whether it is this run's turn: no newer run was here, and there is room or there will be. */
export function checkTurn(
  room: WaitTerms,
  occupant: Occupant | undefined,
  maker: Maker | undefined,
  { operation, allowOlder }: Inputs,
  world: World,
  findings: Findings,
): void {
  if (!allowOlder) {
    const { deploymentId } = room.service.primary
    if (deploymentId !== undefined && maker === undefined) {
      findings.notes.push(`The order of runs is not checked: ${deploymentId}, which made what serves, cannot be read.`)
    }
    const isMine = ({ marker }: Predecessor) => !room.onlySamePullRequest || isOwn(room.run, marker)
    for (const predecessor of predecessorsOf(room.service, occupant, maker).filter(isMine)) {
      const { problem, note } = guardOrder(room.run, predecessor, world.run.serverUrl)
      if (note !== undefined) findings.notes.push(note)
      if (problem !== undefined) {
        findings.add(problem)
        return
      }
    }
  }
  if (occupant === undefined) return
  const now = momentOf(world.clock)
  const step = stepAgainst(room, occupant, new Set(), now)
  if (operation === 'plan') findings.warnings.push(busyNow(step, occupant, room, now))
  else if (step === 'refuse') findings.add(busyProblem(occupant, room, now))
}

/** What is deploying and what serves, neither a rollback nor a failed one. The first of a service has no deployment. */
function predecessorsOf(
  { primary }: ResolvedService,
  occupant: Occupant | undefined,
  maker: Maker | undefined,
): Predecessor[] {
  const deploying: Predecessor[] =
    occupant === undefined || occupant.stage === 'rolling-back'
      ? []
      : [{ id: occupant.id, marker: occupant.marker, isServing: false }]
  const id = primary.deploymentId
  if (id === undefined || id === occupant?.id || maker === undefined) return deploying
  return maker.hasSucceeded ? [...deploying, { id, marker: maker.marker, isServing: true }] : deploying
}
