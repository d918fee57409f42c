import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import { readBackAppSpec, type SentAppSpec } from '../app-spec/sent-app-spec.ts'
import { isPassing } from '../aws/attempts.ts'
import { getAppSpec } from '../aws/code-deploy.ts'
import { type DescribedDefinition, describeTaskDefinition } from '../aws/ecs.ts'
import { budgetFor, finishOf } from '../follow/budget.ts'
import { type Absent, findMeant, type MeantDeployment } from '../group/meant-deployment.ts'
import type { ParsedInputs } from '../inputs/inputs.ts'
import { markerOperation } from '../inputs/operation.ts'
import type { Problem } from '../problem.ts'
import { readAlarms, readRollbackOn, readWaits } from '../service/deployment-group.ts'
import { beforeDeployment, type ResolvedService } from '../service/service.ts'
import { definitionSha256 } from '../task-definition/canonical.ts'
import { differencesBetween } from '../task-definition/difference.ts'
import { momentOf } from '../time/clock.ts'
import { ownMarker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import type { Place } from './place.ts'
import type { ReleasePlan } from './plan.ts'
import { readShift } from './service-and-group.ts'

export type { Absent }

/** A deployment that somebody has made, with what is known of it, in the form in which a release knows its own. */
export interface Attached {
  deploymentId: string
  plan: ReleasePlan
  info: DeploymentInfo
  /** ARN of the revision it ships; undefined when that could not be seen. */
  taskDefinitionArn: string | undefined
  /** Undefined when it could not be read. */
  shipped: DescribedDefinition | undefined
}

/** Finds the deployment that is meant and reads what is to be known of it; undefined with problems added. */
export async function attach(
  { inputs }: ParsedInputs,
  { service, group }: Place,
  world: World,
  findings: Findings,
): Promise<Attached | Absent | undefined> {
  const question = {
    asked: inputs.deploymentId,
    own: ownMarker(world.run, markerOperation(inputs.operation)),
    service,
    group,
    onListDenied: ({ operation }: { operation: string }) =>
      void findings.warnings.push(`${operation} was denied; only the last deployment of the group was looked at.`),
  }
  const meant = await findings.answerOf<MeantDeployment | Problem | Absent>(findMeant(world, question))
  if (meant === undefined) return undefined
  if ('absent' in meant) return meant
  if ('sentence' in meant) {
    findings.add(meant)
    return undefined
  }
  return await readAttached({ inputs, service, group, meant }, world, findings)
}

interface AttachFacts extends Pick<Place, 'service' | 'group'> {
  inputs: ParsedInputs['inputs']
  meant: MeantDeployment
}

/** Everything that a release would know of the deployment if it had made it. */
export async function readAttached(
  { inputs, service: now, group, meant: { id, info } }: AttachFacts,
  world: World,
  findings: Findings,
): Promise<Attached> {
  const service = beforeDeployment(now, id)
  const appSpec = await readAppSpec(id, info, world, findings)
  const ofTaskSet = now.taskSets.find((taskSet) => taskSet.deploymentId === id)?.taskDefinitionArn
  const taskDefinitionArn = ofTaskSet ?? appSpec?.shipped.taskDefinition
  const isOriginalGone = service.primary.deploymentId === id
  const deploymentConfig = info.deploymentConfigName ?? group.deploymentConfig ?? ''
  const [shift, shipped, original] = await Promise.all([
    readShift(deploymentConfig || undefined, world, findings),
    taskDefinitionArn === undefined ? undefined : describe(taskDefinitionArn, world, findings),
    isOriginalGone ? undefined : describe(service.primary.taskDefinitionArn, world, findings),
  ])
  const file = appSpec?.shipped.file
  const hooks = file?.hooks ?? inputs.hooks
  const ownGroup = {
    ...group,
    ...(info.blueGreenDeploymentConfiguration && readWaits(info.blueGreenDeploymentConfiguration)),
  }
  const knownShift = shift ?? { kind: 'unknown', durationMs: 0, stepPercent: 100, stepMs: 0 }
  const budget = budgetFor({
    waitForMs: inputs.waitForMs,
    ...finishOf(inputs.waitFor),
    group: ownGroup,
    shift: knownShift,
    hooks,
  })
  const plan: ReleasePlan = {
    service,
    group: ownGroup,
    deploymentConfig,
    shift: knownShift,
    hooks,
    appSpec: appSpecPlan(service, file, hooks),
    sentAppSpec: appSpec?.sent ?? 'unseen',
    definition: { kind: 'use', arn: taskDefinitionArn ?? '' },
    definitionSha256: shipped && definitionSha256(shipped.definition),
    differences: shipped && original && differencesBetween(original.definition, shipped.definition),
    rollbackOn:
      info.autoRollbackConfiguration === undefined ? group.rollbackOn : readRollbackOn(info.autoRollbackConfiguration),
    alarms: info.overrideAlarmConfiguration === undefined ? group.alarms : readAlarms(info.overrideAlarmConfiguration),
    budget,
    isUnchanged: false,
    adopted: undefined,
    occupant: undefined,
    room: {
      service,
      group: ownGroup,
      policy: 'fail',
      onlySamePullRequest: false,
      run: ownMarker(world.run, inputs.operation),
      since: momentOf(world.clock),
      patienceMs: 0,
    },
  }
  return { deploymentId: id, plan, info, taskDefinitionArn, shipped }
}

function appSpecPlan(
  { container }: ResolvedService,
  file: SentAppSpec['file'],
  hooks: ReleasePlan['hooks'],
): AppSpecPlan {
  return {
    containerName: file?.containerName ?? container.name,
    containerPort: file?.containerPort ?? container.port,
    hooks,
    file,
    properties: file?.otherProperties ?? {},
  }
}

/** GetDeployment tells only the sum of the AppSpec; its text is read back by that. Source: observed. */
async function readAppSpec(id: string, info: DeploymentInfo, world: World, findings: Findings) {
  const sha256 = info.revision?.appSpecContent?.sha256
  if (sha256 === undefined || info.applicationName === undefined) return undefined
  const content = await findings.answerOf(getAppSpec(world, info.applicationName, sha256), (error) => {
    if (error.kind !== 'denied' && error.kind !== 'answered' && !isPassing(error)) return undefined
    findings.warnings.push(
      `The AppSpec of ${id} could not be read (codedeploy:GetApplicationRevision, ${error.code}); its hooks are taken from the inputs.`,
    )
    return 'ignore'
  })
  return content === undefined ? undefined : { sent: { content, sha256 }, shipped: readBackAppSpec(content) }
}

/** What changes is good to know, and nothing depends on it. */
async function describe(arn: string, world: World, findings: Findings): Promise<DescribedDefinition | undefined> {
  return await findings.answerOf(describeTaskDefinition(world, arn), ({ kind }) =>
    kind === 'denied' || kind === 'answered' ? 'ignore' : undefined,
  )
}
