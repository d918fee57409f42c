import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { World } from '../../src/world.ts'
import type { GithubApi } from '../../tools/fake-github/github-api.ts'
import { readMarkdown } from '../support/markdown.ts'
import { laneLines, pullRequest, scheduled } from '../support/preview-events.ts'
import { laneStates, rightBefore, scenarioWithLanes } from '../support/previews.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import { tellOperation, withGithub } from '../support/told-on-github.ts'

async function preview(
  account: SimulatedAccount,
  github: GithubApi,
  world: Partial<World>,
  lanes = 1,
  more: Partial<Record<InputName, string>> = {},
  prepare?: ReturnType<typeof rightBefore>,
) {
  const number = world.run?.pullRequest ?? ''
  const inputs = {
    service: '',
    cluster: 'demo',
    operation: 'preview',
    'preview-services': laneLines(lanes),
    image: `registry.example/web:pr-${number || 0}`,
    'github-environment': `preview/pr-${number}`,
    ...more,
  }
  return await tellOperation(account, github, { world, inputs, ...(prepare && { prepare }) })
}

function commentOn(github: GithubApi, issue: number): string {
  const comments = github.comments.filter((one) => one.issue === issue)
  expect(comments).toHaveLength(1)
  return readMarkdown(comments[0]?.body ?? '').text
}

/** Environment and states of each GitHub deployment, a state that was only described anew told once. */
const deployments = (github: GithubApi) =>
  github.deployments.map(({ environment, isTransient, isProduction, statuses }) => {
    const states = statuses.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1])
    return [environment, isTransient && 'transient', isProduction && 'production', ...states].filter(Boolean).join(' ')
  })

test('tells a preview from its first push to the closing, in one comment and a transient environment', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.pullRequest(7)
      await preview(account, github, pullRequest({ number: 7 }))
      expect(github.comments[0]?.body).toMatch(
        /^<!-- .* -->\n\| Service \| Status \| Preview \| Updated \|\n.*\n\| demo\/web-preview-1 \| ✅ Preview released: web pr-7 \| \*\*\[Visit\]\(https:\/\/p1\.example\.org\)\*\* \| 8 Aug 2026, 12:\d\d UTC \|\n\n<details>/,
      )
      expect(commentOn(github, 7)).toContain('https://p1.example.org serves pull request 7.')
      expect(github.deployments[0]?.statuses.at(-1)?.description).toBe('https://p1.example.org serves pull request 7.')
      await preview(account, github, pullRequest({ number: 7, action: 'synchronize', run: 120 }))
      expect(deployments(github)).toEqual([
        'preview/pr-7 transient queued in_progress success inactive',
        'preview/pr-7 transient queued in_progress success',
      ])
      github.pullRequest(7).state = 'closed'
      await preview(account, github, pullRequest({ number: 7, action: 'closed', run: 121 }))
      expect(commentOn(github, 7)).toContain('The lane of pull request 7 is free again')
      expect(deployments(github)[1]).toBe('preview/pr-7 transient queued in_progress success inactive')
    }),
  ))

test('what comes after a lane was freed changes neither its comment nor its GitHub deployment', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.pullRequest(7)
      await preview(account, github, pullRequest({ number: 7 }))
      github.pullRequest(7).state = 'closed'
      await preview(account, github, pullRequest({ number: 7, action: 'closed', run: 120 }))
      expect(commentOn(github, 7)).toContain('pull request 7✅ Freed')
      const before = JSON.stringify([github.comments, github.deployments])
      const late = [
        pullRequest({ number: 7, action: 'closed', run: 121 }),
        pullRequest({ number: 7, action: 'synchronize', run: 119 }),
        scheduled(),
      ]
      for (const event of late) {
        const { outputs } = await preview(account, github, event)
        expect(outputs).toMatchObject({ status: 'unchanged', reason: '' })
        expect(JSON.stringify([github.comments, github.deployments])).toBe(before)
      }
    }),
  ))

test('closing a pull request that never had a lane writes no comment, and leaves one that says that none was free', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      for (const number of [7, 8, 9]) github.pullRequest(number)
      await preview(account, github, pullRequest({ number: 7 }))
      await preview(account, github, pullRequest({ number: 8 }))
      for (const number of [8, 9]) {
        github.pullRequest(number).state = 'closed'
        const { outputs } = await preview(account, github, pullRequest({ number, action: 'closed', run: 120 + number }))
        expect(outputs.status).toBe('unchanged')
      }
      expect(commentOn(github, 8)).toContain('pull request 8No preview')
      expect(github.comments.map(({ issue }) => issue)).toEqual([7, 8])
    }),
  ))

