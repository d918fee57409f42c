import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { REPOSITORY_PAYLOAD } from '../../tools/rehearsal/run-identity.ts'
import { previewWorld } from '../../tools/simulator/preview-world.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import type { Kill } from '../support/played-step.ts'
import { dueAfterKill, type PlayedJob, playWorkflow, type WorkflowPlay } from '../support/played-workflow.ts'
import { laneLines } from '../support/preview-events.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import { parseWorkflow } from '../support/workflow.ts'

/** Each phase as short as it can be, so that a step sends few requests. */
const quick: Scenario = {
  ...baseScenario,
  timings: { install: 10, created: 1 },
  hookPlans: { CodeDeployHook_validate: { answer: 'Succeeded', afterSeconds: 3, log: [] } },
  world: withGroup(baseScenario.world, {
    deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
    terminationWaitMinutes: 60,
  }),
}
const held = { ...quick, world: withGroup(quick.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }) }
const lanes: Scenario = {
  ...quick,
  hookPlans: { CodeDeployHook_preview: { answer: 'Succeeded', afterSeconds: 3, log: [] } },
  world: { ...previewWorld(2), functions: [...previewWorld(2).functions, { name: 'CodeDeployHook_preview' }] },
}

type Run = Pick<WorkflowPlay, 'contexts' | 'inputs' | 'others'> & Partial<Pick<WorkflowPlay, 'run'>> & { file: string }

const DIGEST = `sha256:${'ab'.repeat(32)}`
const others = { image: { result: 'success', outputs: { digest: DIGEST } } }

const release: Run = { file: 'release.yml', contexts: { env: { REPOSITORY: 'registry.example/web' } }, others }
const services: Run = {
  file: 'services.yml',
  contexts: { matrix: { service: 'web', hook: 'CodeDeployHook_validate' }, github: { ref_name: 'v1' } },
}
const takeBack: Run = { file: 'stop.yml', contexts: { inputs: { service: 'web' } } }
const rollback: Run = { file: 'rollback.yml', contexts: { inputs: { service: 'web', 'task-definition': '' } } }
const twoJobs: Run = { file: 'two-jobs.yml', contexts: { env: { IMAGE: `registry.example/web@${DIGEST}` } } }
const rejected: Run = { ...twoJobs, others: { promote: { result: 'failure' } } }

function dispatch(operation: string): Run {
  const inputs = { operation, environment: 'demo', digest: DIGEST, 'deployment-id': '' }
  return { file: 'dispatch.yml', contexts: { inputs, vars: { AWS_ACCOUNT_ID: '123456789012' } } }
}

function preview(action: 'opened' | 'synchronize' | 'closed'): Run {
  const pullRequest = {
    number: 12,
    head: { sha: 'ab'.repeat(20), repo: { full_name: 'example/shop' } },
    base: { sha: 'cd'.repeat(20), repo: { full_name: 'example/shop' } },
    user: { login: 'octocat' },
  }
  const event = { action, number: 12, pull_request: pullRequest }
  const github = { event_name: 'pull_request', repository: 'example/shop', event }
  return {
    file: 'preview.yml',
    run: { event: 'pull_request', ref: 'refs/pull/12/merge', payload: { ...REPOSITORY_PAYLOAD, ...event } },
    contexts: { github, env: { IMAGE: 'registry.example/web:pr-12' } },
    inputs: {
      'preview-services': laneLines(2),
      'github-environment': '',
      'pull-request-comment': 'false',
    },
  }
}

const DISPATCH_ENDS = {
  release: 'awaiting-promotion',
  promote: 'succeeded',
  stop: 'stopped',
  rollback: 'succeeded',
}

interface Story {
  title: string
  run: Run
  /** The job that is killed. */
  job: string
  scenario: Scenario
  /** What has been run before. */
  before?: Run[]
  /** The status when nobody kills it. */
  ends: string
}

const stories: Story[] = [
  { title: 'release of release.yml', run: release, job: 'release', scenario: quick, ends: 'succeeded' },
  { title: 'release of services.yml', run: services, job: 'release', scenario: quick, ends: 'succeeded' },
  { title: 'release of two-jobs.yml', run: twoJobs, job: 'release', scenario: held, ends: 'awaiting-promotion' },
  { title: 'promote of two-jobs.yml', run: twoJobs, job: 'promote', scenario: held, ends: 'succeeded' },
  { title: 'stop of two-jobs.yml', run: rejected, job: 'stop', scenario: held, ends: 'stopped' },
  {
    title: 'stop of stop.yml',
    run: takeBack,
    job: 'stop',
    scenario: quick,
    before: [release],
    ends: 'stopped',
  },
  {
    title: 'rollback of rollback.yml',
    run: rollback,
    job: 'rollback',
    scenario: quick,
    before: [release],
    ends: 'succeeded',
  },
  ...(['release', 'promote', 'stop', 'rollback'] as const).map((operation) => ({
    title: `${operation} of dispatch.yml`,
    run: dispatch(operation),
    job: 'operate',
    scenario: held,
    before: operation === 'release' ? [] : [dispatch('release')],
    ends: DISPATCH_ENDS[operation],
  })),
  { title: 'claim of preview.yml', run: preview('opened'), job: 'preview', scenario: lanes, ends: 'succeeded' },
  {
    title: 'close of preview.yml',
    run: preview('closed'),
    job: 'preview',
    scenario: lanes,
    before: [preview('opened')],
    ends: 'succeeded',
  },
]

interface Accident {
  kill?: Kill
  isRunnerLost?: boolean
}

