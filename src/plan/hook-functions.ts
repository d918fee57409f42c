import { functionName } from '../aws/arn.ts'
import { type Attempts, attempt, briefly, CallError } from '../aws/attempts.ts'
import { type Functions, findFunction, isMissing } from '../aws/functions.ts'
import { describeServiceError } from '../aws/service-error.ts'
import { functionsIn, type Hooks } from '../follow/snapshot.ts'
import { LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { ECS_STAGES } from '../lifecycle/step.ts'
import type { ResolvedService } from '../service/service.ts'
import { nearestName } from '../text/nearest.ts'
import { inSentence } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import { hookLabel } from './preflight.ts'

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
  if (Object.keys(hooks).length === 0) return
  // A release can do without this look.
  const calls = briefly(world)
  const known = await world.functions()
  const unseen: CallError[] = []
  const looked = new Set<string>()
  for (const [event, hookFunction] of hooksByOrder(hooks)) {
    if (looked.has(hookFunction)) continue
    looked.add(hookFunction)
    const trouble = await troubleWith(hookFunction, calls, known)
    if (trouble === undefined) continue
    if (isMissing(trouble)) {
      const advice = await adviceFor(hookFunction, calls, known)
      const sentence = `${sourceOf(event, inputs)} names the Lambda function '${inSentence(hookFunction, 200)}', which does not exist in ${service.region}. ${advice}`
      findings.add({ reason: 'not-found', sentence })
    } else unseen.push(trouble)
  }
  const [first] = unseen
  if (first === undefined) return
  findings.notes.push(
    `Whether the functions of the hooks are there was not checked. ${describeServiceError(first.operation, first.serviceError)}`,
  )
}

/** Each function with its event, in the order in which they run; a stage of ECS may have several. */
function hooksByOrder(hooks: Hooks): [event: string, hookFunction: string][] {
  return [...LIFECYCLE_HOOKS, ...ECS_STAGES].flatMap((event) =>
    functionsIn(hooks[event]).map((one): [string, string] => [event, one]),
  )
}

function sourceOf(event: string, inputs: Inputs): string {
  const lifecycleHook = LIFECYCLE_HOOKS.find((one) => one === event)
  return lifecycleHook === undefined ? `The service's hook at ${event}` : hookLabel(lifecycleHook, inputs)
}

async function troubleWith(hookFunction: string, calls: Attempts, known: Functions): Promise<CallError | undefined> {
  try {
    await findFunction(calls, known, hookFunction)
    return undefined
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

/** The name that was probably meant, where functions may be listed. */
async function adviceFor(hookFunction: string, calls: Attempts, known: Functions): Promise<string> {
  const name = functionName(hookFunction)
  const near = nearestName(name, await namesOf(calls, known))
  if (near === undefined || near === name) return 'Check the name and the region.'
  return `Did you mean '${inSentence(near, 100)}'?`
}

/** The functions that there are, as far as they may be listed. */
async function namesOf(calls: Attempts, known: Functions): Promise<string[]> {
  const names: string[] = []
  let marker: string | undefined
  try {
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await attempt(calls, 'lambda:ListFunctions', (signal) => known.names(marker, signal))
      names.push(...page.names)
      marker = page.nextMarker
      if (marker === undefined) break
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
  }
  return names
}
