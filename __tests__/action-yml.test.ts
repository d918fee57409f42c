import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { load } from 'js-yaml'
import { INAPPLICABLE_INPUTS, INPUT_NAMES } from '../src/inputs/names.ts'
import { parseInputs } from '../src/inputs/parse-inputs.ts'
import { OUTPUT_NAMES } from '../src/report/outputs.ts'
import { rawInputs } from './support/simulated-release.ts'

interface Action {
  description: string
  branding: { icon: string; color: string }
  inputs: Record<string, { description: string; default?: string }>
  outputs: Record<string, { description: string }>
  runs: { using: string; main: string; post: string }
}

const text = readFileSync(join(import.meta.dirname, '..', 'action.yml'), 'utf8')
const action = load(text) as Action

test('declares exactly the inputs that are read and the outputs that are set', () => {
  expect(Object.keys(action.inputs)).toEqual([...INPUT_NAMES])
  expect(Object.keys(action.outputs)).toEqual([...OUTPUT_NAMES])
})

test('says what every input and output is, with no expression but those for the token and for how the job ended', () => {
  for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
    expect(description.length).toBeGreaterThan(10)
  }
  expect(text.split('$' + '{{')).toHaveLength(3)
  expect(action.inputs['job-status']?.default).toBe('$' + '{{ job.status }}')
  expect(action.inputs['github-token']?.default).toBe('$' + '{{ github.token }}')
})

test('its defaults mean the same as not giving the input', () => {
  const defaults = Object.entries(action.inputs)
    // The runner puts the token of the job in its place, or nothing where there is none.
    .filter(([name]) => name !== 'github-token')
    .map(([name, input]) => [name, input.default ?? ''])
  const service = { service: 'web' }
  expect(parseInputs(rawInputs({ ...Object.fromEntries(defaults), ...service }), [])).toEqual(
    parseInputs(rawInputs(service), []),
  )
})

test('declares no input that is refused as inapplicable', () => {
  for (const name of Object.keys(INAPPLICABLE_INPUTS)) expect(action.inputs).not.toHaveProperty([name])
})

test('runs the bundle on Node 24, for the post step too, and has what the Marketplace asks for', () => {
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js', post: 'dist/post.js' })
  expect(action.description.length).toBeLessThan(125)
  expect(action.branding).toEqual({ icon: 'shuffle', color: 'green' })
})
