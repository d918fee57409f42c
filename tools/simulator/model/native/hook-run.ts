import { MAX_RUN_MS } from '../../hook-limits.ts'
import { uuidOf } from '../../identity.ts'
import { nameIn, roleArn, serviceArn } from '../../names.ts'
import { serviceDeploymentArn, serviceRevisionArn } from '../../native/names.ts'
import type { NativeHookAnswer } from '../../native/seeds.ts'
import type { HookPlan } from '../../scenario.ts'
import type { Lane } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { failDeployment, failRollback } from './ending.ts'
import { changeServiceDeployment, findServiceDeployment } from './native-service.ts'
import { type Hook, type HookEvent, isThrough, type ServiceDeployment } from './service-deployment.ts'

/** ECS calls the function. Without the right to do so the hook fails at once. */
export function invokeHook(lane: Lane, rules: Rules, id: string, hookId: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  const hook = deployment?.hooks.find((one) => one.hookId === hookId)
  if (!deployment || !hook) return lane
  const refusal = refusalOf(lane, rules, hook)
  if (refusal !== undefined) return failHook(lane, rules, id, hook, refusal, atMs)
  const { assumptions } = rules.native
  const invoked = hook.invoked + 1
  const requestId = uuidOf('native invocation', hookId, invoked)
  const executionId = uuidOf('execution', hookId, assumptions.executionIdOnRetry === 'same' ? 1 : invoked)
  const functionName = nameIn(hook.targetArn ?? '')
  const isReal = rules.runningFunctions.has(functionName)
  const answer = isReal ? undefined : plannedAnswer(rules, functionName, hook)
  const due = answer && { atMs: atMs + Math.min(Math.round(answer.afterSeconds * 1000), MAX_RUN_MS), answer }
  const invocation = {
    requestId,
    hookId,
    functionName,
    event: eventOf(lane, rules, deployment, hook, executionId),
    startedMs: atMs,
    endedMs: due?.atMs,
    log: answer?.log ?? [],
  }
  const called = changeServiceDeployment(lane, id, atMs, { invocations: [...deployment.invocations, invocation] })
  return changeHook(called, id, hookId, atMs, { nextMs: undefined, due, invoked })
}

/** Texts: Developer Guide, troubleshooting of blue/green deployments; of a function that does not exist: own wording. */
function refusalOf(lane: Lane, rules: Rules, { targetArn = '', roleArn: role }: Hook): string | undefined {
  if (lane.service?.seed.native?.hookRoleBroken) return `ECS was unable to assume role ${role}`
  const { world } = rules.scenario
  const seed = world.functions.find(({ name }) => name === nameIn(targetArn))
  if (seed && !seed.denied) return undefined
  if (!seed) return `ECS was unable to invoke hook target ${targetArn} due to Function not found: ${targetArn}`
  const user = roleArn(world, nameIn(role ?? 'ecs-hooks'))
    .replace(':iam:', ':sts:')
    .replace(':role/', ':assumed-role/')
  return (
    `ECS was unable to invoke hook target ${targetArn} due to User: ${user}/ECS-Lambda-Execution is not authorized ` +
    `to perform: lambda:InvokeFunction on resource: ${targetArn} because no identity-based policy allows the ` +
    'lambda:InvokeFunction action'
  )
}

/** A function without a plan never answers, and Lambda ends it. */
const SILENT: NativeHookAnswer = { afterSeconds: MAX_RUN_MS / 1000, throws: true }

function plannedAnswer({ native, scenario }: Rules, functionName: string, hook: Hook): NativeHookAnswer {
  const plan = native.course.hookPlans?.[functionName]
  if (plan) {
    if (hook.inRollback && plan.inRollback) return plan.inRollback
    return plan.answers[Math.min(hook.invoked, plan.answers.length - 1)] ?? SILENT
  }
  const shared = scenario.hookPlans[functionName]
  return shared ? answerOf(shared) : SILENT
}

/** A plan for CodeDeploy says the same of a function that answers by return value. */
function answerOf({ answer, afterSeconds, log }: HookPlan): NativeHookAnswer {
  switch (answer) {
    case 'Succeeded':
      return { afterSeconds, log, hookStatus: 'SUCCEEDED' }
    case 'Failed':
      return { afterSeconds, log, hookStatus: 'FAILED' }
    case 'none':
      return { afterSeconds, log }
    case 'throws':
      return { afterSeconds, log, throws: true }
  }
}

