import { expect, test } from '@jest/globals'
import { githubRun } from '../src/github-run.ts'

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
    actor: 'octocat',
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
