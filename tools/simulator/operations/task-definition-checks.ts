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

/** Source: the same page. */
const WINDOWS_CPU = ['1024', '2048', '4096']

/** Source: ECS API Reference, ContainerDefinition `image`; `@` comes before a digest. */
const IMAGE = /^[\w:./#@+-]+$/
const MAX_IMAGE_LENGTH = 255

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
    if (image.length > MAX_IMAGE_LENGTH) refuse(`Container.image should be ${MAX_IMAGE_LENGTH} characters or less`)
    if (!IMAGE.test(image)) refuse('Container.image contains invalid characters.')
  }
  checkVolumes(definition)
  checkNetwork(definition)
  const required = definition['requiresCompatibilities']
  if (Array.isArray(required) && required.includes('FARGATE')) checkFargate(definition)
  else checkMemory(definition)
  checkLogs(definition)
  checkShares(definition)
  checkDependencies(definition)
  const bytes = Buffer.byteLength(JSON.stringify(definition))
  if (bytes > MAX_DEFINITION_BYTES) {
    refuse(`Actual length: '${bytes}'. Max allowed length is '${MAX_DEFINITION_BYTES}' bytes.`)
  }
}

function checkFargate(definition: Definition): void {
  const { cpu, memory, executionRoleArn, networkMode } = definition
  // With these quotation marks (observed).
  if (networkMode !== 'awsvpc') refuse('Fargate only supports network mode ‘awsvpc’.')
  for (const [name, value] of Object.entries({ cpu, memory })) {
    if (value === undefined) refuse(`Fargate requires that '${name}' be defined at the task level.`)
  }
  const units = cpuUnits(String(cpu))
  const sizes = FARGATE_MEMORY[units]
  if (!sizes || (isWindows(definition) && !WINDOWS_CPU.includes(units))) {
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

/** Source of the texts below: public reports. */
function checkNetwork(definition: Definition): void {
  if (definition['networkMode'] !== 'awsvpc') return
  const containers = containersOf(definition)
  if (containers.some(({ links = [] }) => links.length > 0)) {
    refuse('Links are not supported when networkMode=awsvpc.')
  }
  const mappings = containers.flatMap(({ portMappings = [] }) => portMappings)
  if (mappings.some(({ hostPort, containerPort }) => hostPort !== undefined && hostPort !== containerPort)) {
    refuse('When networkMode=awsvpc, the host ports and container ports in port mappings must match.')
  }
}

function checkVolumes(definition: Definition): void {
  const volumes = (definition['volumes'] ?? []) as { name?: string }[]
  const mounts = containersOf(definition).flatMap(({ mountPoints = [] }) => mountPoints)
  const unknown = mounts.find(({ sourceVolume }) => !volumes.some(({ name }) => name === sourceVolume))
  if (unknown) refuse(`Unknown volume '${unknown.sourceVolume}'.`)
}

function checkLogs(definition: Definition): void {
  const containers = containersOf(definition)
  const logs = containers.flatMap(({ logConfiguration }) => logConfiguration ?? [])
  for (const { logDriver, options } of logs) {
    const missing = ['awslogs-region', 'awslogs-group'].filter((name) => options?.[name] === undefined)
    if (logDriver === 'awslogs' && missing.length > 0) {
      refuse(`Log driver awslogs requires options: ${missing.join(', ')}`)
    }
  }
  const isRouted = logs.some(({ logDriver }) => logDriver === 'awsfirelens')
  const hasRouter = containers.some(({ firelensConfiguration }) => firelensConfiguration !== undefined)
  if (isRouted && !hasRouter) {
    refuse(
      'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
    )
  }
  if (hasRouter && !isRouted) {
    refuse(
      'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
    )
  }
}

/** What the containers of a task may take of it. Windows ignores the sizes of tasks outside of Fargate (documented). */
function checkShares(definition: Definition): void {
  const { cpu, memory } = definition
  const containers = containersOf(definition)
  const taken = containers.reduce((sum, { cpu: units = 0 }) => sum + units, 0)
  if (cpu !== undefined && taken > Number(cpuUnits(String(cpu)))) {
    refuse("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.")
  }
  const limit = memory === undefined ? Number.POSITIVE_INFINITY : memoryMiB(String(memory))
  const hungry = containers.find(({ memory: own = 0 }) => own > limit)
  if (hungry) refuse(`The 'memory' setting for container '${hungry.name}' is greater than for the task.`)
}

function checkDependencies(definition: Definition): void {
  const containers = containersOf(definition)
  for (const { containerName, condition = '' } of containers.flatMap(({ dependsOn = [] }) => dependsOn)) {
    const other = containers.find(({ name }) => name === containerName)
    if (['SUCCESS', 'COMPLETE'].includes(condition) && other && other.essential !== false) {
      refuse('A dependency container with SUCCESS or COMPLETE condition cannot be an essential container')
    }
  }
}

function isWindows(definition: Definition): boolean {
  const platform = definition['runtimePlatform'] as { operatingSystemFamily?: string } | undefined
  return platform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false
}

function range(first: number, last: number, step: number): number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, i) => first + i * step)
}

function refuse(message: string): never {
  throw new AwsError('ClientException', message)
}
