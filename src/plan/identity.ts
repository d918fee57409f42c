import { CallError } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { Caller } from '../aws/sts.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import { addressProblems } from '../service/address.ts'
import type { ResolvedService } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'

/** Who the calls of a release are made as; why it is not known, when it should be. */
export interface Identity {
  caller: Caller | undefined
  failure: CallError | undefined
}

/** Telling who we are is worth waiting for so long, when nothing depends on it. In milliseconds. */
const WORTH_MS = 5_000

/**
 * Asks who we are, beside everything else. Only when an account is expected does a failure matter.
 * @returns at once with nothing when no call may be made
 */
export async function identify(inputs: Inputs, world: World): Promise<Identity> {
  if (!credentialsAreClear(inputs, world)) return { caller: undefined, failure: undefined }
  const attempts =
    inputs.expectedAccount === undefined ? { ...world, maxAttempts: 1, deadlineMs: WORTH_MS, patienceMs: 0 } : world
  try {
    return { caller: await world.readCaller(attempts), failure: undefined }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return { caller: undefined, failure: error }
  }
}

/** Nothing speaks against asking AWS at all. */
export function credentialsAreClear(inputs: Inputs, world: World): boolean {
  if (world.obstacles.length > 0 || inputs.service === '' || !inputs.credentialsAreClear) return false
  return addressProblems(inputs, world.region).length === 0
}

/**
 * Whether the account is the expected one, as far as the caller tells; problems are added.
 * @returns false when nothing else is to be looked at
 */
export async function isExpectedAccount(
  { expectedAccount, roleToAssume }: Inputs,
  identity: Promise<Identity>,
  findings: Findings,
): Promise<boolean> {
  if (expectedAccount === undefined) return true
  const { caller, failure } = await identity
  if (caller !== undefined) {
    if (caller.account === expectedAccount) return true
    const step = roleToAssume === undefined ? 'the step that provides the credentials' : `'role-to-assume'`
    const who = `account ${inSentence(caller.account, 60)} (${inSentence(caller.arn, 300)})`
    findings.add(wrongAccount(expectedAccount, `the credentials are of ${who}. Check ${step}.`))
    return false
  }
  if (failure === undefined) return true
  const problem = callProblem(failure)
  if (problem.reason !== 'credentials') return true
  findings.add(problem)
  return false
}

/** When the caller could not be read: the account of the service, which is always the caller's own. */
export async function isInExpectedAccount(
  { expectedAccount }: Inputs,
  identity: Promise<Identity>,
  service: ResolvedService,
  findings: Findings,
): Promise<boolean> {
  if (expectedAccount === undefined) return true
  const { failure } = await identity
  if (failure === undefined) return true
  if (service.account !== expectedAccount) {
    findings.add(wrongAccount(expectedAccount, `service '${service.name}' is in account ${service.account}.`))
    return false
  }
  const why = describeServiceError(failure.operation, failure.serviceError)
  findings.warnings.push(`Who the calls are made as could not be seen; the account is that of the service. ${why}`)
  return true
}

function wrongAccount(expected: string, rest: string): Problem {
  return { reason: 'wrong-account', sentence: `Input 'expected-account-id' is ${expected}, but ${rest}` }
}
