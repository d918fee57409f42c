import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { OptionError, parseOptions, USAGE } from '../../../tools/rehearsal/options.ts'
import { workflows } from '../../../tools/rehearsal/workflows.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'

/** The sentence about what is wrong with the options. */
function mistake(...args: string[]): string {
  try {
    parseOptions(args)
  } catch (error) {
    if (error instanceof OptionError) return error.message
    throw error
  }
  return 'nothing is wrong'
}

test('without options the success of version 1.1.0 is rehearsed', () => {
  expect(parseOptions([])).toEqual({
    workflow: undefined,
    scenario: 'success',
    operation: 'release',
    image: 'registry.example/web:1.1.0',
    hook: undefined,
    speed: undefined,
    inputs: new Map(),
    only: undefined,
  })
})

test('every option has its place', () => {
  const args = [
    '--scenario',
    'hook-fails',
    '--operation',
    'watch',
    '--image=app:2',
    '--hook',
    'hook.mjs',
    '--speed',
    '2.5',
  ]
  expect(parseOptions([...args, '--input', 'wait-for=completion', '--input', 'environment-variables=A=b=c'])).toEqual({
    workflow: undefined,
    scenario: 'hook-fails',
    operation: 'watch',
    image: 'app:2',
    hook: 'hook.mjs',
    speed: 2.5,
    inputs: new Map([
      ['wait-for', 'completion'],
      ['environment-variables', 'A=b=c'],
    ]),
    only: undefined,
  })
})

test.each([
  [['--workflow', 'two-job'], ['approved']],
  [['--workflow', 'two-job', '--reject'], ['rejected']],
  [['--workflow', 'rollback', '--chapter', 'an-hour-after', '--speed', '30'], ['an-hour-after']],
])('%j plays chapters of a workflow', (args, chapters) => {
  expect(parseOptions(args).workflow?.chapters.map(({ name }) => name)).toEqual(chapters)
})

test('of an input that is given twice the last counts, and it may be empty', () => {
  expect(parseOptions(['--input', 'image=a', '--input', 'image=']).inputs).toEqual(new Map([['image', '']]))
})

test.each([
  [['--list'], 'list'],
  [['--help'], 'help'],
  [['-h', '--list'], 'help'],
])('%j only tells', (args, only) => {
  expect(parseOptions(args).only).toBe(only)
})

test('the usage names every option', () => {
  const ofOneRun = ['--scenario', '--operation', '--image', '--hook', '--input', '--cancel-at']
  for (const option of [...ofOneRun, '--speed', '--workflow', '--chapter', '--reject', '--list', '--help']) {
    expect(USAGE).toContain(option)
  }
})

describe('a mistake is told in a sentence:', () => {
  const names = Object.keys(scenarios).join(', ')

  test.each<[string, string[], string]>([
    [
      'a scenario that is none',
      ['--scenario', 'disaster'],
      `Option '--scenario' must be one of ${names}; got 'disaster'.`,
    ],
    [
      'a scenario called like what objects have',
      ['--scenario', '__proto__'],
      `Option '--scenario' must be one of ${names}; got '__proto__'.`,
    ],
    ...['0', '-1', 'fast', '', ' ', '1001', 'Infinity', 'NaN'].map((speed): [string, string[], string] => [
      `the speed '${speed}'`,
      [`--speed=${speed}`],
      `Option '--speed' must be a number above 0 and up to 1000; got '${speed}'.`,
    ]),
    [
      'a workflow that is none',
      ['--workflow', 'constructor'],
      `Option '--workflow' must be one of ${Object.keys(workflows).join(', ')}; got 'constructor'.`,
    ],
    [
      'a chapter that the workflow does not have',
      ['--workflow', 'rollback', '--reject'],
      `Workflow 'rollback' has no chapter 'rejected'; it has ${workflows.rollback.chapters.map(({ name }) => name).join(', ')}.`,
    ],
    ['a chapter of no workflow', ['--chapter', 'approved'], "Option '--chapter' needs '--workflow'."],
    [
      'an option of one run',
      ['--workflow', 'two-job', '--scenario', 'alarm'],
      "Option '--scenario' is of one run and cannot go with '--workflow'.",
    ],
    [
      'an operation of several runs',
      ['--operation', 'preview'],
      "A preview is a matter of several runs: '--workflow preview' rehearses it.",
    ],
    ['an input without a value', ['--input', 'image'], "Option '--input' must be NAME=VALUE; got 'image'."],
    ['an input without a name', ['--input', '=x'], "Option '--input' must be NAME=VALUE; got '=x'."],
  ])('%s', (_, args, sentence) => {
    expect(mistake(...args)).toBe(sentence)
  })

  // In a process of its own: what Node's parser throws is an error of another realm here.
  test('options that are none, options without a value and words that are no option', () => {
    const module = new URL('../../../tools/rehearsal/options.ts', import.meta.url)
    const script = `
      const { parseOptions } = await import('${module}')
      for (const args of [['--sped', '2'], ['--speed'], ['success']]) try { parseOptions(args) } catch (error) { console.log(error.message) }`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^Unknown option '--sped'.* See 'npm run rehearse -- --help'\.$/),
      expect.stringMatching(/^Option '--speed <value>' argument missing.* See 'npm run rehearse -- --help'\.$/),
      expect.stringMatching(/^Unexpected argument 'success'.* See 'npm run rehearse -- --help'\.$/),
    ])
  })
})
