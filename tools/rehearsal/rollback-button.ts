import { NATIVE_HOOK, nativeScenarios, withNative } from '../simulator/native/scenarios.ts'
import type { Scenario } from '../simulator/scenario.ts'
import { baseScenario } from '../simulator/scenarios.ts'
import { HOOK } from './demo.ts'
import type { Stage } from './stage.ts'
import type { Chapter, Ending, Inputs, Job, Step, Workflow } from './workflow.ts'

/** What the demo world begins with. */
const ORIGINAL = 'registry.example/web:1.0.0'
const FIRST = 'registry.example/web:1.0.5'
const GOOD = 'registry.example/web:1.1.0'
const BAD = 'registry.example/web:1.2.0'

/** The demo world's alarm. */
const ALARM = 'web-5xx'

const ENVIRONMENT = 'production/web'

const RELEASED: Ending = { status: 'succeeded', exitCode: 0 }

/** Nobody watches: it was long ago. */
const AT_ONCE = { 'codedeploy-deployment-config': 'CodeDeployDefault.ECSAllAtOnce', 'wait-for': 'nothing' }

function release(name: string, runNumber: number, image: string, ends: Ending, inputs: Inputs = {}): Job {
  const run = { runId: `16588214${runNumber}`, runNumber, job: 'release' }
  return { name, run, inputs: { image, 'github-environment': ENVIRONMENT, ...inputs }, ends }
}

function press(name: string, runNumber: number, writes?: readonly string[]): Job {
  return {
    name,
    run: {
      workflow: 'rollback.yml',
      runId: `17700000${runNumber}`,
      runNumber,
      job: 'rollback',
      event: 'workflow_dispatch',
    },
    inputs: { operation: 'rollback', 'github-environment': ENVIRONMENT },
    ends: {
      status: 'succeeded',
      exitCode: 0,
      outputs: { production: 'web:3' },
      summary: 'Rolled back',
      ...(writes && { writes }),
    },
  }
}

/** Two revisions served before, so that there is one too far to go back to. */
const RELEASED_BEFORE: Step[] = [
  { kind: 'run', job: release('first', 40, FIRST, { status: 'started', exitCode: 0 }, AT_ONCE) },
  { kind: 'pass', minutes: 24 * 60 },
  { kind: 'look', production: FIRST },
  { kind: 'run', job: release('good', 41, GOOD, { status: 'started', exitCode: 0 }, AT_ONCE) },
  { kind: 'pass', minutes: 24 * 60 },
  { kind: 'look', production: GOOD },
]

/** The bad release, done; its original is kept for five more minutes. */
function releaseBad(hook: string): Step[] {
  return [
    { kind: 'run', job: release('release', 42, BAD, RELEASED, { 'after-allow-test-traffic-hook': hook }) },
    { kind: 'look', production: BAD },
  ]
}

/** The bad release, while users begin to meet it. */
function shiftBad(hook: string): Step[] {
  const inputs = { 'after-allow-test-traffic-hook': hook }
  return [
    {
      kind: 'start',
      job: release('release', 42, BAD, { status: 'rolled-back', exitCode: 1 }, inputs),
      until: /Production traffic .* 10 %/,
    },
    { kind: 'see', production: BAD },
  ]
}

const ALARM_GOES_OFF: Step = {
  kind: 'act',
  says: `Alarm ${ALARM} goes off.`,
  act: ({ simulator }) => simulator.setAlarm(ALARM, 'ALARM'),
}

const RELEASE_ENDS: Step = { kind: 'end', job: 'release' }
/** On GitHub the bad release is a failure, or the earlier one is deployed again. */
const TAKEN_BACK: Step = { kind: 'told', environment: ENVIRONMENT, state: 'failure' }
const DEPLOYED_AGAIN: Step = { kind: 'told', environment: ENVIRONMENT, state: 'success', says: 'web:3' }

const BACK: Step = { kind: 'look', production: GOOD }
const STAYS: Step = { kind: 'look', production: GOOD, unmoved: true }

/** What is not the same with CodeDeploy and with ECS itself. */
interface Controller {
  hook: string
  before: readonly Step[]
  /** The call that takes a deployment back while it can be taken back. */
  stops: string
  /** Those that deploy an earlier revision anew, and while an alarm is firing. */
  deploys: readonly string[]
  deploysUnderAlarm: readonly string[]
  /** What is told of chapters. */
  says: Record<
    'during-the-shift' | 'termination-wait' | 'an-hour-after' | 'alarm-in-the-shift' | 'alarm-an-hour-after',
    string
  >
}

