import { hookExecutionIdOf, uuidOf } from '../identity.ts'
import { isOfPlace, listenerArn, nameIn, roleArn, SERVICE_ROLE } from '../names.ts'
import type { Timings } from '../scenario.ts'
import type { Deployment } from './deployment.ts'
import {
  HOOK_FAILED,
  hookNotInvocable,
  hookTimedOut,
  installTimedOut,
  listenerEdited,
  refusedByEcs,
  rollbackRefused,
} from './failures.ts'
import type { Lane } from './lane.ts'
import {
  type Failure,
  type HookInvocation,
  isHookEvent,
  type LifecycleEvent,
  type LifecycleEventName,
} from './lifecycle.ts'
import { replacementPlan } from './replacement-plan.ts'
import type { Context, Rules } from './rules.ts'
import { weightSteps } from './traffic.ts'

/** What a lifecycle event is in for from the moment at which it starts. */
export type Outlook = Pick<LifecycleEvent, 'due' | 'hook'>

/** How long an event takes that runs no hook and is nothing special. */
const PLAIN_DURATION: Record<Exclude<LifecycleEventName, 'Install' | 'AllowTraffic'>, keyof Timings> = {
  BeforeInstall: 'beforeInstall',
  AfterInstall: 'afterInstall',
  AllowTestTraffic: 'allowTestTraffic',
  AfterAllowTestTraffic: 'afterAllowTestTraffic',
  BeforeAllowTraffic: 'beforeAllowTraffic',
  AfterAllowTraffic: 'afterAllowTraffic',
}

export function outlookOf(lane: Lane, deployment: Deployment, context: Context, index: number, atMs: number): Outlook {
  const { rules } = context
  const event = deployment.events[index]?.name
  if (event === undefined || deployment.heldByAlarms.length > 0) return { due: undefined, hook: undefined }
  if (deployment.kind === 'rollback') return { due: rollbackDue(deployment, rules, index), hook: undefined }
  const { ends } = rules.scenario
  if (ends?.after.event === event) {
    const failure = { code: ends.code, message: ends.message }
    return { due: { atMs: atMs + Math.round(ends.after.seconds * 1000), failure }, hook: undefined }
  }
  if (event === 'Install') return { due: installDue(lane, deployment, context, atMs), hook: undefined }
  if (event === 'AllowTraffic') return { due: shiftDue(deployment, rules, atMs), hook: undefined }
  const hook = isHookEvent(event) ? deployment.order.appSpec?.hooks[event] : undefined
  if (hook !== undefined) return hookOutlook(deployment, hook, rules, event, atMs)
  return { due: { atMs: atMs + rules.timingsMs[PLAIN_DURATION[event]], failure: undefined }, hook: undefined }
}

/** Why there will be no replacement: the production listener is not as CodeDeploy left it, or ECS objects. */
export function refusalOf(lane: Lane, deployment: Deployment, context: Context, atMs: number): Failure | undefined {
  const { scenario, assumptions } = context.rules
  if (scenario.listenerEdited) {
    const { cluster = '', service: name = '' } = lane.group?.seed ?? {}
    const listener = listenerArn(scenario.world, { cluster, name }, 'production')
    return listenerEdited(assumptions.listenerErrorCode, listener)
  }
  const { appSpec } = deployment.order
  const reason = appSpec && context.taskDefinitions.refusalOf(appSpec, atMs)
  return reason === undefined ? undefined : refusedByEcs(reason, uuidOf('refusal', deployment.id))
}

function installDue(lane: Lane, deployment: Deployment, context: Context, atMs: number): LifecycleEvent['due'] {
  const { timingsMs, assumptions, scenario } = context.rules
  const refusal = refusalOf(lane, deployment, context, atMs)
  if (refusal) return { atMs: atMs + timingsMs.refusal, failure: refusal }
  if (lane.service?.desiredCount === 0 && assumptions.emptyInstall === 'at-once') return { atMs, failure: undefined }
  const { health } = replacementPlan(scenario, lane.service?.seed)
  // All at once does not wait for the load balancer (documented).
  const passes = health === 'unhealthy' && deployment.order.routing.type === 'AllAtOnce'
  if (health === 'healthy' || health === 'dies' || passes) return { atMs: atMs + timingsMs.install, failure: undefined }
  return { atMs: atMs + timingsMs.installTimeout, failure: installTimedOut(assumptions.installTimeoutCode) }
}

function shiftDue({ order }: Deployment, { timingsMs, assumptions }: Rules, atMs: number): LifecycleEvent['due'] {
  const lastStepMs = weightSteps(order.routing, assumptions).at(-1)?.afterMs ?? 0
  return { atMs: atMs + lastStepMs + timingsMs.allowTraffic, failure: undefined }
}

/** An event with a hook. Nothing is invoked when the function is not there or not for CodeDeploy's role. */
function hookOutlook(deployment: Deployment, reference: string, rules: Rules, event: string, atMs: number): Outlook {
  const { scenario, timingsMs, assumptions } = rules
  const functionName = nameIn(reference)
  const isHere = !reference.startsWith('arn:') || isOfPlace(reference, scenario.world)
  const known = isHere ? scenario.world.functions.find(({ name }) => name === functionName) : undefined
  const isQualified = /:function:[^:]+:/.test(reference)
  if (!known || known.denied || (isQualified && assumptions.qualifiedHook === 'refused')) {
    const failure = hookNotInvocable(roleArn(scenario.world, SERVICE_ROLE))
    return { due: { atMs: atMs + timingsMs.refusal, failure }, hook: undefined }
  }
  const hook = { functionName, executionId: hookExecutionIdOf(deployment.id, event), invokedMs: atMs }
  return { due: hookDue(rules, hook), hook }
}

/**
 * CodeDeploy waits for the call back, whatever becomes of the function (documented). A function that does not really
 * run answers as planned.
 */
function hookDue({ timingsMs, assumptions, scenario, runningFunctions }: Rules, hook: HookInvocation): Outlook['due'] {
  const timeout = { atMs: hook.invokedMs + timingsMs.hookTimeout, failure: hookTimedOut(assumptions.hookTimeoutCode) }
  const plan = scenario.hookPlans[hook.functionName]
  if (!plan || plan.answer === 'none' || runningFunctions.has(hook.functionName)) return timeout
  if (plan.answer === 'throws' && !assumptions.hookErrorFails) return timeout
  const answerMs = hook.invokedMs + Math.round(plan.afterSeconds * 1000)
  if (answerMs >= timeout.atMs) return timeout
  return { atMs: answerMs, failure: plan.answer === 'Succeeded' ? undefined : HOOK_FAILED }
}

/** The events of a rollback follow each other without hooks over its whole length (assumed). */
function rollbackDue(rollback: Deployment, rules: Rules, index: number): LifecycleEvent['due'] {
  const atMs =
    (rollback.startedMs ?? 0) + Math.round((rules.timingsMs.rollbackRun * (index + 1)) / rollback.events.length)
  const fails = rules.scenario.rollbackFails === true && rollback.events[index]?.name === 'AllowTraffic'
  return { atMs, failure: fails ? rollbackRefused(rollback.id) : undefined }
}
