import { containersOf } from '../model/task-definitions.ts'
import type { ApplicationSeed, HookPlan, Scenario, TaskDefinitionSeed, World } from '../scenario.ts'
import { baseScenario } from '../scenarios.ts'
import { demoTaskDefinition, demoWorld } from '../world.ts'
import { type OthersDraft, readBegun, readLater } from './begun-section.ts'
import {
  readAlarm,
  readAssumptions,
  readDeploymentConfig,
  readEnd,
  readReplacement,
  readRole,
  readStop,
  readTimings,
} from './course-sections.ts'
import { MAX_SECONDS, readBehind, readFault } from './fault-section.ts'
import { type ApplicationDraft, type GroupDraft, readApplication, readOwnGroup } from './group-section.ts'
import { type HookDraft, readHook } from './hook-section.ts'
import { readNativeCourse } from './native-section.ts'
import { readOneOffTask } from './one-off-task-section.ts'
import { checkReferences, referenceTo } from './references.ts'
import { Section } from './section.ts'
import { readService, type ServiceDraft } from './service-section.ts'
import { definitionOf, readTaskDefinition } from './task-definition-section.ts'
import { ACCOUNT, REGION } from './words.ts'

/** The cluster of whatever names none, unless the file has a list of its own. */
const DEFAULT_CLUSTER = 'demo'

/** Reads a whole document. What it leaves out is as in the demo world, where everything goes well. */
export function readScenario(root: Section, folder: string): Scenario {
  const hooks = root.sections('hooks')?.map((section) => readHook(section, folder))
  const clusters = root.texts('clusters')
  const begun = root.sections('begun')?.map((section) => readBegun(section, clusters?.[0] ?? DEFAULT_CLUSTER))
  const later = root.sections('later')?.map((section) => readLater(section, clusters?.[0] ?? DEFAULT_CLUSTER))
  const world = readWorld(root, clusters, hooks, { begun: begun ?? [], later: later ?? [] })
  const replacement = root.section('replacement')
  const timings = root.section('timings')
  const assumptions = root.section('assumptions')
  const stops = root.sections('stops')?.map(readStop)
  const ends = root.section('ends')
  const behind = root.sections('behind')?.map(readBehind)
  const clockOffsetSeconds = root.number('clock-offset-seconds', -MAX_SECONDS, MAX_SECONDS)
  const rollbackFails = root.flag('rollback-fails')
  const listenerEdited = root.flag('listener-edited')
  const native = root.section('native')
  const oneOffTasks = root.sections('one-off-tasks')?.map(readOneOffTask)
  const scenario: Scenario = {
    ...baseScenario,
    name: 'world',
    description: root.text('description') ?? 'As the world file says.',
    world,
    hookPlans: hooks ? plansOf(hooks) : baseScenario.hookPlans,
    replacement: replacement ? readReplacement(replacement) : baseScenario.replacement,
    alarms: root.sections('alarms')?.map(readAlarm) ?? [],
    appSpecBroken: root.flag('app-spec-broken') ?? false,
    ...(stops && { stops }),
    ...(begun && { begun: begun.map(({ seed }) => seed) }),
    ...(later && { later: later.map(({ seed }) => seed) }),
    ...(oneOffTasks && { oneOffTasks }),
    ...(ends && { ends: readEnd(ends) }),
    ...(rollbackFails !== undefined && { rollbackFails }),
    ...(listenerEdited !== undefined && { listenerEdited }),
    faults: root.sections('faults')?.flatMap((section) => readFault(section) ?? []) ?? [],
    ...(behind && { behind }),
    ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }),
    timings: timings ? readTimings(timings) : {},
    assumptions: assumptions ? readAssumptions(assumptions) : {},
    ...(native && { native: readNativeCourse(native) }),
  }
  root.done()
  return scenario
}

