import type { InputName } from '../../src/inputs/names.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import type { GroupSeed, Scenario, ServiceSeed, TaskDefinitionSeed } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'
import { sequence } from './random-sequence.ts'
import { groupSeed } from './simulated-aws.ts'
import { type SimulatedRelease, simulateRelease } from './simulated-release.ts'
import { virtualClock } from './virtual-clock.ts'

/** What is in store for a service. */
export type Fate = 'succeeds' | 'hook fails' | 'alarm' | 'never healthy'

const FATES: Fate[] = ['succeeds', 'hook fails', 'succeeds', 'alarm', 'never healthy']

export interface OneOfMany extends SimulatedRelease {
  service: string
  fate: Fate
}

export interface ManyReleases {
  releases: OneOfMany[]
  /** Of all releases, in order. */
  calls: RecordedCall[]
  /** From the start of all to the end of the last, by the clock of the deployments. */
  tookMs: number
}

/** So many releases of as many services that begin at the same moment, in one account with a limit for all of them. */
export async function releaseAtOnce(count: number, perSecond: number | undefined): Promise<ManyReleases> {
  const clock = virtualClock(count)
  const startMs = clock.now()
  const simulator = await startSimulator({ scenario: accountOf(count, perSecond), clock })
  const allDone = new AbortController()
  let running = count

  async function releaseOne(index: number): Promise<OneOfMany> {
    const own = clock.forActor()
    const fate = fateOf(index)
    const result = await simulateRelease({
      scenario: baseScenario,
      account: { simulator, clock: own },
      inputs: inputsOf(index, fate),
      world: { random: sequence(index + 1) },
    })
    running -= 1
    if (running === 0) allDone.abort()
    // Time passes for the others only while this one sleeps.
    else void own.sleep(Number.POSITIVE_INFINITY, allDone.signal)
    return { ...result, service: nameOf(index), fate }
  }

  try {
    const releases = await Promise.all(Array.from({ length: count }, (_, index) => releaseOne(index)))
    return { releases, calls: [...simulator.calls], tookMs: clock.now() - startMs }
  } finally {
    await simulator.close()
  }
}

function fateOf(index: number): Fate {
  return FATES[index % FATES.length] ?? 'succeeds'
}

function nameOf(index: number): string {
  return `web-${index}`
}

function inputsOf(index: number, fate: Fate): Partial<Record<InputName, string>> {
  const hook = fate === 'hook fails' ? 'CodeDeployHook_refuse' : 'CodeDeployHook_validate'
  return { service: nameOf(index), 'after-allow-test-traffic-hook': hook }
}

function accountOf(count: number, perSecond: number | undefined): Scenario {
  const { world, hookPlans } = baseScenario
  const indices = Array.from({ length: count }, (_, index) => index)
  return {
    ...baseScenario,
    world: {
      ...world,
      services: indices.flatMap(serviceOf),
      applications: indices.map((index) => ({
        name: `AppECS-demo-${nameOf(index)}`,
        computePlatform: 'ECS',
        groups: [groupOf(index)],
      })),
      taskDefinitions: indices.flatMap(definitionOf),
      functions: [...world.functions, { name: 'CodeDeployHook_refuse' }],
    },
    hookPlans: { ...hookPlans, CodeDeployHook_refuse: { answer: 'Failed', afterSeconds: 20, log: [] } },
    alarms: indices
      .filter((index) => fateOf(index) === 'alarm')
      .map((index) => ({ name: `${nameOf(index)}-5xx`, after: { event: 'AllowTraffic', seconds: 53.5 } })),
    faults: perSecond === undefined ? [] : [{ operation: '*', kind: { type: 'rate-limit', perSecond } }],
  }
}

function serviceOf(index: number): ServiceSeed[] {
  const crashing = { ...baseScenario.replacement, health: 'never' } as const
  return baseScenario.world.services.map((seed) => ({
    ...seed,
    name: nameOf(index),
    taskDefinition: `${nameOf(index)}:1`,
    ...(fateOf(index) === 'never healthy' && { replacement: crashing }),
  }))
}

function groupOf(index: number): GroupSeed {
  const name = nameOf(index)
  return groupSeed({ name: `DgpECS-demo-${name}`, service: name, alarms: [`${name}-5xx`] })
}

function definitionOf(index: number): TaskDefinitionSeed[] {
  return baseScenario.world.taskDefinitions.map((seed) => ({
    ...seed,
    definition: { ...seed.definition, family: nameOf(index) },
  }))
}
