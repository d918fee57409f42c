import { functionName } from '../aws/arn.ts'
import { hookOf } from '../follow/snapshot.ts'
import type { EndError, EndFacts, Fault, FaultWords, HookFacts, HookFault } from '../lifecycle/fault.ts'
import { withoutFullStop, withoutRequest } from '../text/service-message.ts'

/** How CodeDeploy says that and why a deployment ended, and what that is in our words. */
export const CODE_DEPLOY_FAULTS: FaultWords = {
  told: (error) => error,
  faultOf,
  isSuperseded: () => false,
  alarmsIn,
  reason,
  brief: ({ code }) => code,
  isPlainStop: (text) => /^(?:MANUAL_STOP(?:: The deployment was stopped by a user)?)?$/i.test(text),
  repeatsEnd: () => false,
  hookText,
  mendHook,
}

/** By CodeDeploy's code and text, and by the lifecycle event that failed. */
function faultOf({ error: { code, message }, event, hooks, taskStops }: EndFacts): Fault {
  const hookFunction = hookOf(hooks, event)
  const kind = hookFunction === undefined ? undefined : hookFault(code, message)
  if (hookFunction !== undefined && kind !== undefined) return { kind, event, hookFunction }
  if (code === 'INVALID_REVISION' || /\bAppSpec file\b/i.test(message)) return { kind: 'other', advice: MEND_APP_SPEC }
  // What CodeDeploy says of something else is not overruled by tasks that stopped on the way.
  const isOfTasks = message === '' ? taskStops.length > 0 : OF_TASKS.test(message)
  return { kind: isOfTasks ? 'tasks' : 'other' }
}

const MEND_APP_SPEC = "correct the AppSpec ('codedeploy-appspec', or the hook inputs when there is no file)"

/** Texts: User Guide, "Troubleshoot Amazon ECS deployments", and observed. */
const OF_TASKS = /task ?set (?:is unhealthy|to become healthy)/i

/** `… Activated alarms: <web-5xx> <web-latency>` (observed). */
function alarmsIn(message: string): string[] {
  const listed = /Activated alarms: (.+)$/i.exec(message)?.[1] ?? ''
  return [...listed.matchAll(/<([^<>]{1,255})>/g)].map(([, name]) => name ?? '')
}

/** Codes with which CodeDeploy says that it could not run the function. Source: CodeDeploy API Reference, ErrorInformation. */
const NOT_INVOKED = new Set(['IAM_ROLE_PERMISSIONS', 'IAM_ROLE_MISSING', 'INVALID_LAMBDA_FUNCTION'])

/**
 * What was wrong with the hook at which a deployment ended, by CodeDeploy's message, then by its code; undefined when
 * neither is about hooks. That a hook reported Failed and that it ended with an error is not told apart, and the code
 * of a hook that was silent is not documented. Texts: User Guide, "Troubleshoot Amazon ECS deployments".
 */
function hookFault(code: string, message: string): HookFault['kind'] | undefined {
  if (/status callback/i.test(message)) return 'hook-silent'
  if (/AWSLambda/.test(message) || NOT_INVOKED.has(code)) return 'hook-not-invoked'
  if (/validation functions? failed/i.test(message)) return 'hook-failed'
  if (code === 'TIMEOUT' && message === '') return 'hook-silent'
  return code === 'HOOK_EXECUTION_FAILURE' ? 'hook-failed' : undefined
}

function reason({ code, message }: EndError): string {
  return withoutFullStop([code, withoutRequest(message)].filter((part) => part !== '').join(': '))
}

/** What the hook did, or CodeDeploy could not do with it, and what the hook itself says about that. */
function hookText({ kind }: HookFault, facts: HookFacts): string {
  const { said, error } = facts
  if (kind === 'hook-not-invoked') return notInvokedText(facts)
  if (kind === 'hook-failed') {
    const isPlain = /validation functions? failed/i.test(error.message)
    return `failed${said === undefined ? '' : `: "${said}"`} (${isPlain ? error.code : reason(error)})`
  }
  const isPlain = /expects a status callback within one hour/i.test(error.message)
  const late = `did not answer within the hour that CodeDeploy waits (${isPlain ? error.code : reason(error)})`
  return said === undefined ? late : `${late}; its log ends with "${said}"`
}

/**
 * CodeDeploy says the same of a function that is not there and of one that its role may not invoke (assumed), so what
 * Lambda says of the function decides.
 */
function notInvokedText({ error: { code, message }, region, functionExists }: HookFacts): string {
  const role = /IAM role (arn:\S+?) does not give/i.exec(message)?.[1]
  const who = role === undefined ? "CodeDeploy's role" : `CodeDeploy's role ${role.split('/').at(-1)}`
  const why = reason({ code, message: role === undefined ? message : '' })
  switch (functionExists) {
    case false:
      return `could not be invoked: there is no Lambda function of this name in ${region} (${code})`
    case true:
      return `could not be invoked: ${who} may not invoke it (${why})`
    case undefined:
      return `could not be invoked: it does not exist, or ${who} may not invoke it (${why})`
  }
}

/** What a hook must be allowed to report. Source: CodeDeploy API Reference, PutLifecycleEventHookExecutionStatus. */
const REPORT_ACTION = 'codedeploy:PutLifecycleEventHookExecutionStatus'

function mendHook({ kind, hookFunction }: HookFault, facts: HookFacts & { again: string; log: string }): string {
  if (kind === 'hook-not-invoked') return mendRole(hookFunction, facts)
  const { said, again, log } = facts
  const isDenied = said?.includes(REPORT_ACTION.split(':')[1] ?? '') === true && /denied|not authorized/i.test(said)
  return isDenied
    ? `Next: allow the function's role ${REPORT_ACTION}, then ${again}. ${log}`
    : `Next: see why the function did not report (${REPORT_ACTION}), which it must in every case, then ${again}. ${log}`
}

/** Source: AWS managed policies AWSCodeDeployRoleForECS and AWSCodeDeployRoleForECSLimited. */
function mendRole(hookFunction: string, { functionExists }: HookFacts): string {
  const name = functionName(hookFunction)
  if (functionExists === false) return `Next: correct the name of the hook, or create the function ${name}.`
  const isCovered = name.startsWith('CodeDeployHook_')
  const allow = isCovered
    ? 'attach the managed policy AWSCodeDeployRoleForECS to the role of the deployment group, or allow it lambda:InvokeFunction on the function'
    : `allow the role of the deployment group lambda:InvokeFunction on the function (managed policy AWSCodeDeployRoleForECS), or call the function CodeDeployHook_${name}, which AWSCodeDeployRoleForECSLimited covers`
  const check = functionExists === undefined ? `check that the function ${name} exists; if it does, ` : ''
  return `Next: ${check}${allow}.`
}
