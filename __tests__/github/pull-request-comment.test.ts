import { expect, test } from '@jest/globals'
import { commentMarker, renderComment } from '../../src/github/comment-text.ts'
import { pullRequestComment } from '../../src/github/pull-request-comment.ts'
import type { Release } from '../../src/release-state.ts'
import type { GithubApi } from '../../tools/fake-github/github-api.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { factOf, type ReadMarkdown, readMarkdown } from '../support/markdown.ts'
import { PULL_REQUEST, statesOf, TOKEN, tellEach, withGithub } from '../support/told-on-github.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
const PLACE = { owner: 'example', repo: 'shop', token: TOKEN }

function comment(github: GithubApi, login: string, body: string) {
  const made = { id: github.comments.length + 1, issue: 12, login, isBot: login.endsWith('[bot]'), body }
  github.comments.push(made)
  return made
}

async function rolledBack(): Promise<Release> {
  const last = (await statesOf(scenarios['hook-fails'], { ...HOOK, 'test-url': 'http://test.example.com:8080' })).at(-1)
  if (last === undefined) throw new Error('There was no release.')
  return last
}

test('keeps one comment up to date from the first news to the verdict, and by later runs too', async () => {
  const states = await statesOf(scenarios['hook-fails'], { ...HOOK, 'test-url': 'http://test.example.com:8080' })
  await withGithub(async (github, api) => {
    await tellEach(pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number), states)
    await tellEach(pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number), states)
    expect(github.comments).toHaveLength(1)
    const read = readMarkdown(github.comments[0]?.body ?? '')
    expect(github.comments[0]?.body).toMatch(
      /^<!-- .* -->\n\| Service \| Status \| Test \| Updated \|\n.*\n\| demo\/web \| ❌ Rolled back: web 1\.1\.0 \| \*\*\[Visit\]\(http:\/\/test\.example\.com:8080\)\*\* \| 8 Aug 2026, .* UTC \|\n\n> \[!WARNING\]\n/,
    )
    expect(read.text).toContain('registry.example/web:1.1.0')
    expect(read.text).toContain('AfterAllowTestTraffic')
    expect(read.text).toContain('CodeDeployHook_validate')
    expect(factOf(github.comments[0]?.body ?? '', 'Rollback')).toMatch(/^`d-\w+`: succeeded in /)
    expect(github.comments[0]?.body).toContain('](https://github.com/example/shop/actions/runs/7)')
    const lines = github.requests.map(({ line }) => line.split(' ')[0])
    expect(lines.slice(0, 2)).toEqual(['GET', 'POST'])
    expect(lines.filter((method) => method === 'POST')).toHaveLength(1)
  })
})

test('never edits a comment of somebody else, whatever it begins with', async () => {
  const release = await rolledBack()
  await withGithub(async (github, api) => {
    const marker = commentMarker(release)
    const others = [
      comment(github, 'octocat', `${marker}\nmine`),
      comment(github, 'other-app[bot]', `${marker}\nmine too`),
      comment(github, 'github-actions[bot]', `Somebody said ${marker}`),
      comment(
        github,
        'github-actions[bot]',
        commentMarker({ ...release, asked: { ...release.asked, service: 'api' } }),
      ),
    ].map((one) => ({ ...one }))
    await tellEach(pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number), [release])
    await tellEach(pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number), [release])
    expect(github.comments).toHaveLength(5)
    expect(github.comments.slice(0, 4)).toEqual(others)
  })
})

test('finds its comment behind hundreds of others', async () => {
  const release = await rolledBack()
  await withGithub(async (github, api) => {
    for (let index = 0; index < 250; index++) comment(github, 'octocat', 'hello')
    const own = comment(github, 'github-actions[bot]', commentMarker(release))
    await tellEach(pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number), [release])
    expect(github.comments).toHaveLength(251)
    expect(own.body).toContain('Rolled back')
  })
})

test('writes as the user whose token it is given', async () => {
  const release = await rolledBack()
  const options = { login: 'releaser', isUser: true, token: 'ghp_test' }
  await withGithub(async (github, api) => {
    const place = { ...PLACE, token: 'ghp_test', api }
    await tellEach(pullRequestComment(place, PULL_REQUEST.number), [release])
    await tellEach(pullRequestComment(place, PULL_REQUEST.number), [release])
    expect(github.comments).toMatchObject([{ login: 'releaser' }])
  }, options)
})

