import { previewWorld } from '../simulator/preview-world.ts'
import { baseScenario } from '../simulator/scenarios.ts'
import { HOOK } from './demo.ts'
import { pullRequestRun } from './github.ts'
import { PUSH_TO_MAIN, REPOSITORY, REPOSITORY_PAYLOAD, type RunIdentity } from './run-identity.ts'
import type { Stage } from './stage.ts'
import type { Chapter, Ending, Job, OutputsOf, Step, Workflow } from './workflow.ts'

const PRODUCTION = 'registry.example/web:1.0.0'
const LANES = ['web-preview-1', 'web-preview-2']
const NO_TASKS = 'HTTP 503'

type Action = 'opened' | 'synchronize' | 'closed'

const imageOf = (tag: string) => `registry.example/web:pr-${tag}`
const environmentOf = (number: number) => `preview/pr-${number}`

/** Every lane with the address at which it really answers. */
function lanesOn({ simulator }: Stage): string {
  return LANES.map((name) => `${name}=${simulator.listeners[`demo:${name}`]?.production ?? ''}`).join('\n')
}

function previewJob(name: string, run: RunIdentity, tag: string, number: number, ends: Ending): Job {
  return {
    name,
    run,
    inputs: (_, stage) => ({
      service: '',
      operation: 'preview',
      'preview-services': lanesOn(stage),
      image: imageOf(tag),
      'after-allow-test-traffic-hook': HOOK,
      'pull-request-comment': 'true',
      'github-environment': environmentOf(number),
    }),
    ends,
  }
}

function runOf(number: number, action: Action, runNumber: number): RunIdentity {
  const run = pullRequestRun({ number, state: 'open', headSha: `${number}`.repeat(40), headRepository: REPOSITORY })
  const own = { workflow: 'preview.yml', job: 'preview', runId: `18000000${runNumber}`, runNumber }
  return { ...run, ...own, payload: { ...run.payload, action } }
}

/** A job that an event of a pull request has started. @param tag of the image that the pull request has now */
function job(name: string, number: number, action: Action, runNumber: number, ends: Ending, tag = `${number}`): Job {
  return previewJob(name, runOf(number, action, runNumber), tag, number, ends)
}

function sweep(name: string, runNumber: number, ends: Ending): Job {
  const payload = { schedule: '17 3 * * *', ...REPOSITORY_PAYLOAD }
  const own = { workflow: 'preview.yml', job: 'preview', runId: `18000000${runNumber}`, runNumber }
  return previewJob(name, { ...PUSH_TO_MAIN, ...own, event: 'schedule', payload }, 'none', 0, ends)
}

const SHOWN: Ending = { status: 'succeeded', exitCode: 0, summary: 'Preview released' }

function pullRequestsOpen(...numbers: number[]): Step {
  return {
    kind: 'act',
    says: `Pull requests ${numbers.join(', ')} are open.`,
    act: ({ github }) => {
      for (const number of numbers) if (github !== undefined) github.api.pullRequest(number).state = 'open'
    },
  }
}

function pullRequestCloses(number: number, says: string): Step {
  return {
    kind: 'act',
    says,
    act: ({ github }) => {
      if (github !== undefined) github.api.pullRequest(number).state = 'closed'
    },
  }
}

/** The address that a job told serves the image of its pull request. */
function opens(name: string, tag: string): Step {
  return {
    kind: 'open',
    says: `Somebody opens the preview that '${name}' told`,
    url: (outputsOf: OutputsOf) => outputsOf(name)['test-url'] ?? '',
    answers: imageOf(tag),
  }
}

const runsNothing = (lane: number): Step => ({
  kind: 'look',
  service: `demo:${LANES[lane - 1]}`,
  production: NO_TASKS,
})

const UNTOUCHED: Step = { kind: 'look', production: PRODUCTION, unmoved: true }

const LIFE: Chapter = {
  name: 'from-push-to-sweep',
  says: 'Two lanes and three pull requests: two are shown, the third is told who has the lanes; a push, a closing, a closing that is missed.',
  steps: [
    pullRequestsOpen(7, 8, 9),
    { kind: 'start', job: job('seven', 7, 'opened', 1, SHOWN), until: /Created deployment/ },
    { kind: 'start', job: job('eight', 8, 'opened', 2, SHOWN), until: /Created deployment/ },
    {
      kind: 'run',
      job: job('nine', 9, 'opened', 3, {
        status: 'unchanged',
        exitCode: 0,
        outputs: { reason: 'no-lane' },
        summary: 'No lane is free for pull request 9',
      }),
    },
    { kind: 'end', job: 'seven' },
    { kind: 'end', job: 'eight' },
    opens('seven', '7'),
    opens('eight', '8'),
    { kind: 'told', environment: environmentOf(7), state: 'success' },
    { kind: 'commented', pullRequest: 9, says: 'No lane is free for pull request 9' },
    { kind: 'run', job: job('seven-push', 7, 'synchronize', 4, SHOWN, '7b') },
    opens('seven', '7b'),
    { kind: 'commented', pullRequest: 7, says: 'Preview released' },
    pullRequestCloses(8, 'Pull request 8 is merged.'),
    {
      kind: 'run',
      job: job('eight-closed', 8, 'closed', 5, {
        status: 'succeeded',
        exitCode: 0,
        summary: 'Freed',
        writes: ['UpdateService'],
      }),
    },
    runsNothing(2),
    { kind: 'told', environment: environmentOf(8), state: 'inactive', says: 'pull request 8 is closed' },
    { kind: 'run', job: job('nine-again', 9, 'synchronize', 6, SHOWN) },
    opens('nine-again', '9'),
    pullRequestCloses(7, 'Pull request 7 is closed, and the run that should free its lane is lost.'),
    {
      kind: 'run',
      job: sweep('sweep', 7, { status: 'succeeded', exitCode: 0, summary: 'Swept', writes: ['UpdateService'] }),
    },
    runsNothing(1),
    { kind: 'told', environment: environmentOf(7), state: 'inactive', says: 'pull request 7 is closed' },
    { kind: 'commented', pullRequest: 7, says: 'shows this pull request no more' },
    opens('nine-again', '9'),
    UNTOUCHED,
  ],
}

const RACE: Chapter = {
  name: 'side-by-side',
  says: 'Two pull requests are opened at the same moment: each gets a lane of its own.',
  steps: [
    pullRequestsOpen(7, 8),
    { kind: 'start', job: job('seven', 7, 'opened', 1, SHOWN), until: /Lanes/ },
    { kind: 'start', job: job('eight', 8, 'opened', 2, SHOWN), until: /Lanes/ },
    { kind: 'end', job: 'seven' },
    { kind: 'end', job: 'eight' },
    opens('seven', '7'),
    opens('eight', '8'),
    UNTOUCHED,
  ],
}

/** Pull requests that come and go on two lanes. */
export const previews: Workflow = {
  scenario: { ...baseScenario, world: previewWorld(LANES.length) },
  speed: 40,
  chapters: [LIFE, RACE],
}