function readWorld(
  root: Section,
  listedClusters: string[] | undefined,
  hooks: HookDraft[] | undefined,
  theirs: { begun: readonly OthersDraft[]; later: readonly OthersDraft[] },
): World {
  const place = {
    region: root.text('region', REGION) ?? demoWorld.region,
    account: root.text('account', ACCOUNT) ?? demoWorld.account,
  }
  const defaultCluster = listedClusters?.[0] ?? DEFAULT_CLUSTER
  const services = root.sections('services')?.map((section) => readService(section, defaultCluster, place))
  const listed = (root.sections('applications') ?? []).map((section) => readApplication(section, defaultCluster))
  const definitions = (root.sections('task-definitions') ?? []).map((section) => ({
    section,
    seed: readTaskDefinition(section, place),
  }))
  const roles = root.sections('roles')?.map(readRole)
  const audiences = root.texts('audiences')
  const s3Objects = root.sections('s3-objects')?.map(readObject)
  const deploymentConfigs = root.sections('deployment-configs')?.map(readDeploymentConfig) ?? []
  const read = services ?? demoServices(root)
  const ownGroups = read.flatMap((service) => groupOf(service, listed))
  const taskDefinitions = [
    ...(services ? outlinesOf(services, place) : [demoTaskDefinition(place)]),
    ...definitions.map(({ seed }) => seed),
  ]
  const drafts = read.map((service) => withContainer(service, taskDefinitions))
  const draft = { clusters: listedClusters, services: drafts, applications: listed, ownGroups }
  checkReferences({ ...draft, ...theirs, taskDefinitions, definitions, hooks: hooks ?? [], deploymentConfigs })
  return {
    ...place,
    clusters: listedClusters ?? [...new Set(['default', DEFAULT_CLUSTER, ...drafts.map(({ seed }) => seed.cluster)])],
    services: drafts.map(({ seed }) => seed),
    applications: applicationsOf(listed, ownGroups),
    taskDefinitions,
    functions: hooks ? hooks.map(({ seed }) => seed) : demoWorld.functions,
    deploymentConfigs,
    ...(roles && { roles }),
    ...(audiences && { audiences }),
    ...(s3Objects && { s3Objects }),
  }
}

function readObject(section: Section): NonNullable<World['s3Objects']>[number] {
  const object = {
    bucket: section.text('bucket', { required: true }) ?? '',
    key: section.text('key', { required: true }) ?? '',
    content: section.text('content', { required: true }) ?? '',
  }
  section.done()
  return object
}

/** What stands for `services` when a file has none. */
function demoServices(root: Section): ServiceDraft[] {
  const section = new Section({}, root.path, root.problems)
  return demoWorld.services.map((seed) => ({ section, seed, image: undefined, group: undefined }))
}

/** The group of a service that has its own, or the usual one when it needs one and `applications` has none. */
function groupOf({ section, seed, group }: ServiceDraft, listed: readonly ApplicationDraft[]): GroupDraft[] {
  if (group !== undefined) return group === 'none' ? [] : [group]
  const isListed = listed
    .flatMap((application) => application.groups)
    .some((known) => known.seed.service === seed.name && known.seed.cluster === seed.cluster)
  if (isListed || seed.controller !== 'CODE_DEPLOY') return []
  return [readOwnGroup(new Section({}, section.path, section.problems), seed.cluster, seed.name)]
}

/** Behind the load balancer is the first container that has a port, unless the service says otherwise. */
function withContainer(draft: ServiceDraft, taskDefinitions: readonly TaskDefinitionSeed[]): ServiceDraft {
  const { section, seed } = draft
  const registered = taskDefinitions.find((known) => referenceTo(known) === seed.taskDefinition)
  const containers = containersOf(registered?.definition ?? {})
  const container = section.has('container')
    ? containers.find(({ name }) => name === seed.containerName)
    : containers.find(({ portMappings = [] }) => portMappings.length > 0)
  const containerPort = section.has('port') ? undefined : container?.portMappings?.[0]?.containerPort
  return {
    ...draft,
    seed: {
      ...seed,
      containerName: container?.name ?? seed.containerName,
      containerPort: containerPort ?? seed.containerPort,
    },
  }
}

/** Revision 1 of each service that is described by its image; those of one name in two clusters may share it. */
function outlinesOf(services: readonly ServiceDraft[], place: Pick<World, 'region' | 'account'>): TaskDefinitionSeed[] {
  const outlines = new Map<string, string>()
  return services.flatMap(({ section, seed, image }) => {
    if (image === undefined) return []
    const { name: family, containerName: container, containerPort: port } = seed
    const outline = { family, image, container, port }
    const known = outlines.get(family)
    if (known !== undefined && known !== JSON.stringify(outline)) {
      section.wrong('image', `task definition '${family}:1' is another service's, and different.`)
    }
    outlines.set(family, JSON.stringify(outline))
    if (known !== undefined) return []
    return [{ revision: 1, status: 'ACTIVE' as const, tags: [], definition: definitionOf(outline, place) }]
  })
}

/** Groups of the same application are together, whether they were listed with it or with their services. */
function applicationsOf(listed: readonly ApplicationDraft[], ownGroups: readonly GroupDraft[]): ApplicationSeed[] {
  const applications = new Map<string, ApplicationSeed>()
  for (const { name, computePlatform, groups } of listed) {
    applications.set(name, { name, computePlatform, groups: groups.map(({ seed }) => seed) })
  }
  for (const { application: name, seed } of ownGroups) {
    const known = applications.get(name)
    if (known) known.groups.push(seed)
    else applications.set(name, { name, computePlatform: 'ECS', groups: [seed] })
  }
  return [...applications.values()]
}

function plansOf(hooks: readonly HookDraft[]): Record<string, HookPlan> {
  return Object.fromEntries(hooks.flatMap(({ seed, plan }) => (plan ? [[seed.name, plan]] : [])))
}
