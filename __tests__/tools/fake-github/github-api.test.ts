import { afterEach, expect, test } from '@jest/globals'
import { type GithubApi, type GithubApiOptions, startGithubApi } from '../../../tools/fake-github/github-api.ts'

let github: GithubApi

afterEach(async () => await github.close())

const SHOP = '/repos/example/shop'
const DEPLOYMENT = { ref: 'main', environment: 'staging', auto_merge: false, required_contexts: [] }

async function start(options: GithubApiOptions = {}): Promise<void> {
  github = await startGithubApi(options)
}

async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: 'token ghs_x' },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

test('answers every operation as GitHub describes it', async () => {
  await start({ login: 'releaser', isUser: true })
  github.pullRequest(12)
  expect((await call('GET', '/user')).body.login).toBe('releaser')
  expect((await call('GET', `${SHOP}/pulls/12`)).body).toMatchObject({ number: 12, state: 'open' })
  const comment = await call('POST', `${SHOP}/issues/12/comments`, { body: 'hello' })
  const address = `${SHOP}/issues/comments/${comment.body.id}`
  expect((await call('PATCH', address, { body: 'hello again' })).status).toBe(200)
  expect((await call('GET', `${SHOP}/issues/12/comments`)).body).toMatchObject([{ body: 'hello again' }])
  expect((await call('DELETE', address)).status).toBe(204)
  const { id } = (await call('POST', `${SHOP}/deployments`, { ...DEPLOYMENT, payload: { a: 1 } })).body
  expect((await call('GET', `${SHOP}/deployments?environment=staging`)).body).toMatchObject([{ payload: { a: 1 } }])
  expect((await call('GET', `${SHOP}/deployments?environment=production`)).body).toEqual([])
  for (const state of ['queued', 'success']) await call('POST', `${SHOP}/deployments/${id}/statuses`, { state })
  expect((await call('GET', `${SHOP}/deployments/${id}/statuses`)).body.map(({ state }: never) => state)).toEqual([
    'success',
    'queued',
  ])
  expect(github.violations).toEqual([])
})

test('a pull request is closed when a test or a rehearsal closes it, and unknown before it is made', async () => {
  await start()
  expect((await call('GET', `${SHOP}/pulls/12`)).status).toBe(404)
  expect((await call('POST', `${SHOP}/issues/12/comments`, { body: 'hello' })).status).toBe(404)
  github.pullRequest(12).state = 'closed'
  expect((await call('GET', `${SHOP}/pulls/12`)).body).toMatchObject({ state: 'closed' })
  github.pullRequest(12).headRepository = 'somebody/shop'
  expect((await call('GET', `${SHOP}/pulls/12`)).body.head.repo.full_name).toBe('somebody/shop')
  expect(github.violations).toEqual([])
})

test('a success makes earlier deployments of the environment inactive, but for production and transient ones', async () => {
  await start()
  const deploy = async (more: object) => {
    const { id } = (await call('POST', `${SHOP}/deployments`, { ...DEPLOYMENT, ...more })).body
    await call('POST', `${SHOP}/deployments/${id}/statuses`, { state: 'success' })
  }
  await deploy({ production_environment: true })
  await deploy({ transient_environment: true })
  await deploy({ environment: 'other' })
  await deploy({})
  await deploy({})
  expect(github.deployments.map(({ statuses }) => statuses.at(-1)?.state)).toEqual([
    ...['success', 'success', 'success', 'inactive', 'success'],
  ])
})

test('keeps a record of what is not as GitHub describes it, and of calls it does not know', async () => {
  await start()
  github.pullRequest(1)
  const post = async (path: string, body: object) => (await call('POST', `${SHOP}/${path}`, body)).status
  const refused = await call('POST', `${SHOP}/deployments`, { automerge: false })
  expect(refused).toMatchObject({
    status: 422,
    body: {
      message: "Validation Failed: member automerge is unknown; body must have required property 'ref'.",
    },
  })
  expect(await post('releases', {})).toBe(404)
  expect(await post('deployments', { ref: 'main', required_contexts: [] })).toBe(202)
  expect(await post('deployments', { ref: 'main', auto_merge: false })).toBe(409)
  expect(await post('issues/1/comments', { body: 'x'.repeat(65_537) })).toBe(422)
  expect((await call('GET', '/repos/example/other/deployments')).status).toBe(404)
  expect(github.deployments).toEqual([])
  expect(github.violations).toEqual([
    'POST /repos/example/shop/deployments: member automerge is unknown',
    "POST /repos/example/shop/deployments: body must have required property 'ref'",
    'POST /repos/example/shop/releases: this is no call that the action is known to make.',
  ])
})

test('answers loudly rather than with what GitHub would not say', async () => {
  await start()
  github.pullRequest(1)
  github.comments.push({ id: 1, issue: 1, login: 'octocat', isBot: false, body: 7 as never })
  const answer = await call('GET', `${SHOP}/issues/1/comments`)
  expect(answer.status).toBe(500)
  expect(answer.body.message).toContain('This loopback API would answer what GitHub does not: /0/body must be string')
  expect(github.violations).toHaveLength(1)
})

test('faults happen to the requests they are for, as often as they are to, and nothing is done but when an answer is lost', async () => {
  await start({ now: () => 1_000_000 })
  github.pullRequest(1)
  const comment = async () => await call('POST', `${SHOP}/issues/1/comments`, { body: 'hello' })
  github.faults.push({ kind: 'read-only' })
  expect((await comment()).status).toBe(403)
  expect((await call('GET', `${SHOP}/issues/1/comments`)).status).toBe(200)
  github.faults.length = 0

  const only = /^POST/
  for (const [kind, status] of [
    ['bad-token', 401],
    ['not-found', 404],
    ['server-error', 502],
    ['malformed', 200],
    ['elsewhere', 307],
  ] as const) {
    github.faults.push({ kind, only, times: 1 })
    expect((await comment()).status).toBe(status)
  }
  github.faults.push({ kind: 'limited', only, times: 1, seconds: 7 }, { kind: 'used-up', only, times: 1 })
  expect((await comment()).headers.get('retry-after')).toBe('7')
  expect((await comment()).headers.get('x-ratelimit-reset')).toBe('1060')
  expect(github.comments).toEqual([])
  github.faults.push({ kind: 'reset', only, times: 1 }, { kind: 'lost', only, times: 1 })
  await expect(comment()).rejects.toThrow()
  expect(github.comments).toEqual([])
  await expect(comment()).rejects.toThrow()
  expect(github.comments).toHaveLength(1)
  expect(github.violations).toEqual([])
})
