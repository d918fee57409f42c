import { expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import type { ServiceError } from '../../src/aws/service-error.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { Findings } from '../../src/plan/findings.ts'
import type { Problem, RefusalReason } from '../../src/problem.ts'
import { rawInputs } from '../support/simulated-release.ts'

const problem = (reason: RefusalReason, sentence: string): Problem => ({ reason, sentence })

function failure(change: Partial<ServiceError> = {}): CallError {
  const serviceError = { kind: 'answered', code: 'GoneException', message: 'It is gone.', ...change } as ServiceError
  return new CallError('ecs:DescribeServices', serviceError, new Error('GoneException'))
}

test.each<[RefusalReason, number]>([
  ['credentials', 1],
  ['unreachable', 1],
  ['denied', 2],
  ['not-found', 2],
])('of two problems with the reason %s %d are told', (reason, told) => {
  const findings = new Findings([problem(reason, 'First.')])
  findings.add(problem(reason, 'Second.'))
  expect(findings.problems).toHaveLength(told)
  expect(findings.problems[0]?.sentence).toBe('First.')
})

test('what was found before is not changed by what is added', () => {
  const problems = [problem('invalid-input', 'First.')]
  const notes = ['A note.']
  const warnings = ['A warning.']
  const parsed = { ...parseInputs(rawInputs({}), []), problems, notes, warnings }
  const findings = Findings.of(parsed, { obstacles: [problem('credentials', 'Before.')] })
  findings.add(problem('invalid-input', 'Second.'))
  findings.notes.push('Another.')
  expect([problems, notes, warnings].map(({ length }) => length)).toEqual([1, 1, 1])
  expect(findings).toMatchObject({ warnings, notes: ['A note.', 'Another.'] })
  expect(findings.problems.map(({ sentence }) => sentence)).toEqual(['Before.', 'First.', 'Second.'])
})

test('an answer is handed on, and a failed call is a problem with the words of the service', async () => {
  const findings = new Findings()
  expect(await findings.answerOf(Promise.resolve(7))).toBe(7)
  expect(await findings.answerOf(Promise.reject(failure()))).toBeUndefined()
  expect(findings.problems).toEqual([{ reason: 'rejected', sentence: expect.stringContaining('It is gone.') }])
  expect(findings.problems[0]?.sentence).toContain('GoneException')
})

test('a failed call is explained by who made it, or ignored', async () => {
  const findings = new Findings()
  const explained = problem('not-found', 'There is no such service.')
  await findings.answerOf(Promise.reject(failure()), () => explained)
  await findings.answerOf(Promise.reject(failure()), () => 'ignore')
  expect(findings.problems).toEqual([explained])
})

test('a mistake of ours is no finding', async () => {
  await expect(new Findings().answerOf(Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
})
