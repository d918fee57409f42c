import { parseArn } from '../aws/arn.ts'
import { type Attempts, attempt, CallError } from '../aws/attempts.ts'
import type { FunctionLogs } from '../aws/function-logs.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { Hooks } from '../follow/snapshot.ts'
import { LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import type { ResolvedService } from '../service/service.ts'
import { nearestName } from '../text/nearest.ts'
import { inSentence } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import { hookLabel } from './preflight.ts'

/** A release can do without this look, so it is not long waited for; in milliseconds. */
const CALL_DEADLINE_MS = 5_000

/** Pages of function names that are looked through for the one that was meant; each has 50. */
const MAX_PAGES = 20

/**
 * Whether the functions of the hooks are there. One that is not would fail the deployment minutes later, with words about
 * permissions. Where that cannot be seen, a note says so once.
 * @param hooks well-formed names and ARNs only
 */
export async function checkHookFunctions(
  hooks: Hooks,
  inputs: Inputs,
  service: ResolvedService,
  world: World,
  findings: Findings,
): Promise<void> {
  const functions = new Set(Object.values(hooks))
  if (functions.size === 0) return
  const calls: Attempts = { ...world, maxAttempts: 2, deadlineMs: CALL_DEADLINE_MS, patienceMs: 0 }
  const logs = await world.functionLogs()
  const unseen: CallError[] = []
  for (const hookFunction of functions) {
    const trouble = await troubleWith(hookFunction, calls, logs)
    if (trouble === undefined) continue
    if (isMissing(trouble)) findings.add(await missingProblem(hookFunction, hooks, inputs, service, calls, logs))
    else unseen.push(trouble)
  }
  const [first] = unseen
  if (first === undefined) return
  findings.notes.push(
    `Whether the functions of the hooks are there was not checked. ${describeServiceError(first.operation, first.serviceError)}`,
  )
}

async function troubleWith(hookFunction: string, calls: Attempts, logs: FunctionLogs): Promise<CallError | undefined> {
  try {
    await attempt(calls, 'lambda:GetFunctionConfiguration', (signal) => logs.logGroupOf(hookFunction, signal))
    return undefined
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

function isMissing({ serviceError }: CallError): boolean {
  return serviceError.kind === 'answered' && serviceError.code === 'ResourceNotFound'
}

async function missingProblem(
  hookFunction: string,
  hooks: Hooks,
  inputs: Inputs,
  { region }: ResolvedService,
  calls: Attempts,
  logs: FunctionLogs,
): Promise<Problem> {
  const event = LIFECYCLE_HOOKS.find((one) => hooks[one] === hookFunction) ?? 'AfterAllowTestTraffic'
  const name = nameOf(hookFunction)
  const near = nearestName(name, await namesOf(calls, logs))
  const advice =
    near === undefined || near === name ? 'Check the name and the region.' : `Did you mean '${inSentence(near, 100)}'?`
  return {
    reason: 'not-found',
    sentence: `${hookLabel(event, inputs)} names the Lambda function '${inSentence(hookFunction, 200)}', which does not exist in ${region}. ${advice}`,
  }
}

/** Without version or alias. */
function nameOf(hookFunction: string): string {
  const resource = parseArn(hookFunction)?.resource.replace(/^function:/, '') ?? hookFunction
  return resource.split(':')[0] ?? resource
}

/** The functions that there are, as far as they may be listed. */
async function namesOf(calls: Attempts, logs: FunctionLogs): Promise<string[]> {
  const names: string[] = []
  let marker: string | undefined
  try {
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await attempt(calls, 'lambda:ListFunctions', (signal) => logs.names(marker, signal))
      names.push(...page.names)
      marker = page.nextMarker
      if (marker === undefined) break
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
  }
  return names
}
