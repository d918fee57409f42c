import { baseScenario } from '../simulator/scenarios.ts'
import { HOOK } from './demo.ts'
import type { Ending, Inputs, Job, Step, Workflow } from './workflow.ts'

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
const BEFORE: Step[] = [
  { kind: 'run', job: release('first', 40, FIRST, { status: 'started', exitCode: 0 }, AT_ONCE) },
  { kind: 'pass', minutes: 24 * 60 },
  { kind: 'look', production: FIRST },
  { kind: 'run', job: release('good', 41, GOOD, { status: 'started', exitCode: 0 }, AT_ONCE) },
  { kind: 'pass', minutes: 24 * 60 },
  { kind: 'look', production: GOOD },
]

const HOOKED = { 'after-allow-test-traffic-hook': HOOK }

/** The bad release, done; its original is kept for five more minutes. */
const RELEASE_BAD: Step[] = [
  { kind: 'run', job: release('release', 42, BAD, RELEASED, HOOKED) },
  { kind: 'look', production: BAD },
]

/** The bad release, while users begin to meet it. */
const SHIFT_BAD: Step[] = [
  {
    kind: 'start',
    job: release('release', 42, BAD, { status: 'rolled-back', exitCode: 1 }, HOOKED),
    until: /Production traffic .* 10 %/,
  },
  { kind: 'see', production: BAD },
]

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

/** The rollback button, pressed at every moment at which it matters. */
export const rollbackButton: Workflow = {
  // Tasks that start soon: the waits of this story are elsewhere.
  scenario: { ...baseScenario, timings: { install: 30 } },
  speed: 40,
  chapters: [
    {
      name: 'during-the-shift',
      says: 'Pressed while a tenth of production is on the new revision: the deployment is stopped and rolled back.',
      steps: [
        ...BEFORE,
        ...SHIFT_BAD,
        { kind: 'run', job: press('rollback', 1, ['StopDeployment']) },
        RELEASE_ENDS,
        BACK,
        TAKEN_BACK,
        { kind: 'run', job: press('again', 2, []) },
        STAYS,
      ],
    },
    {
      name: 'termination-wait',
      says: 'Pressed when production has moved and the original is still kept: production is back in seconds.',
      steps: [
        ...BEFORE,
        ...RELEASE_BAD,
        { kind: 'run', job: press('rollback', 1, ['StopDeployment']) },
        BACK,
        TAKEN_BACK,
        { kind: 'run', job: press('again', 2, []) },
        STAYS,
      ],
    },
    {
      name: 'an-hour-after',
      says: 'Pressed when the original is gone: the revision before is deployed anew, all at once and without hooks.',
      steps: [
        ...BEFORE,
        ...RELEASE_BAD,
        { kind: 'pass', minutes: 60 },
        { kind: 'run', job: press('rollback', 1, ['CreateDeployment']) },
        BACK,
        DEPLOYED_AGAIN,
        { kind: 'run', job: press('again', 2, []) },
        STAYS,
      ],
    },
    {
      name: 'alarm-in-the-shift',
      says: 'Pressed at the moment at which an alarm makes CodeDeploy go back by itself: whoever is first, it goes back once.',
      steps: [
        ...BEFORE,
        ...SHIFT_BAD,
        ALARM_GOES_OFF,
        { kind: 'run', job: press('rollback', 1) },
        RELEASE_ENDS,
        BACK,
        TAKEN_BACK,
        { kind: 'run', job: press('again', 2, []) },
        STAYS,
      ],
    },
    {
      name: 'alarm-an-hour-after',
      says: 'Pressed an hour after while the alarm of the group is firing, which stops every deployment that heeds it.',
      steps: [
        ...BEFORE,
        ...RELEASE_BAD,
        { kind: 'pass', minutes: 60 },
        ALARM_GOES_OFF,
        { kind: 'run', job: press('rollback', 1, ['CreateDeployment', 'CreateDeployment']) },
        BACK,
        DEPLOYED_AGAIN,
        { kind: 'run', job: press('again', 2, []) },
        STAYS,
      ],
    },
  ],
}
