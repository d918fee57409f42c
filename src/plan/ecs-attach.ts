import { describeServiceDeployment, describeServiceRevisions } from '../aws/service-deployments.ts'
import { deploymentArn, revisionNumberOf } from '../ecs-native/ids.ts'
import { budgetFor, finishOf } from '../follow/budget.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { ecsHooks } from '../service/read-ecs-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import { definitionSha256 } from '../task-definition/canonical.ts'
import { differencesBetween } from '../task-definition/difference.ts'
import { momentOf } from '../time/clock.ts'
import type { World } from '../world.ts'
import type { Attached } from './attached.ts'
import { describeIfAllowed } from './code-deploy-attach.ts'
import type { Findings } from './findings.ts'
import type { Place } from './place.ts'
import type { ReleasePlan } from './plan.ts'
import { markerFor } from './plan-of.ts'
import { onlyContainer } from './traffic-container.ts'

interface EcsAttachFacts extends Pick<Place, 'service' | 'group'> {
  inputs: Inputs
  id: string
}

/** Everything that a release would know of a deployment of ECS if it had made it; undefined with problems added. */
export async function readEcsAttached(
  { inputs, service: now, group, id }: EcsAttachFacts,
  world: World,
  findings: Findings,
): Promise<Attached | undefined> {
  const deployment = await findings.answerOf(describeServiceDeployment(world, deploymentArn(now, id)))
  if (deployment === undefined) return undefined
  const targetArn = deployment.targetServiceRevision?.arn
  const sourceArn = deployment.sourceServiceRevisions?.[0]?.arn
  const arns = [targetArn, sourceArn].filter((arn) => arn !== undefined)
  const revisions = arns.length === 0 ? [] : await findings.answerOf(describeServiceRevisions(world, arns))
  if (revisions === undefined) return undefined
  const definitionOf = (arn: string | undefined) =>
    revisions.find(({ serviceRevisionArn }) => serviceRevisionArn === arn)?.taskDefinition
  const taskDefinitionArn = definitionOf(targetArn)
  const service = beforeIt(now, sourceArn, definitionOf(sourceArn))
  const [shipped, original] = await Promise.all([
    taskDefinitionArn === undefined ? undefined : describeIfAllowed(taskDefinitionArn, world, findings),
    describeIfAllowed(service.primary.taskDefinitionArn, world, findings),
  ])
  const hooks = ecsHooks(group)
  const shift = group.ecs?.shift ?? ({ kind: 'unknown', durationMs: 0, stepPercent: 100, stepMs: 0 } as const)
  const plan: ReleasePlan = {
    service,
    group,
    deploymentConfig: group.deploymentConfig ?? '',
    shift,
    hooks,
    appSpec: {
      containerName: service.container.name || ((shipped && onlyContainer(shipped.definition)) ?? ''),
      containerPort: service.container.port,
      hooks: {},
      file: undefined,
      properties: {},
    },
    definition: { kind: 'use', arn: taskDefinitionArn ?? '' },
    definitionSha256: shipped && definitionSha256(shipped.definition),
    differences: shipped && original && differencesBetween(original.definition, shipped.definition),
    rollbackOn: group.rollbackOn,
    alarms: group.alarms,
    budget: budgetFor({ waitForMs: inputs.waitForMs, ...finishOf(inputs.waitFor), group, shift, hooks }),
    isUnchanged: false,
    adopted: undefined,
    occupant: undefined,
    room: {
      service,
      group,
      policy: 'fail',
      onlySamePullRequest: false,
      run: markerFor(service, world, inputs.operation),
      since: momentOf(world.clock),
      patienceMs: 0,
    },
  }
  return { deploymentId: id, plan, taskDefinitionArn, shipped }
}

/** The service with the revision that the deployment replaces, or has replaced. */
function beforeIt(service: ResolvedService, revisionArn: string | undefined, definition: string | undefined) {
  if (revisionArn === undefined || definition === undefined) return service
  const id = `ecs-svc/${revisionNumberOf(revisionArn)}`
  if (id === service.primary.id) return service
  return { ...service, primary: { ...service.primary, id, taskDefinitionArn: definition, deploymentId: undefined } }
}
