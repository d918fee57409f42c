import { functionName, shortName } from '../aws/arn.ts'
import type { EndError, EndFacts, Fault, FaultWords, HookFacts, HookFault } from '../lifecycle/fault.ts'
import { withoutFullStop, withoutRequest } from '../text/service-message.ts'
import { networkAdvice } from './network-advice.ts'

const ALARM = /\bactive alarms?\b/i

/** How ECS says that and why a deployment ended, and what that is in our words. */
export const ECS_FAULTS: FaultWords = {
  told,
  faultOf,
  isSuperseded: ({ message }) => SUPERSEDED.test(message),
  alarmsIn: () => [],
  reason,
  // That an alarm fired says less than its name.
  brief: ({ message }) => (ALARM.test(causeIn(message)) ? '' : causeIn(message)),
  isPlainStop: (text) => text === '' || /\bby a user\b/i.test(text),
  repeatsEnd: (serviceEvent) => OF_THE_END.test(serviceEvent),
  hookText,
  mendHook,
}

/** A service event that says why a deployment failed (observed); what stands before it is assumed. */
const OF_THE_END = /deployment failed: (.+)$/i

/** What is said of the rollback rather than of what it was for (observed). */
const OF_THE_ROLLBACK = /rollback candidate|run the rollback/i

/** How ECS says this is not documented; that a new deployment makes hooks of the one before unavailable is. */
const SUPERSEDED = /\b(?:replaced|superseded) by\b|\b(?:newer|another|new) (?:service )?deployment\b/i

/** Of a rollback that failed, the reason is that of the rollback, and only events say why it was due (observed). */
function told(error: EndError, serviceTroubles: readonly string[]): EndError {
  if (error.message !== '' && !OF_THE_ROLLBACK.test(error.message)) return error
  const said = serviceTroubles.findLast((event) => OF_THE_END.test(event)) ?? ''
  return { ...error, message: OF_THE_END.exec(said)?.[1] ?? '' }
}

function reason({ message }: EndError): string {
  const cause = causeIn(message)
  return PAUSE_IS_OVER.test(cause) ? `nobody continued it in time (${cause})` : cause
}

/** `the circuit breaker threshold was exceeded`: a `statusReason` without what every one begins with. */
function causeIn(message: string): string {
  const plain = withoutFullStop(withoutRequest(message))
  return plain.replace(/^Service deployment (?:was )?(?:rolled back|stopped) because (?:of )?/i, '')
}

/** Source: as below. */
const PAUSE_IS_OVER = /\bpause hook timed out\b/i

/** `STAGE lifecycle hook(s) failed. …`. Source: ECS Developer Guide, "Troubleshooting Amazon ECS blue/green deployments". */
const OF_HOOKS = /^([A-Z_]{2,60}) lifecycle hook\(s\) failed\.? ?(.*)$/s

function faultOf({ error: { message }, event, hooks, taskStops }: EndFacts): Fault {
  const cause = causeIn(message)
  const [isOfHooks, stage = '', detail = ''] = OF_HOOKS.exec(cause) ?? []
  if (isOfHooks !== undefined && !/\belasticloadbalancing:/.test(detail)) {
    const hookFunction = functionIn(detail) ?? hooks[stage] ?? hooks[event] ?? 'of the service'
    return { kind: hookFault(detail), event: stage, hookFunction }
  }
  if (PAUSE_IS_OVER.test(cause)) return { kind: 'ready-wait' }
  if (/\bpause hook was rolled back\b/i.test(cause)) {
    return { kind: 'other', cause: 'its PAUSE hook was answered with ROLLBACK' }
  }
  if (ALARM.test(cause)) return { kind: 'alarm', names: [] }
  if (/\bcircuit breaker\b/i.test(cause)) return { kind: 'tasks' }
  const network = networkAdvice(detail === '' ? cause : detail)
  if (network !== undefined) return { kind: 'other', ...network }
  return { kind: cause === '' && taskStops.length > 0 ? 'tasks' : 'other' }
}

