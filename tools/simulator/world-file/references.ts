import { containersOf } from '../model/task-definitions.ts'
import { serviceKey } from '../names.ts'
import { PREDEFINED_CONFIGS } from '../operations/deployment-configs.ts'
import type { DeploymentConfigSeed, TaskDefinitionSeed } from '../scenario.ts'
import type { OthersDraft } from './begun-section.ts'
import type { ApplicationDraft, GroupDraft } from './group-section.ts'
import type { HookDraft } from './hook-section.ts'
import { orNearest } from './nearest.ts'
import type { Section } from './section.ts'
import type { ServiceDraft } from './service-section.ts'

/** All that names something, or is named. */
export interface WorldDraft {
  /** Undefined: any cluster that is named is there. */
  clusters: string[] | undefined
  services: readonly ServiceDraft[]
  applications: readonly ApplicationDraft[]
  /** Groups that are not listed with an application. */
  ownGroups: readonly GroupDraft[]
  /** Everything that is registered, and what of it the file lists. */
  taskDefinitions: readonly TaskDefinitionSeed[]
  definitions: readonly { section: Section; seed: TaskDefinitionSeed }[]
  hooks: readonly HookDraft[]
  begun: readonly OthersDraft[]
  later: readonly OthersDraft[]
  deploymentConfigs: readonly DeploymentConfigSeed[]
}

/**
 * Notes every name of something that is not there, and everything that is there twice. What has no name was noted
 * before.
 */
export function checkReferences(draft: WorldDraft): void {
  const world: WorldDraft = {
    ...draft,
    services: draft.services.filter(({ seed }) => seed.name !== ''),
    applications: draft.applications.filter(({ name }) => name !== ''),
    ownGroups: draft.ownGroups.filter(({ seed }) => seed.service !== ''),
    begun: draft.begun.filter(({ seed }) => seed.service !== ''),
    later: draft.later.filter(({ seed }) => seed.service !== ''),
    hooks: draft.hooks.filter(({ seed }) => seed.name !== ''),
  }
  const groups = groupsIn(world)
  checkTwice(world, groups)
  for (const service of world.services) checkService(service, world)
  for (const group of groups) checkGroup(group, world)
  for (const theirs of [...world.begun, ...world.later]) checkDeployed(theirs, world, groups)
}

function checkTwice(
  { services, applications, definitions, taskDefinitions, hooks, begun }: WorldDraft,
  groups: GroupDraft[],
): void {
  noteTwice(services, ({ seed }) => `Service '${seed.name}' in cluster '${seed.cluster}'`, 'name')
  noteTwice(applications, ({ name }) => `Application '${name}'`, 'name')
  noteTwice(hooks, ({ seed }) => `Hook '${seed.name}'`, 'name')
  noteTwice(begun, ({ seed }) => `A deployment of service '${seed.service}' in cluster '${seed.cluster}'`, 'service')
  noteTwice(groups, ({ application, seed }) => `Group '${seed.name}' of application '${application}'`, 'name')
  for (const { section, seed } of definitions) {
    const reference = referenceTo(seed)
    const count = taskDefinitions.filter((known) => referenceTo(known) === reference).length
    if (count > 1) section.problems.add(section.path, `task definition '${reference}' is there twice.`)
  }
}

function noteTwice<Draft extends { section: Section }>(
  drafts: readonly Draft[],
  describe: (draft: Draft) => string,
  key: string,
): void {
  const seen = new Set<string>()
  for (const draft of drafts) {
    const description = describe(draft)
    if (seen.has(description)) draft.section.wrong(key, `${description} is there twice.`)
    seen.add(description)
  }
}

