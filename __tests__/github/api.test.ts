import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, jest, test } from '@jest/globals'
import type { GithubApi } from '../../src/github/api.ts'
import type { GithubFault } from '../../tools/fake-github/faults.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import { TOKEN, withGithub } from '../support/told-on-github.ts'

const LIST = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
const AT = { owner: 'example', repo: 'shop', issue_number: 12 }

async function list(api: GithubApi): Promise<unknown> {
  return await api.call(LIST, AT, new AbortController().signal).catch((error) => error)
}

test.each<[string, GithubFault, object]>([
  ['a token that may only read', { kind: 'read-only', only: /./ }, { kind: 'refused', status: 403 }],
  ['a token that is none', { kind: 'bad-token' }, { kind: 'refused', status: 401 }],
  ['something that is not there', { kind: 'not-found' }, { kind: 'refused', status: 404 }],
  ['trouble of the server', { kind: 'server-error' }, { kind: 'passing', status: 502 }],
  ['a connection that breaks', { kind: 'reset' }, { kind: 'passing', status: 0 }],
  ['a limit that says how long to wait', { kind: 'limited', seconds: 30 }, { kind: 'limited', waitMs: 30_000 }],
])('tells %s from the others', async (_, fault, expected) => {
  await withGithub(async (github, api) => {
    github.faults.push(fault)
    expect(await list(api)).toMatchObject(expected)
    expect(github.requests).toHaveLength(1)
  })
})

test('tells a limit that says when it is over', async () => {
  await withGithub(
    async (github, api) => {
      github.faults.push({ kind: 'used-up', seconds: 1_800 })
      expect(await list(api)).toMatchObject({ kind: 'limited', waitMs: 1_800_000 })
    },
    { now: () => SIMULATION_START_MS },
  )
})

test('quotes GitHub and never the token', async () => {
  await withGithub(async (github, api) => {
    github.faults.push({ kind: 'read-only', only: /./ })
    const error = (await list(api)) as Error
    expect(error.message).toBe('403: Resource not accessible by integration')
    expect(JSON.stringify([error, String(error), error.stack, error.cause])).not.toContain(TOKEN)
    expect(github.requests[0]?.authorization).toBe(`token ${TOKEN}`)
  })
})

test('follows GitHub nowhere else, so that the token stays where it was sent', async () => {
  const received: unknown[] = []
  const elsewhere = createServer((request, response) => {
    received.push(request.headers)
    response.end('[]')
  })
  await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening))
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
  await withGithub(async (github, api) => {
    github.faults.push({ kind: 'elsewhere', location })
    expect(await list(api)).toMatchObject({ kind: 'passing' })
  })
  elsewhere.close()
  expect(received).toEqual([])
})

test('prints nothing by itself, whatever GitHub answers', async () => {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => jest.spyOn(console, name))
  await withGithub(async (github, api) => {
    github.faults.push({ kind: 'malformed', times: 1 }, { kind: 'server-error' })
    expect(await list(api)).toBe('Sign in to the network')
    await list(api)
  })
  for (const spy of spies) {
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  }
})
