import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { OPERATIONS } from '../../src/inputs/operation.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { operate } from '../support/operations.ts'
import { inOneAccount, rawInputs, type SimulatedAccount } from '../support/simulated-release.ts'
import { isOurs, type Job, parseWorkflow, type Workflow } from '../support/workflow.ts'
import { type Contexts, fillAll, holds } from '../support/workflow-expressions.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}`

function example(name: string): Workflow {
  return parseWorkflow(readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'workflows', name), 'utf8'))
}

function jobOf(workflow: Workflow, name: string): Job {
  const job = workflow.jobs[name]
  if (job === undefined) throw new Error(`There is no job '${name}'.`)
  return job
}

/** The inputs that our step of a job gets. */
function inputsOf(job: Job, contexts: Contexts): Record<string, string> {
  return fillAll(job.steps.find(isOurs)?.with, contexts)
}

/** Does what our step of a job asks for, in the cluster of the simulator. @returns the outputs of the job */
async function perform(account: SimulatedAccount, job: Job, contexts: Contexts): Promise<Record<string, string>> {
  const id = job.steps.find(isOurs)?.id ?? 'it'
  const asked = { ...inputsOf(job, contexts), cluster: 'demo', 'aws-region': '' }
  const { outputs } = await operate(account, asked)
  return { ...fillAll(job.outputs, { ...contexts, steps: { [id]: { outputs } } }), ended: outputs.status }
}

describe('two-jobs.yml', () => {
  const workflow = example('two-jobs.yml')
  const [release, promote, stop] = [jobOf(workflow, 'release'), jobOf(workflow, 'promote'), jobOf(workflow, 'stop')]
  const env = { IMAGE: `registry.example/web@${DIGEST}` }

  test('promotes what the first job released, and stops nothing then', () =>
    inOneAccount(scenarios['ready-wait'], async (account) => {
      const released = await perform(account, release, { env })
      expect(released).toMatchObject({ status: 'awaiting-promotion', 'test-url': expect.stringMatching(/^http:/) })
      const needs = { release: { outputs: released } }
      const promoted = await perform(account, promote, { env, needs })
      expect(promoted.ended).toBe('succeeded')
      expect(holds(stop.if, { needs: { ...needs, promote: { result: 'success', outputs: promoted } } })).toBe(false)
    }))

  test.each([
    ['somebody rejects', { test: 'success', promote: 'failure' }],
    ['the tests fail', { test: 'failure', promote: 'skipped' }],
    ['the run is cancelled during the tests', { test: 'cancelled', promote: 'skipped' }],
    ['the run is cancelled before the approval', { test: 'success', promote: 'cancelled' }],
  ])('stops what the first job released when %s', (_, results) =>
    inOneAccount(scenarios['ready-wait'], async (account) => {
      const needs = {
        release: { result: 'success', outputs: await perform(account, release, { env }) },
        test: { result: results.test, outputs: {} },
        promote: { result: results.promote, outputs: {} },
      }
      expect(stop.if).toContain('always()')
      expect(holds(stop.if, { needs })).toBe(true)
      expect(await perform(account, stop, { env, needs })).toMatchObject({ ended: 'stopped' })
    }),
  )

  test.each(['refused', 'failed', 'rolled-back', 'cancelled', ''])(
    'stops nothing when the first ended as "%s"',
    (status) => {
      const needs = { release: { outputs: { status } }, promote: { result: 'skipped', outputs: {} } }
      expect(holds(stop.if, { needs })).toBe(false)
    },
  )

  test.each(['succeeded', 'rolled-back', 'timed-out', 'cancelled', 'refused'])(
    'stops nothing when promote began and ended as "%s"',
    (status) => {
      const needs = { release: { outputs: { status: 'awaiting-promotion' } }, promote: { outputs: { status } } }
      expect(holds(stop.if, { needs })).toBe(false)
    },
  )
})

