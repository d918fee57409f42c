import type { GroupSeed, Scenario, ServiceSeed } from '../simulator/scenario.ts'

/** What a rehearsal is about: a service of a simulated account, and what is found out about it there. */
export interface Subject {
  scenario: Scenario
  service: ServiceSeed
  /** ECS itself deploys it. */
  isNative: boolean
  /** Its application and deployment group; undefined: it has none. */
  group: { application: string; seed: GroupSeed } | undefined
  /** Name of the function that asks the replacement before production does; undefined: none. */
  hook: string | undefined
  /** What its container runs. */
  image: string
}

/** @param wanted the inputs `cluster` and `service`; another service than those of the account: the first one */
export function subjectOf(scenario: Scenario, wanted: ReadonlyMap<string, string> = new Map()): Subject {
  const { services, applications, functions, taskDefinitions } = scenario.world
  const isWanted = ({ cluster, name }: ServiceSeed) =>
    name === nameIn(wanted.get('service')) && cluster === (nameIn(wanted.get('cluster')) ?? cluster)
  const isReleased = ({ controller, native }: ServiceSeed) => controller === 'CODE_DEPLOY' || native !== undefined
  const service = services.find(isWanted) ?? services.find(isReleased) ?? services[0]
  if (service === undefined) throw new Error('There is no service in this account.')
  const [group] = applications.flatMap(({ name: application, groups }) =>
    groups
      .filter((seed) => seed.service === service.name && seed.cluster === service.cluster)
      .map((seed) => ({ application, seed })),
  )
  const isNative = service.native !== undefined
  const firstFunction = group?.seed.testListener ? functions[0]?.name : undefined
  const serving = taskDefinitions.find(
    ({ definition, revision }) => `${definition['family']}:${revision}` === service.taskDefinition,
  )
  return {
    scenario,
    service,
    isNative,
    group,
    hook: isNative ? functionAfterTestShift(service) : firstFunction,
    image: imageOf(serving?.definition ?? {}, service.containerName),
  }
}

/** Of a name or an ARN. */
function nameIn(given: string | undefined): string | undefined {
  return given?.split('/').at(-1)
}

/** Hooks of such a service belong to it; the step says which one it counts on. */
function functionAfterTestShift({ native }: ServiceSeed): string | undefined {
  const { lifecycleHooks = [] } = native?.deploymentConfiguration ?? {}
  const hook = lifecycleHooks.find(
    ({ hookTargetArn, lifecycleStages = [] }) =>
      hookTargetArn !== undefined && lifecycleStages.includes('POST_TEST_TRAFFIC_SHIFT'),
  )
  return hook?.hookTargetArn?.split(':').at(-1)
}

function imageOf({ containerDefinitions }: Record<string, unknown>, containerName: string): string {
  const containers = Array.isArray(containerDefinitions) ? containerDefinitions : []
  return String(containers.find(({ name }) => name === containerName)?.image ?? '')
}

/** What the next version of an image might be called. */
export function nextImage(image: string): string {
  const version = /:(\d+)\.(\d+)(?:\.\d+)?$/.exec(image)
  const name = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return `${name}:${version === null ? 'next' : `${version[1]}.${Number(version[2]) + 1}.0`}`
}
