import type { DeploymentGroupInfo, DeploymentInfo } from '@aws-sdk/client-codedeploy'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import type { AppSpecFile } from '../app-spec/app-spec-file.ts'
import { getDeploymentConfig, getDeploymentGroup } from '../aws/code-deploy.ts'
import { describeService } from '../aws/ecs.ts'
import { describeServiceError, type ServiceError } from '../aws/service-error.ts'
import { invalidInput, type Problem } from '../errors.ts'
import { budgetFor } from '../follow/budget.ts'
import type { Room } from '../group/room.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import { markedAs } from '../inputs/operation.ts'
import { ownMarker } from '../marker.ts'
import { addressProblems, answerProblems } from '../service/address.ts'
import { type DeploymentGroup, groupProblems, readDeploymentGroup } from '../service/deployment-group.ts'
import { findGroup, readMaker } from '../service/find-group.ts'
import { beforeDeployment, type ResolvedService, resolveService } from '../service/service.ts'
import { readTrafficShift, shiftByName, type TrafficShift } from '../service/traffic-shift.ts'
import { definitionSha256 } from '../task-definition/canonical.ts'
import { inSentence } from '../untrusted.ts'
import type { World } from '../world.ts'
import { findAdoptable } from './adoption.ts'
import { planDefinition } from './definition-plan.ts'
import { Findings } from './findings.ts'
import { type Identity, isExpectedAccount, isInExpectedAccount, mayCall } from './identity.ts'
import type { ReleasePlan } from './plan.ts'
import { holdProblems, hookProblems, preflightWarnings, testListenerProblems } from './preflight.ts'
import { readSources } from './sources.ts'
import { candidatesOf, checkTurn, readOccupancy } from './turn.ts'

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
export interface Earlier {
  /** A deployment that CodeDeploy named as being in the way; it may not be listed. */
  blocker: string | undefined
  /** When the release began to wait for room; milliseconds since 1970. */
  waitsSinceMs: number | undefined
}

/** Checks everything that can be checked with reads, reports every problem at once, and plans the release. */
export async function makePlan(
  parsed: ParsedInputs,
  world: World,
  identity: Promise<Identity>,
  earlier: Earlier,
): Promise<Planning> {
  const { inputs } = parsed
  const findings = new Findings([...world.obstacles, ...parsed.problems], parsed.notes)
  const sources = await readSources(inputs, world, findings)
  const hooks = { ...sources.appSpecFile?.hooks, ...inputs.hooks }
  const { problems, warnings, notes } = findings
  const none: Planning = { plan: undefined, service: undefined, group: undefined, problems, warnings, notes }
  if (inputs.service !== '') findings.add(...addressProblems(inputs, world.region))
  if (!mayCall(inputs, world)) {
    findings.add(...hookProblems(hooks, inputs, undefined))
    return none
  }
  if (!(await isExpectedAccount(inputs, identity, findings))) return none

  const [service, namedGroup, namedShift] = await Promise.all([
    readService(inputs, world, findings),
    readNamedGroup(inputs, world, findings),
    readShift(inputs.deploymentConfig, world, findings),
  ])
  findings.add(...hookProblems(hooks, inputs, service))
  if (service === undefined || !(await isInExpectedAccount(inputs, identity, service, findings))) return none

  const appSpec = appSpecPlan(inputs, sources.appSpecFile, service)
  const maker = findings.answerOf(readMaker(world, service))
  const [group, definitionPlan] = await Promise.all([
    resolveGroup(inputs, world, service, namedGroup, maker, findings),
    planDefinition({ inputs, world, service, source: sources.definition, appSpec, findings }),
  ])
  if (group === undefined) return { ...none, service }
  findings.add(...testListenerProblems(hooks, inputs, group), ...holdProblems(inputs, group))

  const deploymentConfig = inputs.deploymentConfig ?? group.deploymentConfig ?? 'CodeDeployDefault.ECSAllAtOnce'
  const [shift, occupancy] = await Promise.all([
    namedShift ?? (inputs.deploymentConfig === undefined ? readShift(deploymentConfig, world, findings) : undefined),
    readOccupancy({ inputs, world, service, group, blocker: earlier.blocker, findings }),
  ])
  if (definitionPlan === undefined || shift === undefined) return { ...none, service, group }
  if (occupancy.isFree && (await hasMoved(service, group, inputs, world, findings))) {
    return await makePlan(parsed, world, identity, earlier)
  }

  const rollbackOn = inputs.rollbackOn ?? group.rollbackOn
  const waitsForTermination = inputs.waitFor === 'completion'
  const budget = budgetFor({ waitForMs: inputs.waitForMs, waitsForTermination, group, shift, hooks })
  const container = { name: appSpec.containerName, port: appSpec.containerPort }
  const { totalMs } = budget
  findings.warnings.push(...preflightWarnings({ inputs, service, group, hooks, rollbackOn, container, totalMs }))
  const { definition, differences } = definitionPlan
  const { occupant } = occupancy
  const isUnchanged = inputs.ifUnchanged === 'skip' && definitionPlan.servesAlready && occupancy.isFree
  const own = ownMarker(world.run, markedAs(inputs.operation))
  const room: Room = {
    service,
    group,
    policy: inputs.onActiveDeployment,
    own,
    sinceMs: earlier.waitsSinceMs ?? world.clock.now(),
    patienceMs: totalMs,
  }
  const facts = { ...definitionPlan, world, service, own, appSpec, findings }
  const adopted = isUnchanged ? undefined : await findAdoptable(candidatesOf(occupant, service, await maker), facts)
  if (adopted === undefined) checkTurn(room, occupant, await maker, inputs, world, findings)
  const plan: ReleasePlan = {
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
    budget,
    isUnchanged,
    adopted,
    occupant,
    room,
  }
  return { ...none, plan: problems.length === 0 ? plan : undefined, service: plan.service, group }
}

