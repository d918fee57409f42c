import { NATIVE_HOOK, nativeScenarios } from '../simulator/native/scenarios.ts'
import type { Scenario } from '../simulator/scenario.ts'
import { baseScenario, withGroup } from '../simulator/scenarios.ts'
import { HOOK } from './demo.ts'
import type { Inputs, Job, OutputsOf, Step, Workflow } from './workflow.ts'

const ORIGINAL = 'registry.example/web:1.0.0'
const REPLACEMENT = 'registry.example/web:1.1.0'

/** Every job goes on with what the one before has told. */
const ENVIRONMENT = 'production/web'

/** What is not the same with CodeDeploy and with ECS itself. */
interface Controller {
  scenario: Scenario
  hook: string
  /** The calls that begin a deployment, let it go on, and end it. */
  starts: string
  continues: string
  stops: string
}

/** Releases that stop at the test listener, with a person between two jobs. */
function twoJobWith({ scenario, hook, starts, continues, stops }: Controller): Workflow {
  const propose: Job = {
    name: 'propose',
    run: {},
    inputs: {
      image: REPLACEMENT,
      'after-allow-test-traffic-hook': hook,
      'wait-for': 'test-traffic',
      'github-environment': ENVIRONMENT,
    },
    ends: {
      status: 'awaiting-promotion',
      exitCode: 0,
      // What production serves is asked for below; on a slow machine the reading may be older than the action tells.
      outputs: { 'task-definition': 'web:2' },
      summary: 'Awaiting promotion',
      writes: ['RegisterTaskDefinition', starts],
    },
  }
  const promote: Job = {
    name: 'promote',
    run: {},
    inputs: proposed({ operation: 'promote', 'expect-image': REPLACEMENT }),
    ends: {
      status: 'succeeded',
      exitCode: 0,
      outputs: { production: 'web:2', 'replacement-traffic': '100' },
      summary: 'Released',
      writes: [continues],
    },
  }
  const reject: Job = {
    name: 'reject',
    run: {},
    inputs: proposed({ operation: 'stop', 'only-at-ready': 'true' }),
    ends: { status: 'stopped', exitCode: 0, outputs: { production: 'web:1' }, writes: [stops] },
  }
  return {
    scenario,
    speed: 40,
    chapters: [
      {
        name: 'approved',
        says: 'The first job stops at the test listener; somebody approves; the second job shifts production.',
        steps: [
          ...upToDecision(propose),
          { kind: 'run', job: promote },
          { kind: 'look', production: REPLACEMENT },
          { kind: 'told', environment: ENVIRONMENT, state: 'success' },
        ],
      },
      {
        name: 'rejected',
        says: 'The first job stops at the test listener; somebody rejects; another job stops the deployment.',
        isAside: true,
        steps: [
          ...upToDecision(propose),
          { kind: 'run', job: reject },
          { kind: 'look', production: ORIGINAL, unmoved: true },
          { kind: 'told', environment: ENVIRONMENT, state: 'failure' },
        ],
      },
    ],
  }
}

/** `needs.propose.outputs`, as a workflow hands them on. */
const proposed = (inputs: Inputs) => (outputsOf: OutputsOf) => ({
  ...inputs,
  'github-environment': ENVIRONMENT,
  'deployment-id': outputsOf('propose')['deployment-id'] ?? outputsOf('propose')['codedeploy-deployment-id'] ?? '',
})

const WAITS = { kind: 'look', production: ORIGINAL, test: REPLACEMENT, unmoved: true } as const

/** As the tests of a workflow do, and the person who approves. */
const OPEN_TEST_URL = {
  kind: 'open',
  says: "Somebody opens the first job's test-url and thinks it over",
  url: (outputsOf: OutputsOf) => outputsOf('propose')['test-url'] ?? '',
  answers: REPLACEMENT,
} as const

/** Up to the moment at which somebody decides. */
function upToDecision(propose: Job): Step[] {
  return [
    { kind: 'look', production: ORIGINAL, unmoved: true },
    { kind: 'run', job: propose },
    { kind: 'told', environment: ENVIRONMENT, state: 'in_progress', says: 'Waits for promotion' },
    OPEN_TEST_URL,
    WAITS,
    { kind: 'pass', minutes: 15 },
    WAITS,
  ]
}

export const twoJob: Workflow = twoJobWith({
  scenario: {
    ...baseScenario,
    timings: { install: 40 },
    world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
  },
  hook: HOOK,
  starts: 'CreateDeployment',
  continues: 'ContinueDeployment',
  stops: 'StopDeployment',
})

/** The same of a service that ECS itself deploys, with a pause behind its test listener. */
export const nativeTwoJob: Workflow = twoJobWith({
  scenario: nativeScenarios['native-pause'],
  hook: NATIVE_HOOK,
  starts: 'UpdateService',
  continues: 'ContinueServiceDeployment',
  stops: 'StopServiceDeployment',
})
