import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import type { NativeSeed } from '../../tools/simulator/native/seeds.ts'
import type { HookPlan, RollbackEvent, Scenario, World } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import type { Stack } from './stack.ts'

type Mapping = Record<string, unknown>

/** The simulator with what a stack makes: its services, in a cluster of its own or one that is there, their groups, and its hook. */
export function scenarioOf(stack: Stack): Scenario {
  const services = [...stack.ofType('AWS::ECS::Service').values()].map(serviceOf)
  const world: World = {
    ...baseScenario.world,
    clusters: [...new Set(services.map(({ cluster }) => cluster))],
    services,
    applications: [...stack.ofType('AWS::CodeDeploy::Application').values()].map(
      ({ ApplicationName: name, ...rest }) => ({
        name: String(name),
        computePlatform: rest['ComputePlatform'] as 'ECS',
        groups: [...stack.ofType('AWS::CodeDeploy::DeploymentGroup').values()]
          .filter(({ ApplicationName }) => ApplicationName === name)
          .map(groupOf),
      }),
    ),
    taskDefinitions: [...stack.ofType('AWS::ECS::TaskDefinition').values()].map((definition) => ({
      revision: 1,
      definition: asRequest(definition) as Mapping,
      tags: [],
      status: 'ACTIVE',
    })),
    functions: [...stack.ofType('AWS::Lambda::Function').values()].map(({ FunctionName }) => ({
      name: String(FunctionName),
    })),
  }
  return { ...baseScenario, world, hookPlans: Object.fromEntries(world.functions.map(({ name }) => [name, PASSES])) }
}

const PASSES: HookPlan = { answer: 'Succeeded', afterSeconds: 5, log: [] }

function serviceOf(service: Mapping): World['services'][number] {
  const [balancer] = service['LoadBalancers'] as Mapping[]
  const { Type } = service['DeploymentController'] as { Type: 'CODE_DEPLOY' | 'ECS' }
  return {
    cluster: String(service['Cluster']),
    name: String(service['ServiceName']),
    desiredCount: Number(service['DesiredCount']),
    controller: Type,
    status: 'ACTIVE',
    taskDefinition: `${service['TaskDefinition']}:1`,
    containerName: String(balancer?.['ContainerName']),
    containerPort: Number(balancer?.['ContainerPort']),
    serve: false,
    tags: ((service['Tags'] ?? []) as Mapping[]).map(({ Key, Value }) => ({ key: String(Key), value: String(Value) })),
    ...(Type === 'ECS' && { native: nativeOf(service) }),
  }
}

/** Rules and target groups are the simulator's own; that the template's fit together is checked on the template. */
function nativeOf(service: Mapping): NativeSeed {
  const { deploymentConfiguration, loadBalancers } = serviceRequest(service)
  const testRule = loadBalancers?.[0]?.advancedConfiguration?.testListenerRule !== undefined
  return { deploymentConfiguration: deploymentConfiguration ?? {}, testRule }
}

/** The properties of a service as CreateService and UpdateService spell them. */
export function serviceRequest(service: Mapping): Omit<CreateServiceRequest, 'serviceName'> {
  return asRequest(service) as CreateServiceRequest
}

function groupOf(group: Mapping): World['applications'][number]['groups'][number] {
  const [service] = group['ECSServices'] as Mapping[]
  const [pair] = (group['LoadBalancerInfo'] as { TargetGroupPairInfoList: Mapping[] }).TargetGroupPairInfoList
  const { DeploymentReadyOption: ready, TerminateBlueInstancesOnDeploymentSuccess: termination } = group[
    'BlueGreenDeploymentConfiguration'
  ] as Record<string, Mapping>
  const alarms = (group['AlarmConfiguration'] as { Alarms: Mapping[] } | undefined)?.Alarms ?? []
  return {
    name: String(group['DeploymentGroupName']),
    cluster: String(service?.['ClusterName']),
    service: String(service?.['ServiceName']),
    deploymentConfig: String(group['DeploymentConfigName']),
    testListener: pair?.['TestTrafficRoute'] !== undefined,
    ready: {
      action: ready?.['ActionOnTimeout'] as 'STOP_DEPLOYMENT',
      waitMinutes: Number(ready?.['WaitTimeInMinutes']),
    },
    terminationWaitMinutes: Number(termination?.['TerminationWaitTimeInMinutes']),
    rollbackOn: (group['AutoRollbackConfiguration'] as { Events: RollbackEvent[] }).Events,
    alarms: alarms.map(({ Name }) => String(Name)),
  }
}

/** Properties as the API spells them, where it has the same ones; names of options stay as they are. */
function asRequest(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asRequest)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      name === 'Options' ? member : asRequest(member),
    ]),
  )
}