async function readService(inputs: Inputs, world: World, findings: Findings): Promise<ResolvedService | undefined> {
  const answer = await findings.answerOf(describeService(world, inputs.cluster, inputs.service), ({ code }) =>
    code === 'ClusterNotFound'
      ? notFound(`Cluster '${inSentence(inputs.cluster, 300)}' was not found. Check 'cluster' and the region.`)
      : undefined,
  )
  if (answer === undefined) return undefined
  const { service, problems } = resolveService(inputs.cluster, inputs.service, answer)
  findings.add(...problems)
  if (service === undefined) return undefined
  const contradictions = answerProblems(inputs, service)
  findings.add(...contradictions)
  return contradictions.length > 0 ? undefined : service
}

/** The last deployment ended between the look at the service and that at the group, so that it serves by now. */
async function hasMoved(
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

/** The group when the inputs name it fully: then it can be checked even when the service is wrong. */
async function readNamedGroup(
  { application, deploymentGroup }: Inputs,
  world: World,
  findings: Findings,
): Promise<DeploymentGroupInfo | undefined> {
  if (application === undefined || deploymentGroup === undefined) return undefined
  const explain = ({ code }: ServiceError) => {
    if (code === 'ApplicationDoesNotExist') {
      return notFound(
        `CodeDeploy application '${inSentence(application, 100)}' was not found. Check 'codedeploy-application' and the region.`,
      )
    }
    if (code !== 'DeploymentGroupDoesNotExist') return undefined
    return notFound(
      `Deployment group '${inSentence(deploymentGroup, 100)}' was not found in application '${inSentence(application, 100)}'. Check 'codedeploy-deployment-group'.`,
    )
  }
  return await findings.answerOf(getDeploymentGroup(world, application, deploymentGroup), explain)
}

async function resolveGroup(
  inputs: Inputs,
  world: World,
  service: ResolvedService,
  named: DeploymentGroupInfo | undefined,
  maker: Promise<DeploymentInfo | undefined>,
  findings: Findings,
): Promise<DeploymentGroup | undefined> {
  const isNamed = inputs.application !== undefined && inputs.deploymentGroup !== undefined
  const found = isNamed ? named : await findings.answerOf(findGroup(world, service, inputs, await maker))
  if (found === undefined) return undefined
  if ('sentence' in found) {
    findings.add(found)
    return undefined
  }
  findings.add(...groupProblems(found, service))
  return readDeploymentGroup(found)
}

async function readShift(
  deploymentConfig: string | undefined,
  world: World,
  findings: Findings,
): Promise<TrafficShift | undefined> {
  if (deploymentConfig === undefined) return undefined
  const name = inSentence(deploymentConfig, 100)
  let byName: TrafficShift | undefined
  const config = await findings.answerOf(getDeploymentConfig(world, deploymentConfig), (error) => {
    if (error.kind === 'denied') {
      byName = shiftByName(deploymentConfig)
      findings.warnings.push(shiftUnseen(byName, name, error))
      return 'ignore'
    }
    return error.code === 'DeploymentConfigDoesNotExist' || error.code === 'InvalidDeploymentConfigName'
      ? notFound(
          `Deployment configuration '${name}' was not found. Check 'codedeploy-deployment-config' and the region.`,
        )
      : undefined
  })
  if (byName !== undefined) return byName
  if (config === undefined) return undefined
  if (config.computePlatform === undefined || config.computePlatform === 'ECS') return readTrafficShift(config)
  findings.add(
    invalidInput(`Deployment configuration '${name}' is for ${inSentence(config.computePlatform, 60)}, not for ECS.`),
  )
  return undefined
}

function shiftUnseen({ kind }: TrafficShift, name: string, error: ServiceError): string {
  const instead = kind === 'unknown' ? 'how long traffic shifts is not known' : 'its name says how traffic shifts'
  return `Deployment configuration '${name}' could not be seen, ${instead}. ${describeServiceError('codedeploy:GetDeploymentConfig', error)}`
}

/** Precedence per member: input, then file, then service. */
function appSpecPlan(inputs: Inputs, file: AppSpecFile | undefined, service: ResolvedService): AppSpecPlan {
  return {
    containerName: inputs.containerName ?? file?.containerName ?? service.container.name,
    containerPort: inputs.containerPort ?? file?.containerPort ?? service.container.port,
    hooks: { ...file?.hooks, ...inputs.hooks },
    file,
  }
}

function notFound(sentence: string): Problem {
  return { reason: 'not-found', sentence }
}
