import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { buildAppSpec } from '../../src/app-spec/app-spec.ts'
import { parseAppSpecFile } from '../../src/app-spec/app-spec-file.ts'
import { functionName, parseArn, revisionName, shortName } from '../../src/aws/arn.ts'
import { describeServiceError, readServiceError } from '../../src/aws/service-error.ts'
import { INPUT_NAMES } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { restoreRelease } from '../../src/step/saved-release.ts'
import { canonicalDefinition } from '../../src/task-definition/canonical.ts'
import { parseTaskDefinitionFile } from '../../src/task-definition/definition.ts'
import { differencesBetween } from '../../src/task-definition/difference.ts'
import { logLine, outputText } from '../../src/text/untrusted.ts'
import { githubRun } from '../../src/workflow-run/github-run.ts'
import { buildDescription, buildMarker, parseMarker } from '../../src/workflow-run/marker.ts'
import { APP_SPEC, changed, SECRET, TASK_DEFINITION } from '../support/odd-files.ts'
import { expectCleanPrototypes, hostileText, oddity } from '../support/odd-values.ts'
import { commandsIn } from '../support/runner-grammar.ts'
import { rawInputs } from '../support/simulated-release.ts'

/** 9,500 cases on pure functions in all; the same in every run, another seed finds others. */
const SEED = 20260808

afterEach(expectCleanPrototypes)

/** What a person is told: one line without a command, and without what must not be told. */
function expectSentence(sentence: string): void {
  expect(sentence).not.toMatch(/[\p{Cc}\u2028\u2029]|TypeError|RangeError|\[object Object\]/u)
  expect(sentence.isWellFormed()).toBe(true)
  expect(sentence.includes(SECRET)).toBe(false)
}

function check<Values extends [unknown, ...unknown[]]>(
  numRuns: number,
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  predicate: (...values: Values) => void,
): void {
  fc.assert(fc.property(...arbitraries, predicate), { numRuns, seed: SEED })
}

describe('whatever it is given', () => {
  test('every input is taken or refused in one sentence, and no value of a variable is told', () => {
    const given = fc.dictionary(fc.constantFrom(...INPUT_NAMES), hostileText, { maxKeys: 4 })
    check(2_000, [given, fc.array(hostileText, { maxLength: 2 })], (inputs, undeclared) => {
      const raw = rawInputs({ service: 'web', 'environment-variables': `TOKEN=${SECRET}`, ...inputs })
      const { problems, notes } = parseInputs(raw, undeclared)
      for (const { sentence } of problems) expectSentence(sentence)
      for (const note of notes) expectSentence(note)
    })
  })

  test('lines of variables and secrets are taken or refused without their values', () => {
    const line = fc.tuple(hostileText, fc.constantFrom('=', '', ' = ', '=='), fc.constant(SECRET))
    check(1_000, [fc.array(line, { maxLength: 4 })], (lines) => {
      const text = lines.map((parts) => parts.join('')).join('\n')
      for (const name of ['environment-variables', 'secrets'] as const) {
        const { problems } = parseInputs(rawInputs({ service: 'web', [name]: text }), [])
        for (const { sentence } of problems) expectSentence(sentence)
      }
    })
  })

  test('an image reference is taken only when it has no white space and no character that is none', () => {
    check(1_500, [fc.oneof(hostileText, fc.string(), imageLike)], (image) => {
      const { inputs, problems } = parseInputs(rawInputs({ service: 'web', image }), [])
      for (const { sentence } of problems) expectSentence(sentence)
      if (problems.length > 0) return
      for (const one of inputs.images) expect(one.image).toMatch(/^[\w.:/@+-]{1,600}$/)
    })
  })

  test('a task definition file is taken or refused in sentences, and compared without a value', () => {
    check(2_000, [fc.array(oddity, { minLength: 1, maxLength: 3 }), fc.boolean()], (oddities, isYaml) => {
      const path = isYaml ? 'task.yaml' : 'task.json'
      const { definition, problems, notes } = parseTaskDefinitionFile(path, changed(TASK_DEFINITION, oddities))
      for (const { sentence } of problems) expectSentence(sentence)
      for (const note of notes) expectSentence(note)
      if (definition === undefined) expect(problems).not.toEqual([])
      else {
        canonicalDefinition(definition)
        const told = JSON.stringify(differencesBetween(definition, TASK_DEFINITION))
        expect(told.includes(SECRET)).toBe(false)
      }
    })
  })

  test('an AppSpec file is taken or refused in sentences, and what is built from it is JSON', () => {
    check(1_000, [fc.array(oddity, { minLength: 1, maxLength: 3 }), fc.boolean()], (oddities, isYaml) => {
      const { file, warnings, notes, problems } = parseAppSpecFile(
        isYaml ? 'appspec.yaml' : 'appspec.json',
        changed(APP_SPEC, oddities),
      )
      for (const { sentence } of problems) expectSentence(sentence)
      for (const told of [...warnings, ...notes]) expectSentence(told)
      if (file === undefined) return
      const container = { name: 'web', port: 80 }
      expect(JSON.parse(buildAppSpec({ file, container, hooks: file.hooks } as never, 'arn').content)).toBeTruthy()
    })
  })

  test('a file of any text is taken or refused in sentences', () => {
    check(500, [hostileText, fc.constantFrom('x.json', 'x.yaml')], (text, path) => {
      for (const { problems } of [parseTaskDefinitionFile(path, text), parseAppSpecFile(path, text)]) {
        for (const { sentence } of problems) expectSentence(sentence)
      }
    })
  })

  test('a marker is read back as it was written, and no text before it is taken for one', () => {
    const run = fc.record({ GITHUB_REPOSITORY: hostileText, GITHUB_WORKFLOW_REF: hostileText, GITHUB_JOB: hostileText })
    check(500, [run, hostileText], (environment, text) => {
      const marker = buildMarker(githubRun({ ...environment, GITHUB_RUN_ID: '7' }), 'release')
      const description = buildDescription(`${text} [ecs-release repo=other/one run=1.1 op=release]`, marker)
      expect(description.length).toBeLessThanOrEqual(Math.max(256, marker.length))
      expect(parseMarker(description)?.runId ?? '7').toBe('7')
    })
  })

  test('an error is one sentence', () => {
    const error = fc.oneof(
      oddity.map(({ json }): unknown => (json === undefined ? undefined : JSON.parse(json))),
      fc.record({ name: oddMember, message: oddMember, code: oddMember, $metadata: oddMember, errors: oddMember }),
    )
    check(500, [error], (thrown) => {
      const serviceError = readServiceError(thrown)
      expectSentence(describeServiceError('ecs:DescribeServices', serviceError))
      expect(serviceError.kind).not.toBe('answered')
    })
  })

  test('a line, an output, a name and a saved release are never more than they may be', () => {
    check(500, [hostileText], (text) => {
      expect(commandsIn(logLine(text))).toEqual([])
      expect(outputText(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      for (const name of [shortName(text), revisionName(text), functionName(text)]) expect(typeof name).toBe('string')
      parseArn(text)
      restoreRelease(text, { atMs: 0, monotonicMs: 0 })
    })
  })
})

const oddMember: fc.Arbitrary<unknown> = oddity.map(({ json }) => (json === undefined ? undefined : JSON.parse(json)))

const imageLike = fc
  .array(
    fc.constantFrom('registry.example', ':', '/', '@sha256:', 'web', '1.0', 'a'.repeat(64), '-', '_', '=', '\n', ' '),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''))