/** Texts: as above. That a function which timed out is told so is assumed. */
function hookFault(detail: string): HookFault['kind'] {
  if (/unable to (?:assume|invoke)/i.test(detail)) return 'hook-not-invoked'
  return /unable to parse|HookStatus|timed out/i.test(detail) ? 'hook-silent' : 'hook-failed'
}

/** Name of the function that is named. */
function functionIn(detail: string): string | undefined {
  const arn = /arn:[\w-]+:lambda:\S+?:function:[\w:$-]+/.exec(detail)?.[0]
  return arn === undefined ? undefined : functionName(arn)
}

/** What the hook did, or ECS could not do with it, and what the hook itself says about that. */
function hookText({ kind }: HookFault, facts: HookFacts): string {
  const { said } = facts
  const detail = detailOf(facts.error)
  if (kind === 'hook-not-invoked') return notInvokedText(detail, facts)
  if (kind === 'hook-failed') {
    const how = /returned FAILED status/i.test(detail) ? 'it returned FAILED' : detail
    return `failed${said === undefined ? '' : `: "${said}"`}${how === '' ? '' : ` (${how})`}`
  }
  const what = isTimeout(detail)
    ? 'did not end within the time that the service gives it'
    : `gave no hookStatus that ECS takes (${/\b(HookStatus .+)$/i.exec(detail)?.[1] ?? detail})`
  return said === undefined ? what : `${what}; its log ends with "${said}"`
}

function detailOf({ message }: EndError): string {
  const cause = causeIn(message)
  return OF_HOOKS.exec(cause)?.[2] ?? cause
}

function isTimeout(detail: string): boolean {
  return /timed out/i.test(detail)
}

function notInvokedText(detail: string, { region, functionExists }: HookFacts): string {
  if (functionExists === false || isNotThere(detail)) {
    return `could not be invoked: there is no Lambda function of this name in ${region}`
  }
  const role = roleIn(detail)
  if (/unable to assume/i.test(detail)) return `could not be invoked: ECS may not assume ${role ?? 'its role'}`
  return role === undefined
    ? `could not be invoked (${detail})`
    : `could not be invoked: ${role} may not invoke it (lambda:InvokeFunction)`
}

function isNotThere(detail: string): boolean {
  return /function not found|ResourceNotFound/i.test(detail)
}

/** `role ecs-hooks`, by the ARN of the role or of a session of it. */
function roleIn(detail: string): string | undefined {
  const session = /:assumed-role\/([\w+=,.@-]+)/.exec(detail)?.[1]
  const role = /:role\/([\w+=,.@/-]+)/.exec(detail)?.[1]
  const name = session ?? (role === undefined ? undefined : shortName(role).replace(/\.$/, ''))
  return name === undefined ? undefined : `role ${name}`
}

/** What a function has to answer. Source: ECS Developer Guide, "Lambda lifecycle hooks". */
const ANSWER = '{"hookStatus": "SUCCEEDED"}'

function mendHook(
  { kind, hookFunction }: HookFault,
  { error, functionExists, again, log }: HookFacts & { again: string; log: string },
): string {
  const detail = detailOf(error)
  if (kind === 'hook-silent') {
    return isTimeout(detail)
      ? `Next: see why the function took so long, or give it more time (timeoutConfiguration of the hook), then ${again}. ${log}`
      : `Next: have the function return ${ANSWER}, or FAILED, in every case, also when something in it throws, then ${again}. ${log}`
  }
  const name = functionName(hookFunction)
  if (functionExists === false || isNotThere(detail)) {
    return `Next: correct the hook in the service's lifecycleHooks, or create the function ${name}, then ${again}.`
  }
  const role = roleIn(detail) ?? 'the role of the hook'
  return /unable to assume/i.test(detail)
    ? `Next: let ecs.amazonaws.com assume ${role} (its trust policy), then ${again}.`
    : `Next: allow ${role} lambda:InvokeFunction on the function, then ${again}.`
}