function checkService({ section, seed }: ServiceDraft, { clusters, taskDefinitions }: WorldDraft): void {
  if (clusters && !clusters.includes(seed.cluster)) {
    section.wrong('cluster', `there is no cluster '${seed.cluster}'${orNearest(seed.cluster, clusters, 'clusters')}`)
  }
  const definition = taskDefinitions.find((known) => referenceTo(known) === seed.taskDefinition)?.definition
  if (!definition) {
    const known = taskDefinitions.map(referenceTo)
    const rest = orNearest(seed.taskDefinition, known, 'task definitions')
    if (section.has('task-definition')) {
      section.wrong('task-definition', `there is no task definition '${seed.taskDefinition}'${rest}`)
    }
    return
  }
  const revisions = taskDefinitions.map(referenceTo)
  for (const earlier of seed.native?.earlier ?? []) {
    if (revisions.includes(earlier)) continue
    section.wrong(
      'native',
      `there is no task definition '${earlier}'${orNearest(earlier, revisions, 'task definitions')}`,
    )
  }
  const containers = containersOf(definition)
  const container = containers.find(({ name }) => name === seed.containerName)
  if (!container) {
    const known = containers.map(({ name = '' }) => name)
    const rest = orNearest(seed.containerName, known, 'containers')
    section.wrong(
      'container',
      `task definition '${seed.taskDefinition}' has no container '${seed.containerName}'${rest}`,
    )
  } else if (!container.portMappings?.some(({ containerPort }) => containerPort === seed.containerPort)) {
    section.wrong(
      'port',
      `container '${container.name}' of '${seed.taskDefinition}' has no port ${seed.containerPort}.`,
    )
  }
}

function checkGroup({ section, seed, isServiceGone = false }: GroupDraft, world: WorldDraft): void {
  const { services, deploymentConfigs } = world
  const { cluster, service, deploymentConfig } = seed
  const known = services.filter((one) => one.seed.cluster === cluster).map((one) => one.seed.name)
  if (isServiceGone && known.includes(service)) section.wrong('service-gone', `service '${service}' is there.`)
  if (!isServiceGone && !known.includes(service)) {
    const rest = orNearest(service, known, 'services')
    section.wrong('service', `there is no service '${service}' in cluster '${cluster}'${rest}`)
  }
  const first = groupsIn(world).find(
    (one) => serviceKey(one.seed.cluster, one.seed.service) === serviceKey(cluster, service),
  )
  if (first && first.section !== section) {
    const text = `service '${service}' in cluster '${cluster}' has two deployment groups; AWS allows one.`
    section.problems.add(section.path, text)
  }
  const configs = [...PREDEFINED_CONFIGS, ...deploymentConfigs]
  const config = configs.find(({ name }) => name === deploymentConfig)
  if (!config) {
    const names = configs.filter(({ computePlatform }) => computePlatform === 'ECS').map(({ name }) => name)
    const rest = orNearest(deploymentConfig, names, 'configurations for ECS')
    section.wrong('deployment-config', `there is no deployment configuration '${deploymentConfig}'${rest}`)
  } else if (config.computePlatform !== 'ECS') {
    section.wrong('deployment-config', `'${deploymentConfig}' is for ${config.computePlatform} and not for ECS.`)
  }
}

function checkDeployed(
  { section, seed }: OthersDraft,
  { taskDefinitions, services }: WorldDraft,
  groups: GroupDraft[],
): void {
  const { cluster, service, taskDefinition } = seed
  const known = groups.filter((group) => group.seed.cluster === cluster).map((group) => group.seed.service)
  const isNative = services.some(({ seed: one }) => one.native && one.cluster === cluster && one.name === service)
  if (!isNative && !known.includes(service)) {
    const rest = orNearest(service, known, 'services with one')
    section.wrong('service', `no service '${service}' in cluster '${cluster}' has a deployment group${rest}`)
  }
  const definitions = taskDefinitions.map(referenceTo)
  if (taskDefinition !== '' && !definitions.includes(taskDefinition)) {
    const rest = orNearest(taskDefinition, definitions, 'task definitions')
    section.wrong('task-definition', `there is no task definition '${taskDefinition}'${rest}`)
  }
}

/** `family:revision`. */
export function referenceTo({ definition, revision }: TaskDefinitionSeed): string {
  return `${String(definition['family'])}:${revision}`
}

function groupsIn({ applications, ownGroups }: WorldDraft): GroupDraft[] {
  return [...applications.flatMap(({ groups }) => groups), ...ownGroups].filter(({ seed }) => seed.service !== '')
}
