import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { type GithubApi, startGithubApi } from '../../tools/fake-github/github-api.ts'
import { startTokenIssuer } from '../../tools/rehearsal/token-issuer.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { type BundleOptions, type BundleResult, runBundle } from '../support/bundle.ts'
import { commandsIn } from '../support/runner-grammar.ts'

const TOKEN = 'ghs_secretofthejob'

const ASKED = { 'pull-request-comment': 'true', 'github-environment': 'staging/web' }

/** Slow enough for GitHub's limits, which run in the same time, to be seconds. */
const SPEED = 20

const EVENT = {
  pull_request: {
    number: 12,
    head: { sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e', repo: { full_name: 'example/shop' } },
    base: { sha: 'ffac537e6cbbf934b08745a378932722df287a53', repo: { full_name: 'example/shop' } },
  },
}

/** A release that is told on GitHub, whose requests and answers are all as GitHub describes them. */
async function toldRelease(
  options: Partial<BundleOptions> & { event?: object },
  arrange: (github: GithubApi) => void = () => {},
): Promise<{ github: GithubApi; result: BundleResult }> {
  const github = await startGithubApi()
  github.pullRequest(EVENT.pull_request.number)
  const folder = mkdtempSync(join(tmpdir(), 'event-'))
  const eventFile = join(folder, 'event.json')
  writeFileSync(eventFile, JSON.stringify(options.event ?? EVENT))
  arrange(github)
  try {
    const result = await runBundle({
      scenario: scenarios['no-hooks'],
      speed: SPEED,
      githubToken: TOKEN,
      ...options,
      inputs: { ...ASKED, ...options.inputs },
      environment: {
        GITHUB_API_URL: github.url,
        GITHUB_EVENT_PATH: eventFile,
        GITHUB_EVENT_NAME: 'pull_request',
        ...options.environment,
      },
    })
    expect(github.violations).toEqual([])
    const left = JSON.stringify([result.printed, result.outputs, result.summary, result.report, result.state])
    expect(left).not.toContain(TOKEN)
    return { github, result }
  } finally {
    await github.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

test('tells a release in one comment and one deployment on GitHub, with the token of the job', async () => {
  const { github, result } = await toldRelease({ inputs: { 'test-url': 'https://test.example.com' } })
  expect(result.exitCode).toBe(0)
  expect(github.comments).toMatchObject([{ issue: 12 }])
  expect(github.comments[0]?.body).toContain('| demo/web | ✅ Released: web 1.1.0 |')
  expect(github.deployments).toMatchObject([
    { ref: EVENT.pull_request.head.sha, environment: 'staging/web', isProduction: false, isTransient: false },
  ])
  const statuses = github.deployments[0]?.statuses ?? []
  expect(statuses.map(({ state }) => state)).toEqual(expect.arrayContaining(['queued', 'in_progress', 'success']))
  expect(statuses.at(-1)).toMatchObject({ state: 'success', environment_url: 'https://test.example.com' })
  expect(new Set(github.requests.map(({ authorization }) => authorization))).toEqual(new Set([`token ${TOKEN}`]))
  expect(result.printed).not.toMatch(/Notice:|Warning:/)
  expect(commandsIn(result.printed).map(({ name }) => name)).toEqual(['group', 'endgroup', 'group', 'endgroup'])
})

test('tells the end of a release whose step was killed in the comment and the deployment that it had made', async () => {
  const { github, result } = await toldRelease({
    scenario: baseScenario,
    speed: 10,
    jobStatus: 'failure',
    onOutput: (printed, kill) => {
      if (/Replacement tasks/.test(printed)) kill('SIGKILL')
    },
  })
  expect(result.post?.exitCode).toBe(0)
  expect(github.comments).toHaveLength(1)
  expect(github.deployments).toHaveLength(1)
  expect(github.comments[0]?.body).toContain('The step was lost before it ended')
  expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({ state: 'failure' })
})

test('tells in the post step what GitHub did not take in the seconds of a cancelled step', async () => {
  let isCancelled = false
  const cancelWhen: { github?: GithubApi } = {}
  const { github, result } = await toldRelease(
    {
      scenario: baseScenario,
      speed: 10,
      inputs: { 'on-cancel': 'leave' },
      jobStatus: 'cancelled',
      onOutput: (printed, kill) => {
        if (isCancelled || !/Replacement tasks/.test(printed)) return
        isCancelled = true
        cancelWhen.github?.faults.push({ kind: 'silent', only: /statuses$/, times: 1 })
        kill('SIGINT')
      },
    },
    (one) => {
      cancelWhen.github = one
    },
  )
  expect(result.state).toMatchObject({ settled: 'true', untold: 'true' })
  expect(github.deployments).toHaveLength(1)
  expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({ state: 'error' })
  expect(github.deployments[0]?.statuses.at(-1)?.description).toMatch(/^Cancelled: /)
})

test('on a GitHub Enterprise Server asks its API and its token service, and links to it alone', async () => {
  let api: string | undefined
  // Its API is below a path, unlike that of github.com.
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    if (!path.startsWith('/api/v3/')) return response.writeHead(404).end()
    const { method = 'GET', headers } = request
    const sent = method === 'GET' ? {} : { body: Readable.toWeb(request), duplex: 'half' }
    const { host: _, ...others } = headers
    const answer = await fetch(`${api}${path.slice('/api/v3'.length)}`, {
      method,
      headers: others,
      ...sent,
    } as RequestInit)
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = await startTokenIssuer()
  const { github, result } = await toldRelease(
    {
      inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/release-web' },
      environment: {
        ...issuer.environment,
        GITHUB_SERVER_URL: 'https://ghes.example',
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`,
      },
    },
    ({ url }) => {
      api = url
    },
  )
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  await issuer.close()
  expect(result.outputs['status']).toBe('succeeded')
  expect(issuer.audiences.length).toBeGreaterThan(0)
  expect(github.comments[0]?.body).toContain('https://ghes.example/example/shop/actions/runs/1658821493')
  const statuses = github.deployments[0]?.statuses ?? []
  expect(statuses.at(-1)).toMatchObject({
    state: 'success',
    log_url: 'https://ghes.example/example/shop/actions/runs/1658821493',
  })
  expect(result.summary).toContain('https://ghes.example/example/shop/commit/')
  for (const text of [github.comments[0]?.body, result.summary, JSON.stringify(statuses), result.printed]) {
    expect(text).not.toMatch(/https:\/\/(?:api\.)?github\.com/)
  }
})