describe('dispatch.yml', () => {
  const operateJob = jobOf(example('dispatch.yml'), 'operate')
  const { on } = example('dispatch.yml') as unknown as {
    on: { workflow_dispatch: { inputs: { operation: { options: string[] } } } }
  }

  test.each(on.workflow_dispatch.inputs.operation.options)('gives %s the inputs that it takes', (operation) => {
    expect(OPERATIONS).toContain(operation)
    const inputs = { operation, environment: 'prod', digest: DIGEST, 'deployment-id': '' }
    const given = inputsOf(operateJob, { inputs, vars: { AWS_ACCOUNT_ID: '123456789012' } })
    expect(parseInputs(rawInputs(given), []).problems).toEqual([])
    expect(given['role-to-assume']).toBe(`arn:aws:iam::123456789012:role/${operation}-web`)
    const isNew = operation === 'release' || operation === 'plan'
    expect(given['image']).toBe(isNew ? `123456789012.dkr.ecr.eu-central-1.amazonaws.com/web@${DIGEST}` : '')
  })

  test('releases nothing when the digest was forgotten', () => {
    const inputs = { operation: 'release', environment: 'prod', digest: '', 'deployment-id': '' }
    const given = inputsOf(operateJob, { inputs, vars: { AWS_ACCOUNT_ID: '123456789012' } })
    expect(parseInputs(rawInputs(given), []).problems).toEqual([expect.objectContaining({ reason: 'invalid-input' })])
  })
})

describe('watch.yml', () => {
  const [watch] = jobOf(example('watch.yml'), 'watch').steps

  test.each([
    ['web', { status: 'unchanged', reason: '' }],
    ['wobble', { status: 'refused', reason: 'not-found' }],
  ])('with nothing active, service %s ends as %j', (service, ending) =>
    inOneAccount(baseScenario, async (account) => {
      const asked = { ...fillAll(watch?.with, {}), cluster: 'demo', 'aws-region': '', service }
      const { outputs } = await operate(account, asked)
      expect(outputs).toMatchObject(ending)
    }),
  )
})

describe('preview.yml', () => {
  const { jobs } = example('preview.yml')
  const own = { head: { repo: { full_name: 'example/shop' }, sha: 'abc' }, number: 12, user: { login: 'octocat' } }
  const fork = { ...own, head: { ...own.head, repo: { full_name: 'stranger/shop' } } }
  const bot = { ...own, user: { login: 'dependabot[bot]' } }

  test.each([
    [
      'an opened pull request',
      { event_name: 'pull_request', event: { action: 'opened', pull_request: own } },
      true,
      true,
    ],
    ['a push', { event_name: 'pull_request', event: { action: 'synchronize', pull_request: own } }, true, true],
    ['a closed one', { event_name: 'pull_request', event: { action: 'closed', pull_request: own } }, false, true],
    ['a fork', { event_name: 'pull_request', event: { action: 'opened', pull_request: fork } }, false, false],
    [
      'a fork that is closed',
      { event_name: 'pull_request', event: { action: 'closed', pull_request: fork } },
      false,
      false,
    ],
    ['Dependabot', { event_name: 'pull_request', event: { action: 'opened', pull_request: bot } }, false, false],
    ['the night', { event_name: 'schedule', event: {} }, false, true],
    ['a button', { event_name: 'workflow_dispatch', event: {} }, false, true],
  ])('for %s runs what it should', (_, event, builds, previews) => {
    const github = { ...event, repository: 'example/shop' }
    const image = { result: builds ? 'success' : 'skipped' }
    expect(holds(jobs['image']?.if, { github })).toBe(builds)
    expect(holds(jobs['preview']?.if, { github, needs: { image } })).toBe(previews)
    if (!previews) return
    const given = inputsOf(jobOf(example('preview.yml'), 'preview'), { github, env: { IMAGE: 'shop:abc' } })
    expect(given['image']).toBe(builds ? 'shop:abc' : '')
    expect(parseInputs(rawInputs(given), []).problems).toEqual([])
  })

  test('shows nothing of an image that could not be built', () => {
    const github = {
      event_name: 'pull_request',
      event: { action: 'opened', pull_request: own },
      repository: 'example/shop',
    }
    expect(holds(jobs['preview']?.if, { github, needs: { image: { result: 'failure' } } })).toBe(false)
  })
})
