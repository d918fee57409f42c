import { containersOf } from './task-definitions.ts'

type Definition = Readonly<Record<string, unknown>>

/** Lists that ECS shows empty when they were not given (observed in answers of DescribeTaskDefinition). */
const EMPTY_CONTAINER_LISTS = ['environment', 'mountPoints', 'volumesFrom', 'systemControls']
const EMPTY_TASK_LISTS = ['volumes', 'placementConstraints']

/**
 * The definition with what ECS fills in by itself: CPU 0, `essential`, empty lists, host port and protocol of port
 * mappings (observed). Members that are unknown to the SDK stay as they came.
 */
export function completeDefinition(definition: Definition): Definition {
  const networkMode = definition['networkMode']
  const isFixed = networkMode === 'awsvpc' || networkMode === 'host'
  const containers = containersOf(definition).map((container) => ({
    cpu: 0,
    essential: true,
    ...Object.fromEntries(EMPTY_CONTAINER_LISTS.map((name) => [name, []])),
    ...container,
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      hostPort: isFixed ? mapping.containerPort : 0,
      protocol: 'tcp',
      ...mapping,
    })),
  }))
  return {
    ...Object.fromEntries(EMPTY_TASK_LISTS.map((name) => [name, []])),
    ...definition,
    ...sizesOf(definition),
    containerDefinitions: containers,
  }
}

/** Sizes are shown in units, however they were written. Source: ECS Developer Guide, "Task CPU and memory". */
function sizesOf({ cpu, memory }: Definition): Definition {
  return {
    ...(typeof cpu === 'string' && { cpu: cpuUnits(cpu) }),
    ...(typeof memory === 'string' && { memory: String(memoryMiB(memory)) }),
  }
}

/** `256` or `.25 vCPU`. */
export function cpuUnits(text: string): string {
  const vcpu = /^([\d.]+)\s*vcpu$/i.exec(text)?.[1]
  return vcpu === undefined ? text : String(Number(vcpu) * 1024)
}

/** `512` or `0.5 GB`. */
export function memoryMiB(text: string): number {
  const gigabytes = /^([\d.]+)\s*gb$/i.exec(text)?.[1]
  return gigabytes === undefined ? Number(text) : Number(gigabytes) * 1024
}

/**
 * Where ECS could place tasks of it: EC2 is always named, also for Fargate, and outside of `awsvpc` EXTERNAL before it
 * (observed). Newer answers have MANAGED_INSTANCES as well, which is left out.
 */
export function compatibilitiesOf(definition: Definition): string[] {
  if (definition['networkMode'] !== 'awsvpc') return ['EXTERNAL', 'EC2']
  const required = definition['requiresCompatibilities']
  const fargate = Array.isArray(required) && required.includes('FARGATE')
  return fargate ? ['EC2', 'FARGATE'] : ['EC2']
}

/** What a container agent must be able to do to run it. A subset of what ECS derives (observed). */
export function requiresAttributesOf(definition: Definition): { name: string }[] {
  const containers = containersOf(definition)
  const logs = containers.some((container) => container.logConfiguration?.logDriver === 'awslogs')
  const secrets = containers.flatMap((container) => container.secrets ?? [])
  const names = [
    logs && 'com.amazonaws.ecs.capability.logging-driver.awslogs',
    logs && 'ecs.capability.execution-role-awslogs',
    definition['taskRoleArn'] && 'com.amazonaws.ecs.capability.task-iam-role',
    secrets.some(isInSecretsManager) && 'ecs.capability.secrets.asm.environment-variables',
    secrets.some((secret) => !isInSecretsManager(secret)) && 'ecs.capability.secrets.ssm.environment-variables',
    definition['networkMode'] === 'awsvpc' && 'ecs.capability.task-eni',
    'com.amazonaws.ecs.capability.docker-remote-api.1.18',
  ]
  return names.filter((name): name is string => typeof name === 'string').map((name) => ({ name }))
}

/** Anything else is a parameter of Systems Manager, by ARN or name. Source: ECS API Reference, Secret. */
function isInSecretsManager({ valueFrom = '' }: { valueFrom?: string }): boolean {
  return /^arn:[^:]*:secretsmanager:/.test(valueFrom)
}
