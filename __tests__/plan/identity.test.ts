import { expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import type { Caller } from '../../src/aws/sts.ts'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { Findings } from '../../src/plan/findings.ts'
import { credentialsAreClear, identify, isExpectedAccount, isInExpectedAccount } from '../../src/plan/identity.ts'
import type { World } from '../../src/world.ts'
import { serviceOf } from '../support/group-parts.ts'
import { handAws, UNREACHABLE } from '../support/hand-aws.ts'
import { callError } from '../support/hand-engine.ts'
import { rawInputs } from '../support/simulated-release.ts'

type Given = Partial<Record<InputName, string>>

const OURS = '123456789012'
const OTHER = '111122223333'
const CALLER: Caller = { account: OURS, arn: 'arn:aws:sts::123456789012:assumed-role/release/test' }

function inputsOf(given: Given) {
  return parseInputs(rawInputs({ cluster: 'demo', service: 'web', ...given }), []).inputs
}

/** Both looks at the account, with the caller as it is read. */
async function looks(given: Given, caller: Caller | CallError | 'nobody', account = OURS) {
  const inputs = inputsOf(given)
  const world = handAws({}, { world: { readCaller: async () => callerOf(caller) } }).world
  const identity =
    caller === 'nobody' ? Promise.resolve({ caller: undefined, failure: undefined }) : identify(inputs, world)
  const findings = new Findings()
  const isExpected = await isExpectedAccount(inputs, identity, findings)
  const isIn = await isInExpectedAccount(inputs, identity, serviceOf({ account }), findings)
  const { problems, warnings } = findings
  return { isExpected, isIn, problems, reasons: problems.map(({ reason }) => reason), warnings, ...(await identity) }
}

function callerOf(caller: Caller | CallError | 'nobody'): Caller {
  if (caller instanceof CallError) throw caller
  return caller === 'nobody' ? CALLER : caller
}

const EXPECTED: Given = { 'expected-account-id': OURS }

test.each<[string, Given, Caller | CallError | 'nobody']>([
  ['none is expected', {}, CALLER],
  ['none is expected, and the caller cannot be read', {}, UNREACHABLE],
  ['it is the expected one', EXPECTED, CALLER],
  ['nobody was asked', EXPECTED, 'nobody'],
])('the account is good and nothing is said when %s', async (_name, given, caller) => {
  const { isExpected, isIn, problems, warnings } = await looks(given, caller, OURS)
  expect({ isExpected, isIn, problems, warnings }).toEqual({
    isExpected: true,
    isIn: true,
    problems: [],
    warnings: [],
  })
})

test.each<[string, Given, string]>([
  ['the step that provides the credentials', {}, 'Check the step that provides the credentials.'],
  ['the role', { 'role-to-assume': 'arn:aws:iam::111122223333:role/release' }, "Check 'role-to-assume'."],
])(
  'another account than the expected one is told with who calls, and %s is to be checked',
  async (_name, given, advice) => {
    const { isExpected, problems } = await looks({ 'expected-account-id': OTHER, ...given }, CALLER)
    expect(isExpected).toBe(false)
    expect(problems).toEqual([
      {
        reason: 'wrong-account',
        sentence: `Input 'expected-account-id' is ${OTHER}, but the credentials are of account ${OURS} (${CALLER.arn}). ${advice}`,
      },
    ])
  },
)

test('credentials that are not accepted end the checks where an account is expected', async () => {
  const { isExpected, reasons } = await looks(EXPECTED, callError('expired', 'ExpiredToken'))
  expect([isExpected, reasons[0]]).toEqual([false, 'credentials'])
})

test.each<[string, string, boolean, string[], number]>([
  ['the expected one', OURS, true, [], 1],
  ['another one', OTHER, false, ['wrong-account'], 0],
])(
  'a caller that cannot be read is made up for by the account of the service: %s',
  async (_name, account, isIn, reasons, warned) => {
    const seen = await looks(EXPECTED, UNREACHABLE, account)
    expect([seen.isExpected, seen.isIn, seen.reasons, seen.warnings.length]).toEqual([true, isIn, reasons, warned])
    expect(seen.failure).toBe(UNREACHABLE)
  },
)

test('a caller that can be read makes the account of the service no question', async () => {
  const { isIn } = await looks(EXPECTED, CALLER, OTHER)
  expect(isIn).toBe(true)
})

test.each<[string, boolean, Given, Partial<World>]>([
  ['nothing speaks against it', true, {}, {}],
  ['there is an obstacle', false, {}, { obstacles: [{ reason: 'invalid-input', sentence: 'No region.' }] }],
  ['there is no service', false, { service: '' }, {}],
  ['the service is of another region', false, { service: 'arn:aws:ecs:eu-west-1:123456789012:service/demo/web' }, {}],
])('whether AWS may be asked, when %s: %s', async (_name, may, given, world) => {
  let calls = 0
  const readCaller = async () => {
    calls += 1
    return CALLER
  }
  const { world: whole } = handAws({}, { world: { readCaller, ...world } })
  expect(credentialsAreClear(inputsOf(given), whole)).toBe(may)
  const { caller } = await identify(inputsOf(given), whole)
  expect([caller, calls]).toEqual(may ? [CALLER, 1] : [undefined, 0])
})

test('who calls is asked once and for a moment only, unless an account is expected', async () => {
  const asked: (Parameters<World['readCaller']>[0] | undefined)[] = []
  const readCaller: World['readCaller'] = async (attempts) => {
    asked.push(attempts)
    return CALLER
  }
  const { world } = handAws({}, { world: { readCaller, maxAttempts: 9 } })
  await identify(inputsOf({}), world)
  await identify(inputsOf(EXPECTED), world)
  expect(asked).toMatchObject([{ maxAttempts: 1, deadlineMs: 5_000, patienceMs: 0 }, { maxAttempts: 9 }])
  expect(asked[1]).not.toHaveProperty('deadlineMs', 5_000)
})

test('a fault of our own is not taken for a caller that cannot be read', async () => {
  const readCaller = () => Promise.reject(new TypeError('ours'))
  await expect(identify(inputsOf({}), handAws({}, { world: { readCaller } }).world)).rejects.toThrow(TypeError)
})
