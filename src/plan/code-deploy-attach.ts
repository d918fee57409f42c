import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import { readBackAppSpec, type SentAppSpec } from '../app-spec/sent-app-spec.ts'
import { isPassing } from '../aws/attempts.ts'
import { getAppSpec } from '../aws/code-deploy.ts'
import { type DescribedDefinition, describeTaskDefinition } from '../aws/ecs.ts'
import { budgetFor, finishOf } from '../follow/budget.ts'
import type { MeantDeployment } from '../group/code-deploy-meant.ts'
import type { ParsedInputs } from '../inputs/inputs.ts'
import { readAlarms, readRollbackOn, readWaits } from '../service/deployment-group.ts'
import { beforeDeployment, type ResolvedService } from '../service/service.ts'
import { definitionSha256 } from '../task-definition/canonical.ts'
import { differencesBetween } from '../task-definition/difference.ts'
import { momentOf } from '../time/clock.ts'
import { ownMarker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import type { Attached } from './attached.ts'
import type { Findings } from './findings.ts'
import type { Place } from './place.ts'
import type { ReleasePlan } from './plan.ts'
import { readShift } from './service-and-group.ts'

export interface AttachFacts extends Pick<Place, 'service' | 'group'> {
  inputs: ParsedInputs['inputs']
  meant: MeantDeployment
}

/** Everything that a release would know of the deployment if it had made it. */
export async function readCodeDeployAttached(
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
    taskDefinitionArn === undefined ? undefined : describeIfAllowed(taskDefinitionArn, world, findings),
    isOriginalGone ? undefined : describeIfAllowed(service.primary.taskDefinitionArn, world, findings),
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
  return { deploymentId: id, plan, taskDefinitionArn, shipped }
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
export async function describeIfAllowed(
  arn: string,
  world: World,
  findings: Findings,
): Promise<DescribedDefinition | undefined> {
  return await findings.answerOf(describeTaskDefinition(world, arn), ({ kind }) =>
    kind === 'denied' || kind === 'answered' ? 'ignore' : undefined,
  )
}
