import type { InputName } from '../../../src/inputs/names.ts'
import type { GroupSeed, Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { inputsFor } from '../../support/simulated-release.ts'

type Inputs = Partial<Record<InputName, string>>

/** One operation of the action. */
export interface Step {
  inputs: Inputs
  /** How long after the step before it, in seconds. */
  afterSeconds?: number
  /** When the run is cancelled, in seconds after this step began. */
  cancelAtSecond?: number
}

/** Steps of one run in one account. */
export interface Story {
  scenario: Scenario
  steps: Step[]
  files?: Record<string, string>
}

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const HOLDS = { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } } as const
const TO_TEST: Step = { inputs: { ...HOOK, 'wait-for': 'test-traffic' } }
const LET_GO: Step = { inputs: { ...HOOK, 'wait-for': 'nothing' } }

const SHIFTING = 200
const WAITING_FOR_TERMINATION = 500

function inGroup(change: Partial<GroupSeed>, change2: Partial<Scenario> = {}): Scenario {
  return { ...baseScenario, ...change2, world: withGroup(baseScenario.world, change) }
}

function release(scenario: Scenario, inputs: Inputs = {}, more: Omit<Step, 'inputs'> = {}): Story {
  return { scenario, steps: [{ inputs: { ...HOOK, ...inputs }, ...more }] }
}

function hookEnds(event: InputName, answer: 'Failed' | 'throws'): Story {
  const hookPlans = { CodeDeployHook_validate: { answer, afterSeconds: 5, log: [] } }
  return { scenario: { ...baseScenario, hookPlans }, steps: [{ inputs: { [event]: 'CodeDeployHook_validate' } }] }
}

const BY_THIRDS: Scenario = {
  ...baseScenario,
  world: {
    ...withGroup(baseScenario.world, { deploymentConfig: 'thirds' }),
    deploymentConfigs: [
      {
        name: 'thirds',
        computePlatform: 'ECS',
        routing: { type: 'TimeBasedLinear', percentage: 30, intervalMinutes: 1 },
      },
    ],
  },
}

const NO_TASKS: Scenario = {
  ...baseScenario,
  world: {
    ...baseScenario.world,
    services: baseScenario.world.services.map((seed) => ({ ...seed, desiredCount: 0 })),
  },
}

const LOWER_CASE_APP_SPEC = JSON.stringify({
  version: 0,
  resources: [{ targetService: { type: 'AWS::ECS::Service', properties: { taskDefinition: '<TASK_DEFINITION>' } } }],
})