test('leaves one comment with the token of an app too, which does not say whose it is', async () => {
  const release = await rolledBack()
  await withGithub(
    async (github, api) => {
      for (let run = 0; run < 3; run++)
        await tellEach(pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number), [release])
      expect(github.comments).toMatchObject([{ login: 'our-app[bot]' }])
    },
    { login: 'our-app[bot]' },
  )
})

test('makes no second comment when the answer to the first was lost', async () => {
  const release = await rolledBack()
  await withGithub(async (github, api) => {
    github.faults.push({ kind: 'lost', only: /^POST/, times: 1 })
    const place = pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number)
    await expect(tellEach(place, [release])).rejects.toMatchObject({ kind: 'passing' })
    await tellEach(place, [release])
    expect(github.comments).toHaveLength(1)
  })
})

const HOSTILE = [
  '@octocat @example/admins fixes #1 example/shop#2 GH-3 ffac537e6cbbf934b08745a378932722df287a53 ffac537 :smile: www.evil.example https://evil.example',
  '--> </details></td></table><script>alert(1)</script><img src="https://evil.example/x.png">',
  '| a | b |\n|---|---|\n```\n# heading [link](https://evil.example) ![x](https://evil.example/x.png)',
].join(' ')

function tagsOf({ html }: ReadMarkdown): string[] {
  return html.filter((one) => !one.startsWith('<!-- ')).map((one) => one.replace(/[\s>].*/s, ''))
}

test('text of others mentions, links, closes and shows nothing, and what hooks printed is left out', async () => {
  const release = await rolledBack()
  const { plan, snapshot, settlement } = release
  if (plan === undefined || snapshot === undefined || settlement === undefined) throw new Error('It was not followed.')
  const body = renderComment({
    ...release,
    asked: { ...release.asked, service: HOSTILE },
    plan: {
      ...plan,
      hooks: { AfterAllowTestTraffic: HOSTILE },
      differences: [{ member: 'image', container: HOSTILE, from: HOSTILE, to: HOSTILE, names: undefined }],
    },
    snapshot: {
      ...snapshot,
      error: { code: HOSTILE, message: HOSTILE },
      events: snapshot.events.map((event) => ({ ...event, name: HOSTILE, diagnostics: 'PRINTED BY THE HOOK' })),
    },
    settlement: { ...settlement, rollback: { ...settlement.rollback, status: 'failed', message: HOSTILE } },
    hookLogs: [
      { event: 'AfterAllowTestTraffic', hookFunction: 'x', logGroup: '/x', lines: ['PRINTED BY THE HOOK'], omitted: 0 },
    ],
    status: 'rollback-failed',
  })
  const read = readMarkdown(body)
  const tags = tagsOf(read)
  const tameTags = tagsOf(readMarkdown(renderComment(release)))
  expect(tags.filter((tag) => !['<code', '</code', '<span', '</span', ...tameTags].includes(tag))).toEqual([])
  expect(read.kinds.has('image')).toBe(false)
  expect(body).not.toMatch(/\]\(https:\/\/evil/)
  expect(body).not.toContain('PRINTED')
  for (const piece of read.pieces)
    expect(piece).not.toMatch(/@\w|#\d|GH-\d|www\.\w|:smile:|https:\/\/evil|\b[0-9a-f]{7,40}\b/)
})

test('stays below the longest body whatever others say', async () => {
  const release = await rolledBack()
  const { plan, snapshot } = release
  if (plan === undefined || snapshot === undefined) throw new Error('It was not followed.')
  const long = '@<|`&'.repeat(10_000)
  const difference = { member: 'image', container: long, from: long, to: long, names: undefined }
  const events = Array.from(
    { length: 500 },
    () => ({ ...snapshot.events[0], name: long }) as (typeof snapshot.events)[0],
  )
  const body = renderComment({
    ...release,
    asked: { ...release.asked, cluster: long, service: long },
    plan: { ...plan, differences: Array.from({ length: 500 }, () => difference) },
    snapshot: { ...snapshot, events, error: { code: long, message: long } },
  })
  expect(body.length).toBeLessThan(65_536)
  expect(body).toContain('Everything else is in the summary of the run')
})

test('says nothing before the checks are over, and what is wrong when they refuse', async () => {
  const states = await statesOf(baseScenario, { service: 'wobble' })
  await withGithub(async (github, api) => {
    const place = pullRequestComment({ ...PLACE, api }, PULL_REQUEST.number)
    expect(states[0] && place.textFor({ ...states[0], problems: [], status: undefined })).toBeUndefined()
    await tellEach(place, states)
    expect(github.comments[0]?.body).toContain("Service 'wobble' was not found")
  })
})
