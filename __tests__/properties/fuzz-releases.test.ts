import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { INPUT_NAMES } from '../../src/inputs/names.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { saveRelease } from '../../src/step/saved-release.ts'
import { logLine } from '../../src/text/untrusted.ts'
import { exitCodeOf } from '../../src/verdict.ts'
import type { Lane } from '../../tools/simulator/model/lane.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { readMarkdown } from '../support/markdown.ts'
import { answerOddly, type OddAnswer } from '../support/odd-answers.ts'
import { APP_SPEC, changed, SECRET, TASK_DEFINITION } from '../support/odd-files.ts'
import { expectCleanPrototypes, hostileText, oddity } from '../support/odd-values.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { commandsIn } from '../support/runner-grammar.ts'
import { cases } from '../support/share.ts'
import { type SimulatedRelease, simulateRelease } from '../support/simulated-release.ts'

/** The same releases in every run; another seed finds others. */
const SEED = 20260808

const LANE = 'demo:web'

const OPERATIONS = [
  '*',
  'GetDeployment',
  'GetDeployment',
  'GetDeploymentTarget',
  'GetDeploymentTarget',
  'GetDeploymentTarget',
  'DescribeServices',
  'DescribeServices',
  'DescribeTaskDefinition',
  'GetDeploymentGroup',
  'GetDeploymentConfig',
  'ListDeployments',
  'RegisterTaskDefinition',
  'CreateDeployment',
  'CreateDeployment',
]

const oddAnswer: fc.Arbitrary<OddAnswer> = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  after: fc.constantFrom(0, 0, 0, 1, 2, 5, 12),
  count: fc.constantFrom(1, 2, 100_000),
  oddity,
})

const SCENARIO = {
  ...baseScenario,
  world: withGroup(baseScenario.world, {
    deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
    terminationWaitMinutes: 1,
  }),
}

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
const FAILING = {
  ...SCENARIO,
  hookPlans: { CodeDeployHook_validate: { answer: 'Failed' as const, afterSeconds: 2, log: [] } },
}

/** What nobody handled: a step would print its trace. */
const unhandled: unknown[] = []
const keep = (error: unknown) => void unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', keep))
afterAll(() => void process.off('unhandledRejection', keep))

test('whatever AWS answers, a release ends in a verdict that is true, and tells nothing that it should not', async () => {
  const given = fc.record({
    odd: fc.array(oddAnswer, { minLength: 1, maxLength: 2 }),
    hookFails: fc.constantFrom(false, false, true),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ odd, hookFails }) => {
      let end: Lane | undefined
      const ended = await simulateRelease({
        scenario: hookFails ? FAILING : SCENARIO,
        inputs: { ...HOOK, 'environment-variables': `TOKEN=${SECRET}` },
        prepare: ({ ecs, codeDeploy }) => answerOddly({ ecs, codeDeploy }, odd),
        afterwards: async ({ simulator }) => {
          end = simulator.lane(LANE)
        },
      })
      expectTruth(ended, end)
      expectClean(ended)
    }),
    cases(80, SEED),
  )
})

test('whatever the inputs and files are, a release ends in a verdict that is true, and tells no value', async () => {
  const given = fc.record({
    inputs: fc.dictionary(fc.constantFrom(...INPUT_NAMES.filter((name) => name !== 'role-to-assume')), hostileText, {
      maxKeys: 2,
    }),
    definition: fc.array(oddity, { maxLength: 2 }),
    appSpec: fc.array(oddity, { maxLength: 2 }),
    isYaml: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ inputs, definition, appSpec, isYaml }) => {
      const extension = isYaml ? 'yaml' : 'json'
      let end: Lane | undefined
      const ended = await simulateRelease({
        scenario: SCENARIO,
        inputs: {
          'task-definition': `task.${extension}`,
          'codedeploy-appspec': `appspec.${extension}`,
          'environment-variables': `TOKEN=${SECRET}`,
          'wait-for': 'production-traffic',
          ...inputs,
        },
        files: {
          [`task.${extension}`]: changed(TASK_DEFINITION, definition),
          [`appspec.${extension}`]: changed(APP_SPEC, appSpec),
        },
        afterwards: async ({ simulator }) => {
          end = simulator.lane(LANE)
        },
      })
      expectTruth(ended, end)
      expectClean(ended)
    }),
    cases(50, SEED),
  )
})

/** Nothing is a success, a rollback or a refusal that the simulator does not know of. */
function expectTruth({ outputs, release, annotation }: SimulatedRelease, end: Lane | undefined): void {
  const made = (end?.deployments ?? []).filter(({ kind }) => kind === 'release')
  expect(made.length).toBeLessThanOrEqual(1)
  const serving = replacementPercent(end)
  switch (outputs.status) {
    case 'succeeded':
      expect(made[0]?.events.map(({ status }) => status)).toEqual(made[0]?.events.map(() => 'Succeeded'))
      expect(serving).toBe(100)
      break
    case 'rolled-back':
      expect(serving).toBe(0)
      expect(end?.deployments.find(({ kind }) => kind === 'rollback')?.status).toBe('Succeeded')
      break
    case 'failed':
    case 'stopped':
    case 'rollback-failed':
    case 'timed-out':
    case 'started':
      expect(made).toHaveLength(1)
      break
    case 'refused':
      expect(made).toEqual([])
      break
    case 'unchanged':
      expect(made).toEqual([])
      break
    default:
      expect(['unknown', 'cancelled']).toContain(outputs.status)
  }
  if (outputs['replacement-traffic'] === '100') expect(serving).toBe(100)
  if (annotation?.message.includes('never left the original')) expect(made[0]?.weightStepsTaken ?? 0).toBe(0)
  expect(release.status && exitCodeOf(release.status)).toBe(annotation?.level === 'error' ? 1 : 0)
}

function replacementPercent(lane: Lane | undefined): number {
  const { replacementTaskSet } = lane?.deployments.find(({ kind }) => kind === 'release') ?? {}
  const taskSet = lane?.service?.taskSets.find(({ id }) => id === replacementTaskSet)
  return taskSet === undefined ? 0 : (lane?.service?.production[taskSet.targetGroup] ?? 0)
}

/** What leaves the action is safe to print, to give on and to render, and holds no value of a variable. */
function expectClean({ release, outputs, summary, annotation, log }: SimulatedRelease): void {
  expectCleanPrototypes()
  expect(unhandled).toEqual([])
  expectValidReport(release)
  const report = renderReport(release)
  for (const [name, value] of Object.entries(outputs)) {
    expect({ name, value: /[\p{Cc}\u2028\u2029]/u.test(value) || !value.isWellFormed() }).toEqual({
      name,
      value: false,
    })
  }
  const printed = [...log, annotation?.title ?? '', annotation?.message ?? ''].map(logLine).join('\n')
  expect(commandsIn(printed)).toEqual([])
  for (const text of [summary, printed, report, JSON.stringify(outputs)]) {
    expect(text).not.toMatch(/^ +at \S+ \(|node:internal|TypeError|RangeError|\[object Object\]|\bNaN\b|Invalid Date/m)
  }
  for (const text of [...log, summary, printed, report, JSON.stringify(outputs), saveRelease(release)]) {
    expect(text.includes(SECRET)).toBe(false)
  }
  expect([...readMarkdown(summary).kinds].filter((kind) => kind === 'image')).toEqual([])
}
