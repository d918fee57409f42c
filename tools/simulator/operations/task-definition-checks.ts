import { cpuUnits, memoryMiB } from '../model/definition-defaults.ts'
import { containersOf } from '../model/task-definitions.ts'
import { AwsError } from '../protocol/aws-error.ts'

type Definition = Readonly<Record<string, unknown>>

/** Source: public reports of the message that names it. */
const MAX_DEFINITION_BYTES = 65_536

/** Memory in MiB that goes with each CPU size on Fargate. Source: ECS Developer Guide, "Task CPU and memory". */
const FARGATE_MEMORY: Record<string, number[]> = {
  '256': [512, 1024, 2048],
  '512': range(1024, 4096, 1024),
  '1024': range(2048, 8192, 1024),
  '2048': range(4096, 16_384, 1024),
  '4096': range(8192, 30_720, 1024),
  '8192': range(16_384, 61_440, 4096),
  '16384': range(32_768, 122_880, 8192),
}

/** Refuses what ECS refuses, in its words as they are known from public reports. */
export function checkTaskDefinition(definition: Definition): void {
  const family = definition['family']
  if (typeof family !== 'string' || family === '') refuse('Family can not be blank.')
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) refuse('Family contains invalid characters.')
  const containers = containersOf(definition)
  if (containers.length === 0) refuse('Container list cannot be empty.')
  for (const { name, image } of containers) {
    if (!name) refuse('Container.name should not be null or empty.')
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) refuse('Container.name contains invalid characters.')
    if (!image) refuse('Container.image should not be null or empty.')
  }
  const required = definition['requiresCompatibilities']
  if (Array.isArray(required) && required.includes('FARGATE')) checkFargate(definition)
  else checkMemory(definition)
  const bytes = Buffer.byteLength(JSON.stringify(definition))
  if (bytes > MAX_DEFINITION_BYTES) {
    refuse(`Actual length: '${bytes}'. Max allowed length is '${MAX_DEFINITION_BYTES}' bytes.`)
  }
}

function checkFargate(definition: Definition): void {
  const { cpu, memory, executionRoleArn } = definition
  for (const [name, value] of Object.entries({ cpu, memory })) {
    if (value === undefined) refuse(`Fargate requires that '${name}' be defined at the task level.`)
  }
  const sizes = FARGATE_MEMORY[cpuUnits(String(cpu))]
  if (!sizes) {
    refuse(
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    )
  }
  if (!sizes.includes(memoryMiB(String(memory)))) refuse('No Fargate configuration exists for given values.')
  if (executionRoleArn) return
  const containers = containersOf(definition)
  if (containers.some((container) => /\.dkr\.ecr\.[^/]+\.amazonaws\.com/.test(container.image ?? ''))) {
    refuse('Fargate requires task definition to have execution role ARN to support ECR images.')
  }
  if (containers.some((container) => container.logConfiguration?.logDriver === 'awslogs')) {
    refuse('Fargate requires task definition to have execution role ARN to support log driver awslogs.')
  }
}

function checkMemory(definition: Definition): void {
  if (definition['memory'] !== undefined) return
  const hungry = containersOf(definition).find((one) => one.memory === undefined && one.memoryReservation === undefined)
  if (hungry) {
    refuse(
      `Invalid setting for container '${hungry.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    )
  }
}

function range(first: number, last: number, step: number): number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, i) => first + i * step)
}

function refuse(message: string): never {
  throw new AwsError('ClientException', message)
}