/** The rollback button, pressed at every moment at which it matters. */
function chaptersWith({ hook, before, stops, deploys, deploysUnderAlarm, says }: Controller): Chapter[] {
  const shifting = [...before, ...shiftBad(hook)]
  const released = [...before, ...releaseBad(hook)]
  const onceMore: Step[] = [{ kind: 'run', job: press('again', 2, []) }, STAYS]
  const chapter = (name: keyof typeof says, steps: Step[]): Chapter => ({
    name,
    says: says[name],
    steps: [...steps, ...onceMore],
  })
  return [
    chapter('during-the-shift', [
      ...shifting,
      { kind: 'run', job: press('rollback', 1, [stops]) },
      RELEASE_ENDS,
      BACK,
      TAKEN_BACK,
    ]),
    chapter('termination-wait', [...released, { kind: 'run', job: press('rollback', 1, [stops]) }, BACK, TAKEN_BACK]),
    chapter('an-hour-after', [
      ...released,
      { kind: 'pass', minutes: 60 },
      { kind: 'run', job: press('rollback', 1, deploys) },
      BACK,
      DEPLOYED_AGAIN,
    ]),
    chapter('alarm-in-the-shift', [
      ...shifting,
      ALARM_GOES_OFF,
      { kind: 'run', job: press('rollback', 1) },
      RELEASE_ENDS,
      BACK,
      TAKEN_BACK,
    ]),
    chapter('alarm-an-hour-after', [
      ...released,
      { kind: 'pass', minutes: 60 },
      ALARM_GOES_OFF,
      { kind: 'run', job: press('rollback', 1, deploysUnderAlarm) },
      BACK,
      DEPLOYED_AGAIN,
    ]),
  ]
}

const SAYS: Controller['says'] = {
  'during-the-shift':
    'Pressed while a tenth of production is on the new revision: the deployment is stopped and rolled back.',
  'termination-wait':
    'Pressed when production has moved and the original is still kept: production is back in seconds.',
  'an-hour-after':
    'Pressed when the original is gone: the revision before is deployed anew, all at once and without hooks.',
  'alarm-in-the-shift':
    'Pressed at the moment at which an alarm makes CodeDeploy go back by itself: whoever is first, it goes back once.',
  'alarm-an-hour-after':
    'Pressed an hour after while the alarm of the group is firing, which stops every deployment that heeds it.',
}

export const rollbackButton: Workflow = {
  // Tasks that start soon: the waits of this story are elsewhere.
  scenario: { ...baseScenario, timings: { install: 30 } },
  speed: 40,
  chapters: chaptersWith({
    hook: HOOK,
    before: RELEASED_BEFORE,
    stops: 'StopDeployment',
    deploys: ['CreateDeployment'],
    deploysUnderAlarm: ['CreateDeployment', 'CreateDeployment'],
    says: SAYS,
  }),
}

/** A revision more has served from the start. */
function withSecondRevision(scenario: Scenario): Scenario {
  const { world } = scenario
  const [first] = world.taskDefinitions
  if (first === undefined) throw new Error('The world has no task definition.')
  const definition = JSON.parse(JSON.stringify(first.definition).replace(ORIGINAL, FIRST))
  const services = world.services.map((service) => ({ ...service, taskDefinition: 'web:2' }))
  const taskDefinitions = [...world.taskDefinitions, { ...first, revision: 2, definition }]
  return { ...scenario, world: withNative({ ...world, services, taskDefinitions }, {}, { earlier: ['web:1'] }) }
}

/** Hooks belong to the service: every deployment waits for its function, which runs in real time. */
async function functionAnswers({ simulator, clock }: Stage): Promise<void> {
  const giveUpMs = clock.now() + ANSWER_MS
  const isAnswered = () =>
    simulator
      .lane('demo:web')
      ?.native?.deployments.at(-1)
      ?.invocations.some(({ endedMs }) => endedMs !== undefined)
  while (!isAnswered() && clock.now() < giveUpMs) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
}

/** How long an answer is waited for, in milliseconds of the account's time, and how soon is looked again, of real time. */
const ANSWER_MS = 1_800_000
const LOOK_AGAIN_MS = 20

const RELEASED_BEFORE_WITH_ECS: Step[] = [
  { kind: 'look', production: FIRST },
  { kind: 'run', job: release('good', 41, GOOD, { status: 'started', exitCode: 0 }, { 'wait-for': 'nothing' }) },
  { kind: 'act', says: 'The function of the service answers.', act: functionAnswers },
  { kind: 'pass', minutes: 24 * 60 },
  { kind: 'look', production: GOOD },
]

const CANARY = nativeScenarios['native-canary']

/** The same of a service that ECS itself deploys, a tenth of production first. */
export const nativeRollbackButton: Workflow = {
  scenario: withSecondRevision({ ...CANARY, native: { ...CANARY.native, timings: { scaleUp: 30 } } }),
  speed: 40,
  chapters: chaptersWith({
    hook: NATIVE_HOOK,
    before: RELEASED_BEFORE_WITH_ECS,
    stops: 'StopServiceDeployment',
    deploys: ['UpdateService'],
    deploysUnderAlarm: ['UpdateService'],
    says: {
      ...SAYS,
      'an-hour-after':
        'Pressed when the original is gone: the revision before is deployed anew, with the strategy and the hooks of the service.',
      'alarm-in-the-shift':
        'Pressed at the moment at which an alarm makes ECS go back by itself: whoever is first, it goes back once.',
      'alarm-an-hour-after':
        'Pressed an hour after while the alarm of the service is firing, which ECS does not watch in a deployment that begins then.',
    },
  }),
}
