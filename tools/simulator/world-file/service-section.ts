import type { ServiceSeed, World } from '../scenario.ts'
import { readReplacement } from './course-sections.ts'
import { type GroupDraft, readOwnGroup } from './group-section.ts'
import { readNative } from './native-section.ts'
import type { Section } from './section.ts'
import { ECS_NAME, PLATFORM_VERSION, REVISION } from './words.ts'

/** A service as it was read, and where. */
export interface ServiceDraft {
  section: Section
  seed: ServiceSeed
  /** What `<name>:1` runs when the file describes the service by its image. */
  image: string | undefined
  /** Undefined: the usual one, unless `applications` has one for it. */
  group: GroupDraft | 'none' | undefined
}

export function readService(
  section: Section,
  defaultCluster: string,
  place: Pick<World, 'region' | 'account'>,
): ServiceDraft {
  const name = section.text('name', { ...ECS_NAME, required: true }) ?? ''
  const cluster = section.text('cluster', ECS_NAME) ?? defaultCluster
  const image = section.text('image')
  const taskDefinition = section.text('task-definition', REVISION)
  if (section.has('image') === section.has('task-definition') && !section.isBroken) {
    const found = section.has('image') ? 'both' : 'neither'
    section.problems.add(section.path, `must have either 'image' or 'task-definition'; it has ${found}.`)
  }
  const nativeStrategy = section.choice('native-strategy', ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'])
  const tags = section.pairs('tags')
  const native = section.section('native')
  const replacement = section.section('replacement')
  const launchType = section.choice('launch-type', ['FARGATE', 'EC2', 'EXTERNAL'])
  const capacityProviders = section.sections('capacity-providers')?.map(readProvider)
  if (launchType && capacityProviders) section.wrong('launch-type', "cannot be there with 'capacity-providers'.")
  const platformVersion = section.text('platform-version', PLATFORM_VERSION)
  const loadBalancer = section.choice('load-balancer', ['application', 'network'])
  const others = section.sections('other-load-balancers')?.map(readOther)
  const seed: ServiceSeed = {
    cluster,
    name,
    desiredCount: section.wholeNumber('desired-count', 0, 5000) ?? 2,
    controller: section.choice('controller', ['CODE_DEPLOY', 'ECS', 'EXTERNAL']) ?? (native ? 'ECS' : 'CODE_DEPLOY'),
    status: section.choice('status', ['ACTIVE', 'DRAINING', 'INACTIVE']) ?? 'ACTIVE',
    taskDefinition: taskDefinition ?? `${name}:1`,
    containerName: section.text('container', ECS_NAME) ?? name,
    containerPort: section.wholeNumber('port', 1, 65_535) ?? 8080,
    ...(nativeStrategy && { nativeStrategy }),
    ...(native && { native: readNative(native, place, name) }),
    ...(launchType && { launchType }),
    ...(capacityProviders && { capacityProviders }),
    ...(platformVersion !== undefined && { platformVersion }),
    ...(loadBalancer && { loadBalancer }),
    ...(section.flag('https') === true && { https: true }),
    ...(others && { otherLoadBalancers: others }),
    serve: section.flag('serve') ?? true,
    ...(replacement && { replacement: readReplacement(replacement) }),
    ...(tags && { tags }),
  }
  if (native && seed.controller !== 'ECS') section.wrong('native', "is for 'controller: ECS' only.")
  const group = readGroup(section, cluster, name)
  section.done()
  return { section, seed, image, group }
}

function readProvider(section: Section): NonNullable<ServiceSeed['capacityProviders']>[number] {
  const capacityProvider = section.text('name', { ...ECS_NAME, required: true }) ?? ''
  const weight = section.wholeNumber('weight', 0, 1000)
  const base = section.wholeNumber('base', 0, 100_000)
  section.done()
  return { capacityProvider, ...(base !== undefined && { base }), ...(weight !== undefined && { weight }) }
}

function readOther(section: Section): NonNullable<ServiceSeed['otherLoadBalancers']>[number] {
  const other = {
    targetGroup: section.text('target-group', { ...ECS_NAME, required: true }) ?? '',
    containerName: section.text('container', { ...ECS_NAME, required: true }) ?? '',
    containerPort: section.wholeNumber('port', 1, 65_535, { required: true }) ?? 0,
  }
  section.done()
  return other
}

/** A mapping, or `none`. */
function readGroup(section: Section, cluster: string, name: string): ServiceDraft['group'] {
  if (section.raw('group') === 'none') return 'none'
  const group = section.section('group')
  return group && readOwnGroup(group, cluster, name)
}
