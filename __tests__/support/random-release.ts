import fc from 'fast-check'
import type { InputName } from '../../src/inputs/names.ts'
import type { Fault, HookPlan, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED, EXPIRED, THROTTLED, UNAVAILABLE } from './faults.ts'

/** One release and everything that happens to it. */
export interface RandomRelease {
  scenario: Scenario
  inputs: Partial<Record<InputName, string>>
  /** When the run is cancelled, in seconds after the start. */
  cancelAtSecond: number | undefined
}

const HOOK_INPUTS: Record<string, InputName> = {
  BeforeInstall: 'before-install-hook',
  AfterInstall: 'after-install-hook',
  AfterAllowTestTraffic: 'after-allow-test-traffic-hook',
  BeforeAllowTraffic: 'before-allow-traffic-hook',
  AfterAllowTraffic: 'after-allow-traffic-hook',
}

const CONFIGS = ['ECSAllAtOnce', 'ECSCanary10Percent5Minutes', 'ECSLinear10PercentEvery1Minutes']

/** What a release in flight asks for; the checks before it are tested elsewhere. */
const OPERATIONS = [
  '*',
  'GetDeployment',
  'GetDeployment',
  'GetDeploymentTarget',
  'GetDeploymentTarget',
  'DescribeServices',
  'ListTasks',
  'StopDeployment',
]

const kind = fc.constantFrom<Fault['kind']>(
  DENIED,
  EXPIRED,
  THROTTLED,
  UNAVAILABLE,
  { type: 'drop' },
  { type: 'drop-after-accept' },
)

const count = fc.constantFrom(1, 2, 4, 9, 20, 60, 100_000)

const faultInFlight = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  count,
  fromSeconds: fc.integer({ min: 1, max: 700 }),
  kind,
})

/** Most of all a role that may not read lifecycle events. */
const faultAtStart = fc.oneof(
  fc.record({
    operation: fc.constantFrom('CreateDeployment', 'RegisterTaskDefinition'),
    count,
    fromSeconds: fc.constant(0),
    kind,
  }),
  fc.record({
    operation: fc.constant('GetDeploymentTarget'),
    count,
    fromSeconds: fc.constant(0),
    kind: fc.constant(DENIED),
  }),
)

const hookPlan = fc.record({
  answer: fc.constantFrom<HookPlan['answer']>('Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'none'),
  afterSeconds: fc.integer({ min: 0, max: 90 }),
  log: fc.constant<string[]>([]),
})

/** So long after one of the events in which production moves. */
const occasion = fc.record({
  event: fc.constantFrom('Install', 'AllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'),
  seconds: fc.integer({ min: 0, max: 300 }),
})

/** One time in five. */
function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

export const randomRelease: fc.Arbitrary<RandomRelease> = fc
  .record({
    hooks: fc.dictionary(fc.constantFrom(...Object.keys(HOOK_INPUTS), 'AfterAllowTraffic'), hookPlan, { maxKeys: 2 }),
    config: fc.constantFrom(...CONFIGS),
    terminationWaitMinutes: fc.constantFrom(0, 1, 5),
    rollbackOn: fc.subarray(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const),
    rollbackFails: fc.constantFrom(false, false, false, true),
    rollbackRun: fc.constantFrom(2.6, 2.6, 30),
    dies: seldom(occasion),
    alarm: seldom(occasion),
    inFlight: fc.array(faultInFlight, { maxLength: 2 }),
    atStart: seldom(faultAtStart),
    waitFor: fc.constantFrom('', 'completion', 'production-traffic'),
    minutes: seldom(fc.constantFrom('3', '8', '20')),
    cancelAtSecond: seldom(fc.integer({ min: 0, max: 700 })),
  })
  .map((given) => ({ scenario: scenarioOf(given), inputs: inputsOf(given), cancelAtSecond: given.cancelAtSecond }))

interface Given {
  hooks: Record<string, HookPlan>
  config: string
  terminationWaitMinutes: number
  rollbackOn: ('DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST')[]
  rollbackFails: boolean
  rollbackRun: number
  dies: { event: string; seconds: number } | undefined
  alarm: { event: string; seconds: number } | undefined
  inFlight: Fault[]
  atStart: Fault | undefined
  waitFor: string
  minutes: string | undefined
}

function scenarioOf(given: Given): Scenario {
  const { hooks, config, terminationWaitMinutes, rollbackOn, rollbackRun, dies, alarm, inFlight, atStart } = given
  const deploymentConfig = `CodeDeployDefault.${config}`
  const world = withGroup(baseScenario.world, { deploymentConfig, terminationWaitMinutes, rollbackOn })
  const functions = Object.keys(hooks).map((event) => ({ name: hookFunction(event) }))
  return {
    ...baseScenario,
    world: { ...world, functions: [...world.functions, ...functions] },
    hookPlans: Object.fromEntries(Object.entries(hooks).map(([event, plan]) => [hookFunction(event), plan])),
    replacement: { ...baseScenario.replacement, ...(dies === undefined ? {} : { health: 'dies', dies }) },
    alarms: alarm === undefined ? [] : [{ name: 'web-5xx', after: alarm }],
    rollbackFails: given.rollbackFails,
    timings: { rollbackRun },
    faults: atStart === undefined ? inFlight : [atStart, ...inFlight],
  }
}

function inputsOf({ hooks, waitFor, minutes }: Given): RandomRelease['inputs'] {
  const given = Object.keys(hooks).map((event) => [HOOK_INPUTS[event], hookFunction(event)])
  return { 'wait-for': waitFor, 'wait-for-minutes': minutes ?? '', ...Object.fromEntries(given) }
}

function hookFunction(event: string): string {
  return `hook_${event}`
}
