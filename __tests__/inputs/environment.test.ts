import { expect, test } from '@jest/globals'
import { readRawInputs, readUndeclaredInputs } from '../../src/inputs/environment.ts'
import { INPUT_NAMES } from '../../src/inputs/names.ts'

test('reads an input from INPUT_ and its name in upper case, hyphens kept, to the letter', () => {
  const raw = readRawInputs({ 'INPUT_CODEDEPLOY-APPLICATION': ' shop\n', INPUT_SERVICE: 'web', service: 'other' })
  expect(raw).toMatchObject({ 'codedeploy-application': ' shop\n', service: 'web' })
})

test('takes an input that the runner does not pass for one that is not given', () => {
  const raw = readRawInputs({})
  expect(Object.keys(raw)).toEqual([...INPUT_NAMES])
  expect(new Set(Object.values(raw))).toEqual(new Set(['']))
})

test('names the given inputs that are not declared, and no declared, empty or foreign variable', () => {
  const environment = {
    'INPUT_DESIRED-COUNT': '2',
    'INPUT_RUN-TASK-ASSIGN-PUBLIC-IP': 'ENABLED',
    'INPUT_FORCE-NEW-DEPLOYMENT': '',
    'INPUT_PROPAGATE-TAGS': ' \n',
    INPUT_SERVICE: 'web',
    'INPUT_MAX-RETRIES': '3',
    PATH: '/bin',
    STATE_X: '1',
  }
  expect(readUndeclaredInputs(environment)).toEqual(['DESIRED-COUNT', 'RUN-TASK-ASSIGN-PUBLIC-IP'])
})