/** What can be switched matters in at least one of these; each of the scenarios by name is one as well. */
export const STORIES: Record<string, Story> = {
  ...Object.fromEntries(
    Object.entries(scenarios).map(([name, scenario]) => [name, { scenario, steps: [{ inputs: inputsFor(name) }] }]),
  ),
  'to the end of the termination wait': release(baseScenario, { 'wait-for': 'completion' }),
  'steps that do not add up to 100 %': release(BY_THIRDS),
  'no task to run': release(NO_TASKS),
  'an AppSpec in lower case': {
    ...release(baseScenario, { 'codedeploy-appspec': 'spec.json' }),
    files: { 'spec.json': LOWER_CASE_APP_SPEC },
  },
  'a long description': release(baseScenario, { 'codedeploy-deployment-description': 'all of it '.repeat(30) }),
  'a hook with an alias': release(baseScenario, {
    'after-allow-test-traffic-hook': 'arn:aws:lambda:us-east-1:123456789012:function:CodeDeployHook_validate:live',
  }),
  'the first hook fails': hookEnds('before-install-hook', 'Failed'),
  'the last hook fails': hookEnds('after-allow-traffic-hook', 'Failed'),
  'the test hook throws': hookEnds('after-allow-test-traffic-hook', 'throws'),
  'an alarm that is active from the start': release({
    ...baseScenario,
    alarms: [{ name: 'web-5xx', after: { event: 'Created', seconds: 0 } }],
  }),
  'a production listener that somebody changed': release({ ...baseScenario, listenerEdited: true }),
  'stopped by somebody, without rollback': release({
    ...baseScenario,
    stops: [{ after: { event: 'AllowTraffic', seconds: 53.5 }, rollback: false }],
  }),
  'stopped by somebody before there is a replacement': release({
    ...baseScenario,
    stops: [{ after: { event: 'Created', seconds: 1 } }],
  }),
  'stopped by somebody in the termination wait': release(
    { ...baseScenario, stops: [{ after: { event: 'AfterAllowTraffic', seconds: 60 } }] },
    { 'wait-for': 'completion' },
  ),
  'stopped by somebody in a group that rolls nothing back': release(
    inGroup({ rollbackOn: [] }, { stops: [{ after: { event: 'AllowTraffic', seconds: 53.5 } }] }),
  ),
  'cancelled during Install': release(baseScenario, {}, { cancelAtSecond: 60 }),
  'cancelled during the shift': release(baseScenario, {}, { cancelAtSecond: SHIFTING }),
  'out of time during the shift': release(baseScenario, { 'wait-for-minutes': '3', 'on-timeout': 'rollback' }),
  'promoted by another step': {
    scenario: inGroup(HOLDS),
    steps: [TO_TEST, { inputs: { operation: 'promote' }, afterSeconds: 600 }],
  },
  'promoted as soon as Ready is shown': {
    scenario: inGroup(HOLDS),
    steps: [LET_GO, { inputs: { operation: 'promote' }, afterSeconds: 128 }],
  },
  'stopped at the test listener': {
    scenario: inGroup(HOLDS),
    steps: [TO_TEST, { inputs: { operation: 'stop' }, afterSeconds: 600 }],
  },
  'nobody promotes, and a step watches': {
    scenario: inGroup(HOLDS),
    steps: [TO_TEST, { inputs: { operation: 'watch' }, afterSeconds: 600 }],
  },
  'stopped during the shift': {
    scenario: baseScenario,
    steps: [LET_GO, { inputs: { operation: 'stop' }, afterSeconds: SHIFTING }],
  },
  'stopped in the termination wait': {
    scenario: baseScenario,
    steps: [LET_GO, { inputs: { operation: 'stop' }, afterSeconds: WAITING_FOR_TERMINATION }],
  },
  'rolled back during the shift': {
    scenario: baseScenario,
    steps: [LET_GO, { inputs: { operation: 'rollback' }, afterSeconds: SHIFTING }],
  },
  'rolled back in the termination wait': {
    scenario: baseScenario,
    steps: [LET_GO, { inputs: { operation: 'rollback' }, afterSeconds: WAITING_FOR_TERMINATION }],
  },
  'rolled back an hour later': {
    scenario: baseScenario,
    steps: [{ inputs: HOOK }, { inputs: { operation: 'rollback' }, afterSeconds: 3600 }],
  },
  'a rollback is under way when it is to be stopped': {
    scenario: { ...scenarios['hook-fails'], timings: { rollbackRun: 120 } },
    steps: [LET_GO, { inputs: { operation: 'stop', 'deployment-id': 'active' }, afterSeconds: 160 }],
  },
  'released again after a failure that left its tasks': {
    scenario: { ...scenarios['hook-fails-no-rollback'] },
    steps: [{ inputs: HOOK }, { inputs: { image: 'registry.example/web:1.1.1' }, afterSeconds: 600 }],
  },
  'released again after a rollback': {
    scenario: scenarios['hook-fails'],
    steps: [{ inputs: HOOK }, { inputs: { image: 'registry.example/web:1.1.1' }, afterSeconds: 600 }],
  },
  'an earlier deployment is stopped to make room': release(scenarios.busy, { 'on-active-deployment': 'replace' }),
  'the termination wait of an earlier one is ended to make room': release(scenarios['busy-termination'], {
    'on-active-deployment': 'replace',
  }),
}