/** Plays the story in an account of its own. @returns its jobs, and the account as it is then */
async function play<Result>(
  { run, job, scenario, before = [] }: Story,
  { kill, isRunnerLost = false }: Accident,
  look: (jobs: Record<string, PlayedJob>, account: SimulatedAccount) => Result,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'))
  let result: Result | undefined
  try {
    await inOneAccount(scenario, async (account) => {
      for (const earlier of before) await playWorkflow(account, workflowPlay(earlier, folder, 41))
      const accident = kill && { job, kill, isRunnerLost }
      const jobs = await playWorkflow(account, { ...workflowPlay(run, folder, 42), accident })
      result = look(jobs, account)
      for (const { main } of Object.values(jobs)) main?.close()
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return result as Result
}

function workflowPlay({ file, run, ...rest }: Run, folder = '', runNumber = 42): WorkflowPlay {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'workflows', file), 'utf8')
  return {
    ...rest,
    workflow: parseWorkflow(text),
    run: { workflow: file, runNumber, runId: String(1000 + runNumber), ...run },
    folder: folder && mkdtempSync(join(folder, 'run-')),
  }
}

/** `web:2 100%`: what the production listener reaches, whatever anybody is told. */
function productionOf({ simulator }: SimulatedAccount): string {
  const service = simulator.lane('demo:web')?.service
  return (service?.taskSets ?? [])
    .map((taskSet) => [taskSet.taskDefinitionArn.split('/').at(-1), service?.production[taskSet.targetGroup]])
    .filter(([, percent]) => percent !== 0)
    .map(([name, percent]) => `${name} ${percent}%`)
    .join(', ')
}

describe.each(stories)('a killed $title', (story) => {
  test('leaves a status of unknown from its first write on and none before, and no later job acts on either', () =>
    play(story, {}, (jobs, { simulator }) => {
      const { main } = jobs[story.job] ?? {}
      const changing = new Set(simulator.calls.filter(({ writes }) => writes).map(({ operation }) => operation))
      const requests = main?.requests ?? []
      const firstWrite = requests.findIndex(({ operation }) => changing.has(operation))
      expect(firstWrite).toBeGreaterThan(0)
      const { status, 'rollback-status': rollbackStatus } = main?.outputs ?? {}
      expect(status).toBe(story.ends)
      expect(rollbackStatus).not.toBe('unknown')

      const left = requests.map(({ outputs }) => [outputs['status'], outputs['rollback-status']])
      const unknown = requests.map((_, index) => (index < firstWrite ? undefined : 'unknown'))
      expect(left).toEqual(unknown.map((word) => [word, word]))
      const { workflow, contexts } = workflowPlay(story.run)
      const acting = requests.flatMap(({ outputs }) => dueAfterKill({ workflow, contexts }, story.job, outputs, jobs))
      expect(acting).toEqual([])
    }))
})

/** Those that have a later job, or write in a way of their own. */
const DISTINCT = /two-jobs|release\.yml|rollback\.yml|preview/

describe.each(stories.filter(({ title }) => DISTINCT.test(title)))('a killed $title', (story) => {
  test('is followed by no later job that writes, whichever write it is killed at and whatever its post step does', async () => {
    const writes = await play(story, {}, (jobs, { simulator }) => {
      const changing = new Set(simulator.calls.filter((call) => call.writes).map(({ operation }) => operation))
      const requests = jobs[story.job]?.main?.requests ?? []
      return requests.flatMap(({ operation }, index) => (changing.has(operation) ? [index + 1] : []))
    })
    for (const request of writes) {
      for (const when of ['arrives', 'was carried out'] as const) {
        await play(story, { kill: { request, when } }, (jobs) => {
          const { main, result } = jobs[story.job] ?? {}
          expect([result, main?.wasKilled, main?.outputs['status']]).toEqual(['failure', true, 'unknown'])
          const names = Object.keys(jobs)
          const later = names.slice(names.indexOf(story.job) + 1).map((name) => jobs[name])
          expect(later.flatMap((job) => job?.writes.main)).toEqual([])
        })
      }
    }
  })
})

test('a promotion that is killed once production has moved stays: neither its post step nor the stop job takes it back', async () => {
  const story = { title: '', run: twoJobs, job: 'promote', scenario: held, ends: 'succeeded' }
  const request = await play(story, {}, (jobs) => jobs['promote']?.main?.requests.length ?? 0)
  await play(story, { kill: { request, when: 'arrives' } }, (jobs, account) => {
    expect(jobs['promote']).toMatchObject({ result: 'failure', outputs: { status: 'unknown' } })
    expect(jobs['promote']?.writes.post).toEqual([])
    expect(jobs['stop']?.result).toBe('skipped')
    expect(productionOf(account)).toBe('web:2 100%')
  })
})

test.each([
  [
    'takes back the release when the runner of its promotion was lost before it continued the deployment',
    'arrives',
    'stopped',
    'web:1 100%',
  ],
  [
    'takes nothing back when the runner of the promotion was lost after that, its outputs with it',
    'was carried out',
    'refused',
    'web:2 100%',
  ],
] as const)('the stop job of two-jobs.yml %s', async (_, when, status, production) => {
  const story = { title: '', run: twoJobs, job: 'promote', scenario: held, ends: 'succeeded' }
  const sent = await play(story, {}, (jobs) => jobs['promote']?.main?.requests ?? [])
  const request = sent.findIndex(({ operation }) => operation === 'ContinueDeployment') + 1
  await play(story, { kill: { request, when }, isRunnerLost: true }, (jobs, account) => {
    expect(jobs['promote']).toMatchObject({ result: 'failure', outputs: {} })
    expect(jobs['stop']?.main?.outputs).toMatchObject({ status, reason: status === 'refused' ? 'not-held' : '' })
    expect(productionOf(account)).toBe(production)
  })
})
