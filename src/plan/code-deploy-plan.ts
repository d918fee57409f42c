import type { DeploymentGroupInfo } from '@aws-sdk/client-codedeploy'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import type { AppSpecFile } from '../app-spec/app-spec-file.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { readMaker } from '../service/find-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import type { World } from '../world.ts'
import { planDefinition } from './definition-plan.ts'
import type { Findings } from './findings.ts'
import { checkHookFunctions } from './hook-functions.ts'
import type { ReleasePlan } from './plan.ts'
import { type EarlierLook, planOf } from './plan-of.ts'
import {
  containerOrigin,
  holdProblems,
  loadBalancerProblems,
  shiftProblems,
  testListenerProblems,
} from './preflight.ts'
import { readService, readShift, resolveGroup } from './service-and-group.ts'
import type { Sources } from './sources.ts'
import { readOccupancy } from './turn.ts'

/** A service that CodeDeploy deploys, with what inputs and workspace have for it. */
export interface CodeDeployFacts {
  parsed: ParsedInputs
  service: ResolvedService
  sources: Sources
  hooks: Hooks
  /** Every hook can be a function. */
  wellFormed: boolean
  namedGroup: DeploymentGroupInfo | Problem | undefined
  namedShift: TrafficShift | undefined
  earlier: EarlierLook
}

/** What was found of a release, also before a problem stopped it. */
export interface FoundPlan {
  plan: ReleasePlan | undefined
  group: DeploymentGroup | undefined
}

/**
 * The plan of a release through CodeDeploy; undefined with problems added.
 * @returns `changed`: what serves is another than before, so that everything is to be looked at again
 */
export async function planWithCodeDeploy(
  { parsed, service, sources, hooks, wellFormed, namedGroup, namedShift, earlier }: CodeDeployFacts,
  world: World,
  findings: Findings,
): Promise<FoundPlan | 'changed'> {
  const { inputs } = parsed
  const origin = containerOrigin(inputs, sources.appSpecFile, sources.appSpecLabel)
  const appSpec = appSpecPlan(parsed, sources.appSpecFile, service)
  findings.add(...loadBalancerProblems(service, inputs.containerName ?? sources.appSpecFile?.containerName))
  const maker = findings.answerOf(readMaker(world, service))
  const [group, definitionPlan] = await Promise.all([
    resolveGroup(inputs, world, service, namedGroup, maker, findings),
    planDefinition({ inputs, world, service, source: sources.definition, appSpec, origin, findings }),
    wellFormed ? checkHookFunctions(hooks, inputs, service, world, findings) : undefined,
  ])
  if (group === undefined) return { plan: undefined, group }
  findings.add(...testListenerProblems(hooks, inputs, group), ...holdProblems(inputs, group))

  const deploymentConfig = inputs.deploymentConfig ?? group.deploymentConfig ?? 'CodeDeployDefault.ECSAllAtOnce'
  const [shift, occupancy] = await Promise.all([
    namedShift ?? (inputs.deploymentConfig === undefined ? readShift(deploymentConfig, world, findings) : undefined),
    readOccupancy({ inputs, world, service, group, blocker: earlier.blocker, findings }),
  ])
  if (shift !== undefined) findings.add(...shiftProblems(shift, deploymentConfig, group))
  if (definitionPlan === undefined || shift === undefined) return { plan: undefined, group }
  if (occupancy.isFree && (await primaryChanged(service, group, inputs, world, findings))) return 'changed'

  const found = { service, group, hooks, deploymentConfig, shift, definitionPlan, occupancy }
  return { plan: await planOf({ ...found, maker: await maker }, inputs, world, earlier, findings), group }
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
  return now !== undefined && now.service.primary.id !== service.primary.id
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
