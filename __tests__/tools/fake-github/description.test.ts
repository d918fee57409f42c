import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { describedOperation } from '../../../tools/fake-github/description.ts'
import { OPERATIONS } from '../../../tools/fake-github/operations.ts'

const CREATE = describedOperation('POST /repos/{owner}/{repo}/deployments')
const STATUS = describedOperation('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses')
const LIST = describedOperation('GET /repos/{owner}/{repo}/issues/{issue_number}/comments')

const AT = { owner: 'example', repo: 'shop', deployment_id: '7', issue_number: '12' }

test.each([
  ['a member of the wrong type', CREATE, {}, { ref: 'main', auto_merge: 'no' }],
  ['a missing member', CREATE, {}, { auto_merge: false }],
  ['a member that GitHub does not know', CREATE, {}, { ref: 'main', automerge: false }],
  ['a word that is none of the fixed set', STATUS, {}, { state: 'done' }],
  ['a parameter that GitHub does not know', LIST, { size: '100' }, undefined],
  ['a number that is none', LIST, { per_page: 'all' }, undefined],
])('the description of GitHub refuses %s', (_, operation, query, body) => {
  expect(operation.wrongInRequest(AT, query as Record<string, string>, body)).toHaveLength(1)
})

test('the description of GitHub takes what is right, and refuses answers that GitHub would not give', () => {
  expect(CREATE.wrongInRequest(AT, {}, { ref: 'main', auto_merge: false, required_contexts: [] })).toEqual([])
  expect(LIST.wrongInRequest(AT, { per_page: '100', page: '2' }, undefined)).toEqual([])
  expect(LIST.wrongInAnswer(200, [])).toEqual([])
  expect(LIST.wrongInAnswer(200, [{ id: 1, body: 'without the rest' }])).not.toEqual([])
  expect(LIST.wrongInAnswer(204, undefined)).not.toEqual([])
})

test('everything that an operation refers to is in the description', () => {
  for (const operation of OPERATIONS) {
    const described = describedOperation(operation)
    for (const status of [200, 201, 404, 422, 500, 503]) {
      expect(() => described.wrongInAnswer(status, {})).not.toThrow()
    }
    expect(() => described.wrongInRequest({}, {}, {})).not.toThrow()
  }
})

test('the action itself knows nothing of this API', () => {
  const source = join(import.meta.dirname, '..', '..', '..', 'src')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/^(github-api|rehearsal|simulator)[/\\]/.test(name),
  )
  const importing = files.filter((name) => readFileSync(join(source, name), 'utf8').includes('github-api/'))
  expect(importing).toEqual([])
})
