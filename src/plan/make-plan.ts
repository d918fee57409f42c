import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import type { AppSpecFile } from '../app-spec/app-spec-file.ts'
import { budgetFor, finishOf } from '../follow/budget.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { WaitTerms } from '../group/wait-terms.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import { markerOperation } from '../inputs/operation.ts'
import type { Problem } from '../problem.ts'
import { addressProblems } from '../service/address.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { readMaker } from '../service/find-group.ts'
import { beforeDeployment, type ResolvedService } from '../service/service.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import { definitionSha256 } from '../task-definition/canonical.ts'
import { type Moment, momentOf } from '../time/clock.ts'
import { ownMarker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { findAdoptable } from './adoption.ts'
import { type PlannedDefinition, planDefinition } from './definition-plan.ts'
import { Findings } from './findings.ts'
import { checkHookFunctions } from './hook-functions.ts'
import { credentialsAreClear, type Identity, isExpectedAccount, isInExpectedAccount } from './identity.ts'
import type { ReleasePlan } from './plan.ts'
import {
  containerOrigin,
  holdProblems,
  hookProblems,
  loadBalancerProblems,
  preflightWarnings,
  shiftProblems,
  testListenerProblems,
} from './preflight.ts'
import { addIfMissing, readNamedGroup, readService, readShift, resolveGroup } from './service-and-group.ts'
import { readSources } from './sources.ts'
import { candidatesOf, checkTurn, isShown, type Occupancy, readOccupancy } from './turn.ts'

/** The plan of a release, or everything that speaks against it. Nothing has been written either way. */
export interface Planning {
  plan: ReleasePlan | undefined
  problems: Problem[]
  warnings: string[]
  notes: string[]
  /** What was found before a problem stopped it, for telling where the release was meant to go. */
  service: ResolvedService | undefined
  group: DeploymentGroup | undefined
}

/** What an earlier look of the same release has found. */
export interface EarlierLook {
  /** A deployment that CodeDeploy named as being in the way; it may not be listed. */
  blocker: string | undefined
  /** When the release began to wait for room. */
  waitsSince: Moment | undefined
}

/** Checks everything that can be checked with reads, reports every problem at once, and plans the release. */
export async function makePlan(
  parsed: ParsedInputs,
  world: World,
  identity: Promise<Identity>,
  earlier: EarlierLook,
): Promise<Planning> {
  const { inputs } = parsed
  const findings = Findings.of(parsed, world)
  const sources = await readSources(inputs, world, findings)
  const hooks = { ...sources.appSpecFile?.hooks, ...inputs.hooks }
  const { problems, warnings, notes } = findings
  const none: Planning = { plan: undefined, service: undefined, group: undefined, problems, warnings, notes }
  if (inputs.service !== '') findings.add(...addressProblems(inputs, world.region))
  if (!credentialsAreClear(inputs, world)) {
    findings.add(...hookProblems(hooks, inputs, undefined))
    return none
  }
  if (!(await isExpectedAccount(inputs, identity, findings))) return none

  const [service, namedGroup, namedShift] = await Promise.all([
    readService(inputs, world, findings),
    readNamedGroup(inputs, world, findings),
    readShift(inputs.deploymentConfig, world, findings),
  ])
  const ofHooks = hookProblems(hooks, inputs, service)
  const wellFormed = ofHooks.length === 0
  findings.add(...ofHooks)
  if (service === undefined) addIfMissing(namedGroup, findings)
  if (service === undefined || !(await isInExpectedAccount(inputs, identity, service, findings))) return none

  const origin = containerOrigin(inputs, sources.appSpecFile, sources.appSpecPath)
  const appSpec = appSpecPlan(parsed, sources.appSpecFile, service)
  findings.add(...loadBalancerProblems(service, inputs.containerName ?? sources.appSpecFile?.containerName))
  const maker = findings.answerOf(readMaker(world, service))
  const [group, definitionPlan] = await Promise.all([
    resolveGroup(inputs, world, service, namedGroup, maker, findings),
    planDefinition({ inputs, world, service, source: sources.definition, appSpec, origin, findings }),
    wellFormed ? checkHookFunctions(hooks, inputs, service, world, findings) : undefined,
  ])
  if (group === undefined) return { ...none, service }
  findings.add(...testListenerProblems(hooks, inputs, group), ...holdProblems(inputs, group))

  const deploymentConfig = inputs.deploymentConfig ?? group.deploymentConfig ?? 'CodeDeployDefault.ECSAllAtOnce'
  const [shift, occupancy] = await Promise.all([
    namedShift ?? (inputs.deploymentConfig === undefined ? readShift(deploymentConfig, world, findings) : undefined),
    readOccupancy({ inputs, world, service, group, blocker: earlier.blocker, findings }),
  ])
  if (shift !== undefined) findings.add(...shiftProblems(shift, deploymentConfig, group))
  if (definitionPlan === undefined || shift === undefined) return { ...none, service, group }
  if (occupancy.isFree && (await primaryChanged(service, group, inputs, world, findings))) {
    return await makePlan(parsed, world, identity, earlier)
  }

  const found = { service, group, appSpec, hooks, deploymentConfig, shift, definitionPlan, occupancy }
  const plan = await planOf({ ...found, maker: await maker }, inputs, world, earlier, findings)
  return { ...none, plan: problems.length === 0 ? plan : undefined, service: plan.service, group }
}

/** What the reads have found, once nothing that a plan needs is missing. */
interface Found {
  service: ResolvedService
  group: DeploymentGroup
  appSpec: AppSpecPlan
  hooks: Hooks
  deploymentConfig: string
  shift: TrafficShift
  definitionPlan: PlannedDefinition
  occupancy: Occupancy
  /** Undefined: it is not known what made what serves. */
  maker: DeploymentInfo | undefined
}

/** Plans the release, with what is left to check of it: whether it is there already, is this run's turn, and is wise. */
async function planOf(
  { service, group, appSpec, hooks, deploymentConfig, shift, definitionPlan, occupancy, maker }: Found,
  inputs: Inputs,
  world: World,
  earlier: EarlierLook,
  findings: Findings,
): Promise<ReleasePlan> {
  const rollbackOn = inputs.rollbackOn ?? group.rollbackOn
  const budget = budgetFor({ waitForMs: inputs.waitForMs, ...finishOf(inputs.waitFor), group, shift, hooks })
  const container = { name: appSpec.containerName, port: appSpec.containerPort }
  findings.warnings.push(...preflightWarnings({ inputs, service, group, hooks, rollbackOn, container }))
  const { definition, differences } = definitionPlan
  const { occupant } = occupancy
  const own = ownMarker(world.run, markerOperation(inputs.operation))
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
  const facts = { ...definitionPlan, world, service, own, appSpec, findings }
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

/** The last deployment ended between the look at the service and that at the group, so that it serves by now. */
async function primaryChanged(
  service: ResolvedService,
  group: DeploymentGroup,
  inputs: Inputs,
  world: World,
  findings: Findings,
): Promise<boolean> {
  if (group.lastDeployment === undefined || group.lastDeployment.id === service.primary.deploymentId) return false
  const now = await readService(inputs, world, findings)
  return now !== undefined && now.primary.id !== service.primary.id
}

/**
 * Precedence per member: input, then file, then service. How the task set runs is said by the file alone where there is
 * one, so that it can be taken out of it; else the next one runs as what serves does, or as what is gone back to did.
 */
function appSpecPlan(
  { inputs, goesBackTo }: ParsedInputs,
  file: AppSpecFile | undefined,
  service: ResolvedService,
): AppSpecPlan {
  return {
    containerName: inputs.containerName ?? file?.containerName ?? service.container.name,
    containerPort: inputs.containerPort ?? file?.containerPort ?? service.container.port,
    hooks: { ...file?.hooks, ...inputs.hooks },
    file,
    properties: file?.otherProperties ?? goesBackTo ?? service.primary.properties,
  }
}
