import { expect, test } from '@jest/globals'
import { githubRun } from '../../src/workflow-run/github-run.ts'

test('reads the run from the variables of the runner', () => {
  const environment = {
    GITHUB_REPOSITORY: 'example/shop',
    GITHUB_REPOSITORY_ID: '1296269',
    GITHUB_WORKFLOW: 'Release',
    GITHUB_WORKFLOW_REF: 'example/shop/.github/workflows/release.yml@refs/heads/main',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_RUN_NUMBER: '42',
    GITHUB_JOB: 'release',
    GITHUB_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_ACTOR: 'octocat',
    GITHUB_SERVER_URL: 'https://github.example.com/',
  }
  expect(githubRun(environment)).toEqual({
    repository: 'example/shop',
    repositoryId: '1296269',
    workflowFile: 'release.yml',
    runId: '1658821493',
    runAttempt: '2',
    runNumber: '42',
    job: 'release',
    sha: 'ffac537e6cbbf934b08745a378932722df287a53',
    pullRequest: '7',
    serverUrl: 'https://github.example.com',
  })
})

test('says nothing where the runner says nothing, except that the server is github.com', () => {
  const { serverUrl, ...others } = githubRun({})
  expect(serverUrl).toBe('https://github.com')
  expect(new Set(Object.values(others))).toEqual(new Set(['']))
})

test.each([
  ['a branch with slashes and at signs', 'o/r/.github/workflows/ci.yml@refs/heads/feature/a@b', 'ci.yml'],
  ['a workflow in a folder of its own', 'o/r/.github/workflows/sub/ci.yaml@refs/tags/v1', 'ci.yaml'],
  ['a required workflow of another repository', 'org/flows/.github/workflows/gate.yml@refs/heads/main', 'gate.yml'],
])('takes the file name of the workflow of %s', (_, reference, file) => {
  expect(githubRun({ GITHUB_WORKFLOW: 'Name', GITHUB_WORKFLOW_REF: reference }).workflowFile).toBe(file)
})

test.each(['', 'nonsense'])('takes the name of the workflow when its reference is %j', (reference) => {
  expect(githubRun({ GITHUB_WORKFLOW: 'Release', GITHUB_WORKFLOW_REF: reference }).workflowFile).toBe('Release')
})

test.each([
  ['refs/pull/123/merge', '123'],
  ['refs/pull/123/head', '123'],
  ['refs/heads/main', ''],
  ['refs/heads/refs/pull/5/merge', ''],
  ['refs/tags/v1', ''],
])('finds the pull request of %s: %j', (reference, pullRequest) => {
  expect(githubRun({ GITHUB_REF: reference }).pullRequest).toBe(pullRequest)
})

const SHA = 'f'.repeat(40)
const sideWith = (repo: object) => ({ sha: SHA, repo })
const PULL = {
  number: 7,
  state: 'closed',
  head: sideWith({ full_name: 'example/shop' }),
  base: sideWith({ full_name: 'example/shop' }),
}
/** As a workflow run names it: repositories by their ids. */
const BRIEF_PULL = { number: 7, head: sideWith({ id: 1 }), base: sideWith({ id: 1 }) }

function workflowRun(event: string, pulls: unknown) {
  return { action: 'completed', workflow_run: { event, head_sha: SHA, pull_requests: pulls } }
}

test.each<[string, unknown, string]>([
  [
    'pull_request, of one that is merged',
    { action: 'closed', number: 7, pull_request: { ...PULL, merged: true } },
    '7',
  ],
  ['pull_request_target', { action: 'opened', number: 7, pull_request: PULL }, '7'],
  ['pull_request_review', { action: 'submitted', review: {}, pull_request: PULL }, '7'],
  ['pull_request_review_comment', { action: 'created', comment: {}, pull_request: PULL }, '7'],
  ['issue_comment on a pull request', { comment: {}, issue: { number: 7, pull_request: { url: '…' } } }, '7'],
  ['issue_comment on an issue', { comment: {}, issue: { number: 7 } }, ''],
  ['workflow_run of a workflow that ran for one', workflowRun('pull_request', [BRIEF_PULL]), '7'],
  ['workflow_run of a workflow that ran for two', workflowRun('pull_request', [BRIEF_PULL, BRIEF_PULL]), ''],
  ['workflow_run of a workflow that ran for a fork', workflowRun('pull_request', []), ''],
  ['workflow_run of a push to the branch that one comes from', workflowRun('push', [BRIEF_PULL]), ''],
  ['workflow_run that names what is no pull request', workflowRun('pull_request', { 0: BRIEF_PULL }), ''],
  ['push', { ref: 'refs/heads/main', commits: [] }, ''],
  ['pull_request with a number that is none', { pull_request: { ...PULL, number: '7' } }, ''],
  ['workflow_dispatch', { inputs: { pull_request: '7' } }, ''],
  ['repository_dispatch', { client_payload: { pull_request: PULL } }, ''],
])('the pull request of a run on the base branch is told by its event: %s', (_name, event, pullRequest) => {
  expect(githubRun({ GITHUB_REF: 'refs/heads/main' }, event).pullRequest).toBe(pullRequest)
})

test('the ref of a run names its pull request when the event names none, and not when it does', () => {
  const environment = { GITHUB_REF: 'refs/pull/123/merge' }
  expect(githubRun(environment, { inputs: {} }).pullRequest).toBe('123')
  expect(githubRun(environment, { pull_request: PULL }).pullRequest).toBe('7')
})
