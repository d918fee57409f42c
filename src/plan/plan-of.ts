import { budgetFor, finishOf } from '../follow/budget.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { WaitTerms } from '../group/wait-terms.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { markerOperation } from '../inputs/operation.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { Maker } from '../service/maker.ts'
import { beforeDeployment, type ResolvedService } from '../service/service.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import { definitionSha256 } from '../task-definition/canonical.ts'
import { type Moment, momentOf } from '../time/clock.ts'
import { type Marker, ownMarker, ownMarkerTag } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { findAdoptable } from './adoption.ts'
import type { PlannedDefinition } from './definition-plan.ts'
import type { Findings } from './findings.ts'
import type { ReleasePlan } from './plan.ts'
import { preflightWarnings } from './preflight.ts'
import { candidatesOf, checkTurn, isShown, type Occupancy } from './turn.ts'

/** What an earlier look of the same release has found. */
export interface EarlierLook {
  /** A deployment that was named as being in the way; it may not be listed. */
  blocker: string | undefined
  /** When the release began to wait for room. */
  waitsSince: Moment | undefined
}

/** The marker of this run as it is read back from where deployments of the service have it. */
export function markerFor({ controller }: ResolvedService, world: World, operation: string): Marker {
  return controller === 'ECS' ? ownMarkerTag(world.run, operation) : ownMarker(world.run, operation)
}

/** What the reads have found, once nothing that a plan needs is missing. */
export interface Found {
  service: ResolvedService
  group: DeploymentGroup
  hooks: Hooks
  deploymentConfig: string
  shift: TrafficShift
  definitionPlan: PlannedDefinition
  occupancy: Occupancy
  /** Undefined: it is not known what made what serves. */
  maker: Maker | undefined
}

/** Plans the release, with what is left to check of it: whether it is there already, is this run's turn, and is wise. */
export async function planOf(
  { service, group, hooks, deploymentConfig, shift, definitionPlan, occupancy, maker }: Found,
  inputs: Inputs,
  world: World,
  earlier: EarlierLook,
  findings: Findings,
): Promise<ReleasePlan> {
  const rollbackOn = inputs.rollbackOn ?? group.rollbackOn
  const budget = budgetFor({ waitForMs: inputs.waitForMs, ...finishOf(inputs.waitFor), group, shift, hooks })
  const { appSpec } = definitionPlan
  const container = { name: appSpec.containerName, port: appSpec.containerPort }
  findings.warnings.push(...preflightWarnings({ inputs, service, group, hooks, rollbackOn, container }))
  const { definition, differences } = definitionPlan
  const { occupant } = occupancy
  const own = markerFor(service, world, markerOperation(inputs.operation))
  const room: WaitTerms = {
    service,
    group,
    policy: inputs.onActiveDeployment,
    onlySamePullRequest: inputs.operation === 'preview',
    run: own,
    since: earlier.waitsSince ?? momentOf(world.clock),
    patienceMs: budget.totalMs,
  }
  const isSame = definitionPlan.servesAlready && occupancy.isFree && isShown(room, maker)
  const isUnchanged = inputs.ifUnchanged === 'skip' && isSame
  const facts = { ...definitionPlan, world, service, own, findings }
  const adopted = isUnchanged ? undefined : await findAdoptable(candidatesOf(occupant, room, maker), facts)
  if (adopted === undefined) checkTurn(room, occupant, maker, inputs, world, findings)
  return {
    service: adopted === undefined ? service : beforeDeployment(service, adopted.deploymentId),
    group,
    deploymentConfig,
    shift,
    hooks,
    appSpec,
    definition,
    definitionSha256: definitionSha256(definitionPlan.wanted),
    differences,
    rollbackOn,
    alarms: inputs.alarms ?? group.alarms,
    budget,
    isUnchanged,
    adopted,
    occupant,
    room,
  }
}
