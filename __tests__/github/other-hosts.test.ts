import { expect, test } from '@jest/globals'
import { commentMarker } from '../../src/github/comment-text.ts'
import { pullRequestComment } from '../../src/github/pull-request-comment.ts'
import type { GithubApi } from '../../tools/fake-github/github-api.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { laneLines, pullRequest, scheduled } from '../support/preview-events.ts'
import { scenarioWithLanes } from '../support/previews.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import { statesOf, tellOperation, withGithub } from '../support/told-on-github.ts'

const SERVER = 'https://git.example.org'
const PREVIEW = {
  service: '',
  cluster: 'demo',
  operation: 'preview',
  'preview-services': laneLines(1),
  image: 'registry.example/web:pr-7',
}

async function preview(
  account: SimulatedAccount,
  github: GithubApi,
  world: ReturnType<typeof scheduled>,
  token: string,
) {
  const run = { ...world.run, serverUrl: SERVER }
  return await tellOperation(account, github, {
    world: { ...world, run },
    inputs: { ...PREVIEW, 'github-token': token },
  })
}

test('on GitHub Enterprise Server a preview is told at the address of its API, with links to that server', () =>
  withGithub(
    (github) =>
      inOneAccount(scenarioWithLanes(1), async (account) => {
        github.pullRequest(7)
        const { notices } = await preview(account, github, pullRequest({ number: 7 }), 'ghs_test')
        expect(notices).toEqual([])
        expect(github.comments).toMatchObject([{ issue: 7, body: expect.stringContaining('Preview released') }])
        expect(github.comments[0]?.body).toContain(`](${SERVER}/example/shop/actions/runs/107)`)
        expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({
          state: 'success',
          log_url: `${SERVER}/example/shop/actions/runs/107`,
        })
        github.pullRequest(7).state = 'closed'
        await preview(account, github, scheduled(), 'ghs_test')
        expect(github.comments).toMatchObject([{ body: expect.stringContaining('Freed: pull request 7') }])
        expect(github.deployments[0]?.statuses.at(-1)?.state).toBe('inactive')
      }),
    { root: '/api/v3' },
  ))

test('on a server that has comments and no deployments, as Gitea, comments are kept up to date and notices tell the rest', () =>
  withGithub(
    (github) =>
      inOneAccount(scenarioWithLanes(1), async (account) => {
        github.faults.push({ kind: 'not-found', only: /\/deployments/ })
        github.pullRequest(7)
        const token = '0123456789abcdef0123456789abcdef01234567'
        for (const run of [110, 111]) {
          const { outputs, notices } = await preview(account, github, pullRequest({ number: 7, run }), token)
          expect(outputs.status).toBe('succeeded')
          expect(notices).toContainEqual(expect.stringMatching(/^Notice: GitHub does not take the GitHub deploy.*404/))
        }
        expect(github.comments).toMatchObject([
          { login: 'gitea-actions', body: expect.stringContaining(`](${SERVER}/example/shop/actions/runs/111)`) },
        ])
        github.pullRequest(7).state = 'closed'
        const { notices } = await preview(account, github, scheduled(), token)
        expect(github.comments).toMatchObject([{ body: expect.stringContaining('Freed: pull request 7') }])
        const why = 'pull request 7 is closed) could not be told on GitHub (404: Not Found).'
        expect(notices).toEqual([`Notice: The end of the preview of pull request 7 on lane web-preview-1 (${why}`])
      }),
    { root: '/api/v1', login: 'gitea-actions' },
  ))

test('a server that gives all comments at once, whatever page is asked for, is asked for them twice at most', async () => {
  const [release] = (await statesOf(baseScenario)).slice(-1)
  if (release === undefined) throw new Error('There was no release.')
  const comments = Array.from({ length: 150 }, (_, id) => ({ id, user: { login: 'octocat' }, body: 'hello' }))
  const own = { id: 900, user: { login: 'github-actions[bot]' }, body: commentMarker(release) }
  const asked: string[] = []
  const api = {
    call: async (route: string) => {
      asked.push(route.split(' ')[0] ?? '')
      return [...comments, own]
    },
  }
  const place = pullRequestComment({ api, owner: 'example', repo: 'shop', token: 'ghs_test' }, 12)
  await place.send('told', release, new AbortController().signal)
  expect(asked).toEqual(['GET', 'GET', 'PATCH'])
})
