import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { OptionError, parseOptions, USAGE } from '../../../tools/rehearsal/options.ts'
import { nextImage, subjectOf } from '../../../tools/rehearsal/subject.ts'
import { workflows } from '../../../tools/rehearsal/workflows.ts'
import { namedScenarios } from '../../../tools/simulator/named-scenarios.ts'

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
    subject: subjectOf(namedScenarios.success),
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
    subject: subjectOf(namedScenarios['hook-fails']),
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
  [['--workflow', 'two-job', '--native', '--reject'], ['rejected']],
])('%j plays chapters of a workflow', (args, chapters) => {
  expect(parseOptions(args).workflow?.chapters.map(({ name }) => name)).toEqual(chapters)
})

const SHOP = ['--world', 'examples/worlds/shop.yaml']

test.each<[string[], object]>([
  [[], { cluster: 'demo', service: 'web', hook: 'CodeDeployHook_validate', isNative: false }],
  [['--scenario', 'no-hooks'], { cluster: 'demo', service: 'web', hook: undefined, isNative: false }],
  [['--scenario', 'native-pause'], { cluster: 'demo', service: 'web', hook: 'validate', isNative: true }],
  [SHOP, { cluster: 'prod', service: 'checkout', hook: 'CodeDeployHook_validate', isNative: false }],
  [
    [...SHOP, '--input', 'service=arn:aws:ecs:eu-west-1:111122223333:service/prod/worker'],
    { cluster: 'prod', service: 'worker', hook: undefined, isNative: false },
  ],
  [['--world', 'examples/worlds/native.yaml'], { cluster: 'demo', service: 'web', hook: 'validate', isNative: true }],
])('%j is about one service of the account, with its hook', (args, expected) => {
  const { service, hook, isNative } = parseOptions(args).subject
  expect({ cluster: service.cluster, service: service.name, hook, isNative }).toEqual(expected)
})

test.each([
  [[], 'registry.example/web:1.1.0'],
  [['--scenario', 'native'], 'registry.example/web:1.1.0'],
  [SHOP, 'registry.example/checkout:7.1.0'],
])('%j releases the next version of what runs', (args, image) => {
  expect(parseOptions(args).image).toBe(image)
})

test.each([
  ['registry.example/web:1.9', 'registry.example/web:1.10.0'],
  ['registry.example:5000/web', 'registry.example:5000/web:next'],
  ['web:latest', 'web:next'],
  [`web@sha256:${'a'.repeat(64)}`, 'web:next'],
])('the next version of %s is %s', (image, next) => {
  expect(nextImage(image)).toBe(next)
})

test.each([
  [['--cancel-at', 'AllowTraffic'], 'AllowTraffic'],
  [['--scenario', 'native', '--cancel-at', 'POST_TEST_TRAFFIC_SHIFT'], 'POST_TEST_TRAFFIC_SHIFT'],
])('%j cancels in the words of whoever deploys', (args, event) => {
  expect(parseOptions(args).cancelAt).toBe(event)
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
  const ofOneRun = ['--scenario', '--world', '--operation', '--image', '--hook', '--input', '--cancel-at']
  for (const option of [
    ...ofOneRun,
    '--speed',
    '--workflow',
    '--native',
    '--chapter',
    '--reject',
    '--list',
    '--help',
  ]) {
    expect(USAGE).toContain(option)
  }
})

describe('a mistake is told in a sentence:', () => {
  const names = Object.keys(namedScenarios).join(', ')

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
    ["another engine's workflow alone", ['--native'], "Option '--native' needs '--workflow'."],
    [
      'previews of a service that ECS deploys',
      ['--workflow', 'preview', '--native'],
      "Workflow 'preview' is of services that CodeDeploy releases and cannot go with '--native'.",
    ],
    [
      'a scenario and a world',
      ['--scenario', 'alarm', ...SHOP],
      "Options '--scenario' and '--world' cannot go together; the file says what goes wrong.",
    ],
    [
      'a world that is not there',
      ['--world', '/nowhere/world.yaml'],
      'World file /nowhere/world.yaml: There is no such file.',
    ],
    [
      'an event that the service does not have',
      ['--scenario', 'native', '--cancel-at', 'AllowTraffic'],
      "Option '--cancel-at' must be one of RECONCILE_SERVICE, PRE_SCALE_UP, SCALE_UP, POST_SCALE_UP, TEST_TRAFFIC_SHIFT, POST_TEST_TRAFFIC_SHIFT, PRE_PRODUCTION_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT, POST_PRODUCTION_TRAFFIC_SHIFT, BAKE_TIME, CLEAN_UP; got 'AllowTraffic'.",
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
