import { expect, test } from '@jest/globals'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { rawInputs } from '../support/simulated-release.ts'

function wrong(inputs: Parameters<typeof rawInputs>[0]): string[] {
  return parseInputs(rawInputs({ service: 'web', image: 'web:1', ...inputs }), []).problems.map(
    ({ sentence }) => sentence,
  )
}

test('refuses a name that no environment has', () => {
  const form = 'the name of an environment, up to 255 characters on one line'
  const told = `Input 'github-environment' must be ${form}; got`
  expect(wrong({ 'github-environment': 'x'.repeat(256) })).toEqual([`${told} '${'x'.repeat(100)}…'.`])
  expect(wrong({ 'github-environment': 'a\nb' })).toEqual([`${told} 'a b'.`])
  expect(wrong({ 'github-environment': 'Prüfung / web' })).toEqual([])
})
