import { expect, test } from '@jest/globals'
import type { Functions } from '../../src/aws/functions.ts'
import { renderComment } from '../../src/github/comment-text.ts'
import { deploymentStatusOf } from '../../src/github/deployment-status.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { scenarios } from '../../tools/simulator/scenarios.ts'
import { boxOf } from '../support/markdown.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = 'CodeDeployHook_validate'
const INPUTS = { 'after-allow-test-traffic-hook': HOOK }
const FAILS = scenarios['hook-fails']

async function releaseWith(options: Partial<SimulatedReleaseOptions> = {}) {
  const result = await simulateRelease({ scenario: FAILS, ...options, inputs: { ...INPUTS, ...options.inputs } })
  expectValidReport(result.release)
  return result
}

function printing(log: string[], scenario: Scenario = FAILS): Scenario {
  return { ...scenario, hookPlans: { [HOOK]: { answer: 'Failed', afterSeconds: 20, log } } }
}

test('shows what a failed hook itself printed, in log, summary, annotation and report, and nowhere else', async () => {
  const { log, summary, release, outputs, annotation } = await releaseWith({
    scenario: printing(['status 500, wanted 200']),
  })
  const at = log.findIndex((line) =>
    line.startsWith(`> Log of hook ${HOOK} at AfterAllowTestTraffic, from /aws/lambda/${HOOK}`),
  )
  expect(at).toBeGreaterThan(0)
  expect(log.slice(at)).toContainEqual('  | status 500, wanted 200')
  expect(summary).toContain('status 500, wanted 200')
  expect(release.hookLogs[0]?.lines).toContain('status 500, wanted 200')
  expect(boxOf(summary).paragraphs[1]).toContain(`hook ${HOOK} failed: "status 500, wanted 200"`)
  expect(annotation?.message).toContain(`hook ${HOOK} failed: "status 500, wanted 200" (HOOK_EXECUTION_FAILURE)`)
  expect(JSON.stringify(outputs)).not.toContain('wanted 200')
  expect(renderComment(release)).toContain(`/aws/lambda/${HOOK}`)
  expect(renderComment(release)).not.toContain('wanted 200')
  expect(deploymentStatusOf(release)?.description).toContain('AfterAllowTestTraffic')
  expect(JSON.stringify(deploymentStatusOf(release))).not.toContain('wanted 200')
})

test.each([
  ['a hook that passed is not shown', 'success', '', true, 0],
  ['is shown always when asked for', 'success', 'always', true, 1],
  ['is not shown when asked not to', 'hook-fails', 'never', true, 0],
  ['is not shown in a repository that may be public', 'hook-fails', '', false, 0],
  ['is shown there when asked for', 'hook-fails', 'failed', false, 1],
] as const)('the log of %s', async (_, scenario, choice, isPrivate, shown) => {
  const { release, calls } = await releaseWith({
    scenario: scenarios[scenario],
    inputs: { 'hook-logs': choice },
    world: { isPrivateRepository: () => isPrivate },
  })
  expect(release.hookLogs).toHaveLength(shown)
  expect(calls.some(({ operation }) => operation === 'FilterLogEvents')).toBe(shown === 1)
})

test.each([true, false])(
  'the log of a function that CodeDeploy could not invoke is neither looked for nor missed (private repository: %s)',
  async (isPrivate) => {
    for (const choice of ['', 'always', 'failed'] as const) {
      const { release, calls } = await releaseWith({
        scenario: scenarios['hook-denied'],
        inputs: { 'hook-logs': choice },
        world: { isPrivateRepository: () => isPrivate },
      })
      expect([choice, ...release.warnings]).toEqual([choice])
      expect(calls.map(({ operation }) => operation)).not.toContain('FilterLogEvents')
    }
  },
)

test('says that it left the log out because the repository may be public', async () => {
  const { release, annotation } = await releaseWith({ world: { isPrivateRepository: () => false } })
  expect(annotation?.message).toContain(`hook ${HOOK} failed (HOOK_EXECUTION_FAILURE)`)
  expect(annotation?.message).toContain(
    'Next: see why the hook failed, then release again. Its log is in the log group',
  )
  expect(JSON.stringify(release)).not.toContain('expected 200')
  expect(release.warnings).toContain(
    "The log of the failed hook is not shown, since this repository may be public; see 'hook-logs'.",
  )
})

test('looks for what was printed from 5 s before the lifecycle event to 15 s after it, for two clocks, and once more 3 s later', async () => {
  const looks: { range: object; atMs: number }[] = []
  let now = () => 0
  const functions: Functions = {
    logGroupOf: async () => '',
    names: async () => ({ names: [], nextMarker: undefined }),
    page: async ({ fromMs, untilMs }) => {
      looks.push({ range: { fromMs, untilMs }, atMs: now() })
      return { events: [], nextToken: undefined }
    },
    close: () => {},
  }
  const { release } = await releaseWith({
    prepare: ({ clock }) => {
      now = () => clock.now()
    },
    world: { functions: async () => functions },
  })
  const { startedAtMs = 0, endedAtMs = 0 } = release.snapshot?.events[4] ?? {}
  const range = { fromMs: startedAtMs - 5_000, untilMs: endedAtMs + 15_000 }
  expect(looks.map((look) => look.range)).toEqual([range, range])
  expect((looks[1]?.atMs ?? 0) - (looks[0]?.atMs ?? 0)).toBe(3_000)
})