test('a sweep tells the pull request whose lane it frees, and who gets no lane is told who has them', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      for (const number of [7, 8]) github.pullRequest(number)
      await preview(account, github, pullRequest({ number: 7 }))
      const late = await preview(account, github, pullRequest({ number: 8 }))
      expect(late.outputs).toMatchObject({ status: 'unchanged', reason: 'no-lane' })
      expect(commentOn(github, 8)).toContain('pull request 8No preview')
      expect(commentOn(github, 8)).toContain('No lane is free for pull request 8. web-preview-1: pull request 7')
      github.pullRequest(7).state = 'closed'
      const swept = await preview(account, github, scheduled())
      expect(swept.outputs).toMatchObject({ status: 'succeeded' })
      expect(commentOn(github, 7)).toContain('shows this pull request no more: pull request 7 is closed.')
      expect(deployments(github)).toEqual(['preview/pr-7 transient queued in_progress success inactive'])
      expect(await laneStates(account, 1)).toEqual(['0 of web:2'])
    }),
  ))

test('a pull request that is closed while its preview is made is not told an address that shows it no more', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.pullRequest(7)
      account.clock.atSecond(60, () => {
        github.pullRequest(7).state = 'closed'
      })
      await preview(account, github, pullRequest({ number: 7 }))
      expect(commentOn(github, 7)).toContain('Pull request 7 was closed meanwhile')
      expect(commentOn(github, 7)).not.toContain('https://p1.example.org')
      expect(deployments(github)).toEqual([expect.stringMatching(/ inactive$/)])
    }),
  ))

test('the GitHub deployment of a preview that left its lane to another pull request is inactive, not failed', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      for (const number of [7, 8]) github.pullRequest(number)
      const prepare = rightBefore('CreateDeployment', () => preview(account, github, pullRequest({ number: 8 })))
      const { outputs } = await preview(account, github, pullRequest({ number: 7 }), 1, {}, prepare)
      expect(outputs).toMatchObject({ status: 'unchanged', reason: 'no-lane' })
      expect(deployments(github)).toEqual([
        'preview/pr-8 transient queued in_progress success',
        expect.stringMatching(/^preview\/pr-7 transient queued .*inactive$/),
      ])
      expect(commentOn(github, 7)).toContain('web-preview-1: pull request 8')
    }),
  ))

test('a sweep of a lane that a pull request has twice leaves its comment, which names the other one', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(2), async (account) => {
      for (const number of [7, 8]) github.pullRequest(number)
      await preview(account, github, pullRequest({ number: 8 }), 2)
      await preview(account, github, pullRequest({ number: 7 }), 2)
      github.pullRequest(8).state = 'closed'
      await preview(account, github, pullRequest({ number: 8, action: 'closed', run: 111 }), 2)
      await preview(account, github, pullRequest({ number: 7, run: 120 }), 1)
      const swept = await preview(account, github, scheduled(), 2)
      expect(swept.summary).toContain('web-preview-2 (pull request 7 is on lane web-preview-1 now)')
      expect(commentOn(github, 7)).toContain('https://p1.example.org serves pull request 7.')
    }),
  ))

test('closing a pull request while a push is being released ends both of its GitHub deployments', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.pullRequest(7)
      await preview(account, github, pullRequest({ number: 7 }))
      await preview(account, github, pullRequest({ number: 7, action: 'synchronize', run: 120 }), 1, {
        'wait-for-minutes': '1',
      })
      github.pullRequest(7).state = 'closed'
      await preview(account, github, pullRequest({ number: 7, action: 'closed', run: 121 }))
      expect(await laneStates(account, 1)).toEqual(['0 of web:2'])
      expect(deployments(github)).toEqual([
        expect.stringMatching(/ success inactive$/),
        expect.stringMatching(/ inactive$/),
      ])
    }),
  ))

test('a run that is run again keeps the GitHub deployment of its preview as it is', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.pullRequest(7)
      await preview(account, github, pullRequest({ number: 7 }))
      await preview(account, github, pullRequest({ number: 7 }))
      expect(deployments(github)).toEqual(['preview/pr-7 transient queued in_progress success'])
    }),
  ))

test('without a word of GitHub only what runs no tasks counts as free, and one line says so', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.faults.push({ kind: 'read-only', only: /^GET .*\/pulls\// })
      await preview(account, github, pullRequest({ number: 7 }))
      const { outputs, notices } = await preview(account, github, pullRequest({ number: 8 }))
      expect(outputs).toMatchObject({ reason: 'no-lane' })
      expect(
        notices.filter((line) => line.startsWith('Notice: Which pull requests are closed is not known')),
      ).toHaveLength(1)
    }),
  ))

test('GitHub out of order fails no preview and no sweep', () =>
  withGithub((github) =>
    inOneAccount(scenarioWithLanes(1), async (account) => {
      github.pullRequest(7)
      await preview(account, github, pullRequest({ number: 7 }))
      github.faults.push({ kind: 'server-error' })
      await account.clock.sleep(80 * 3_600_000)
      const { outputs, notices } = await preview(account, github, scheduled())
      expect(outputs).toMatchObject({ status: 'succeeded' })
      expect(notices).toContainEqual(
        expect.stringMatching(
          /The end of the preview of pull request 7 on lane web-preview-1 .* could not be told on GitHub/,
        ),
      )
    }),
  ))