/** What the function returned. Source: Developer Guide, "Lambda hooks for Amazon ECS service deployments". */
export function answerNativeHook(
  lane: Lane,
  rules: Rules,
  id: string,
  hookId: string,
  { hookStatus, callBackDelay, hookDetails, throws }: NativeHookAnswer,
  atMs: number,
): Lane {
  const hook = findServiceDeployment(lane, id)?.hooks.find((one) => one.hookId === hookId)
  if (!hook || isThrough(hook)) return lane
  const arn = hook.targetArn ?? ''
  if (throws || hookStatus === undefined) {
    const why = `ECS was unable to parse the response from ${arn} due to: HookStatus must not be null.`
    return failHook(lane, rules, id, hook, why, atMs)
  }
  switch (hookStatus) {
    case 'SUCCEEDED':
      return changeHook(lane, id, hookId, atMs, { status: 'SUCCEEDED', doneMs: atMs, due: undefined })
    case 'FAILED':
      return failHook(lane, rules, id, hook, `Lifecycle hook target ${arn} returned FAILED status.`, atMs)
    case 'IN_PROGRESS': {
      const waitMs = callBackDelay === undefined ? rules.native.timingsMs.hookCallback : callBackDelay * 1000
      const details = { ...(isMembers(hook.details) && hook.details), ...hookDetails }
      return changeHook(lane, id, hookId, atMs, {
        nextMs: atMs + Math.round(waitMs),
        due: undefined,
        ...(hookDetails && { details }),
      })
    }
    default: {
      const why = `ECS was unable to parse the response from ${arn} due to: HookStatus '${hookStatus}' is not valid.`
      return failHook(lane, rules, id, hook, why, atMs)
    }
  }
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Its time is over: the deployment is rolled back or goes on, as the hook says. */
export function expireHook(lane: Lane, rules: Rules, id: string, hookId: string, atMs: number): Lane {
  const hook = findServiceDeployment(lane, id)?.hooks.find((one) => one.hookId === hookId)
  if (!hook) return lane
  const over = { status: 'TIMED_OUT' as const, doneMs: atMs, nextMs: undefined, due: undefined }
  const expired = changeHook(lane, id, hookId, atMs, over)
  if (hook.timeoutAction === 'CONTINUE') return expired
  if (hook.inRollback) return expired
  const cause =
    hook.type === 'PAUSE'
      ? `${hook.stage} pause hook timed out.`
      : `${hook.stage} lifecycle hook(s) failed. Lifecycle hook target ${hook.targetArn} timed out.`
  return failDeployment(expired, rules, id, atMs, cause, true)
}

/** ContinueServiceDeployment, of a hook that awaits it. */
export function continueHook(
  lane: Lane,
  rules: Rules,
  id: string,
  hookId: string,
  action: 'CONTINUE' | 'ROLLBACK',
  atMs: number,
): Lane {
  const hook = findServiceDeployment(lane, id)?.hooks.find((one) => one.hookId === hookId)
  if (!hook) return lane
  const status = action === 'CONTINUE' ? ('SUCCEEDED' as const) : ('FAILED' as const)
  const answered = changeHook(lane, id, hookId, atMs, { status, doneMs: atMs })
  if (action === 'CONTINUE') return answered
  return failDeployment(answered, rules, id, atMs, `${hook.stage} pause hook was rolled back.`, true, true)
}

/** In a rollback it is ignored, or the rollback fails with it (assumed). */
function failHook(lane: Lane, rules: Rules, id: string, hook: Hook, why: string, atMs: number): Lane {
  const failed = changeHook(lane, id, hook.hookId, atMs, {
    status: 'FAILED',
    doneMs: atMs,
    nextMs: undefined,
    due: undefined,
  })
  const cause = `${hook.stage} lifecycle hook(s) failed. ${why}`
  if (!hook.inRollback) return failDeployment(failed, rules, id, atMs, cause, true)
  if (rules.native.assumptions.rollbackHookFails === 'ignored') return failed
  return failRollback(failed, id, atMs, `Service deployment rollback failed because ${cause}`)
}

function changeHook(lane: Lane, id: string, hookId: string, atMs: number, change: Partial<Hook>): Lane {
  const hooks = findServiceDeployment(lane, id)?.hooks ?? []
  return changeServiceDeployment(lane, id, atMs, {
    hooks: hooks.map((hook) => (hook.hookId === hookId ? { ...hook, ...change } : hook)),
  })
}

function eventOf(lane: Lane, rules: Rules, deployment: ServiceDeployment, hook: Hook, executionId: string): HookEvent {
  const { world } = rules.scenario
  const { cluster = '', name = '' } = lane.service?.seed ?? {}
  const arnOf = (number: string) => serviceRevisionArn(world, cluster, name, number)
  return {
    executionId,
    lifecycleStage: hook.stage,
    resourceArn: serviceDeploymentArn(world, cluster, name, deployment.id),
    executionDetails: {
      serviceArn: serviceArn(world, cluster, name),
      targetServiceRevisionArn: arnOf(deployment.revision),
      ...weightsFor(deployment, hook, arnOf),
    },
    ...(hook.details !== undefined && { hookDetails: hook.details }),
  }
}

type Weights = Pick<HookEvent['executionDetails'], 'testTrafficWeights' | 'productionTrafficWeights'>

/** Only some stages have any: what is now before a step of production, what is coming in it. Source: as above. */
function weightsFor(
  { revision, serving, production }: ServiceDeployment,
  { stage, inRollback }: Hook,
  arnOf: (number: string) => string,
): Weights {
  const shares = (percent: number) => ({
    [arnOf(revision)]: percent,
    ...(serving !== undefined && { [arnOf(serving)]: 100 - percent }),
  })
  const coming = inRollback ? 0 : 100
  switch (stage) {
    case 'RECONCILE_SERVICE':
      return { testTrafficWeights: shares(100), productionTrafficWeights: shares(100) }
    case 'TEST_TRAFFIC_SHIFT':
      return { testTrafficWeights: shares(coming), productionTrafficWeights: {} }
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
      return { testTrafficWeights: {}, productionTrafficWeights: shares(serving === undefined ? 100 : production) }
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return {
        testTrafficWeights: {},
        productionTrafficWeights: shares(inRollback ? 0 : production),
      }
    default:
      return { testTrafficWeights: {}, productionTrafficWeights: {} }
  }
}