test('shows the end of a long log, and how much is left out', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`)
  const { log, release } = await releaseWith({ scenario: printing(lines) })
  const shown = release.hookLogs[0]
  expect(shown?.lines).toHaveLength(50)
  expect(shown?.lines).toContain('line 199')
  expect(shown?.omitted).toBeGreaterThan(140)
  expect(log.join('\n')).toMatch(/the last 50 lines, \d+ before them left out/)
})

test('reads from where the function logs', async () => {
  const { world } = FAILS
  const functions = world.functions.map((one) => ({ ...one, logGroup: '/hooks/mine' }))
  const { release, annotation, summary } = await releaseWith({
    scenario: { ...printing(['here']), world: { ...world, functions } },
  })
  expect(annotation?.message).toContain('All of its log is in the log group /hooks/mine.')
  expect(summary).toContain('log-group/$252Fhooks$252Fmine')
  expect(release.hookLogs[0]).toMatchObject({ logGroup: '/hooks/mine', lines: expect.arrayContaining(['here']) })
})

test.each(['FilterLogEvents', 'GetFunctionConfiguration'])(
  'tells a denied %s in one warning at most, and keeps the verdict',
  async (operation) => {
    const { outputs, release } = await releaseWith({
      scenario: { ...FAILS, faults: [{ operation, kind: { type: 'denied' } }] },
    })
    expect(outputs['status']).toBe('rolled-back')
    const told = release.warnings.filter((warning) => warning.includes('could not be read'))
    expect(told).toHaveLength(operation === 'FilterLogEvents' ? 1 : 0)
    expect(release.hookLogs).toHaveLength(operation === 'FilterLogEvents' ? 0 : 1)
  },
)

test('says of a hook whose log group does not exist that it has no log, and points to none', async () => {
  const code = 'ResourceNotFoundException'
  const message = 'The specified log group does not exist.'
  const { annotation, summary, release } = await releaseWith({
    scenario: {
      ...FAILS,
      faults: [{ operation: 'FilterLogEvents', kind: { type: 'error', code, message, httpStatus: 400 } }],
    },
  })
  expect(annotation?.message).toContain(
    `It has no log: there is no log group /aws/lambda/${HOOK}, so its role may not write one (managed policy AWSLambdaBasicExecutionRole).`,
  )
  expect(summary).not.toContain('log-groups/')
  expect(release.warnings).toEqual([])
})

test('says so when nothing of this run is in the log of a hook', async () => {
  const { annotation } = await releaseWith({
    world: {
      functions: async () => ({
        logGroupOf: async () => '/hooks/quiet',
        names: async () => ({ names: [], nextMarker: undefined }),
        page: async () => ({ events: [], nextToken: undefined }),
        close: () => {},
      }),
    },
  })
  expect(annotation?.message).toContain('Nothing of this run was found in its log group /hooks/quiet.')
})

test('shows hostile lines as text', async () => {
  const hostile = ['::set-output name=status::succeeded', '##[error]x', '</pre></details><img src=x>', '\u001b[31mred']
  const { summary, release } = await releaseWith({ scenario: printing(hostile) })
  expect(summary).toContain('&lt;/pre&gt;&lt;/details&gt;&lt;img src=x&gt;')
  expect(summary).not.toContain('<img')
  expect(release.hookLogs[0]?.lines).toContain('red')
})

test.each([1, 20, 290])(
  'tells apart what one function printed at several lifecycle events, %i s each, by request id',
  async (afterSeconds) => {
    const { release } = await releaseWith({
      scenario: { ...FAILS, hookPlans: { [HOOK]: { answer: 'Succeeded', afterSeconds, log: ['checked'] } } },
      inputs: {
        'hook-logs': 'always',
        'before-install-hook': HOOK,
        'after-install-hook': HOOK,
        'before-allow-traffic-hook': HOOK,
        'after-allow-traffic-hook': HOOK,
      },
    })
    const words = release.hookLogs.map(({ lines }) => lines.map((line) => line.replace(/^(\w+) RequestId.*/, '$1')))
    expect(words).toEqual(Array.from({ length: 5 }, () => ['START', 'checked', 'END', 'REPORT']))
    const ids = release.hookLogs.map(
      ({ lines }) => new Set(lines.flatMap((line) => line.match(/RequestId: \S+/) ?? [])),
    )
    expect(ids.map(({ size }) => size)).toEqual([1, 1, 1, 1, 1])
    expect(new Set(ids.flatMap((each) => [...each])).size).toBe(5)
  },
)
