import { hookIdOf } from '../../native/names.ts'
import type { Lane } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { HOOK_TIMEOUT_MINUTES } from './configuration.ts'
import { changeServiceDeployment, findServiceDeployment } from './native-service.ts'
import type { Hook, ServiceDeployment, Stage } from './service-deployment.ts'

/** The hooks of a stage that begins now. */
export function hooksOfStage(
  rules: Rules,
  deployment: ServiceDeployment,
  stage: Stage,
  step: number,
  atMs: number,
  inRollback = false,
): Hook[] {
  const configured = deployment.config.lifecycleHooks ?? []
  return configured.flatMap((hook, index): Hook[] => {
    if (!(hook.lifecycleStages as readonly string[] | undefined)?.includes(stage)) return []
    const type = hook.targetType ?? (hook.hookTargetArn === undefined ? 'PAUSE' : 'AWS_LAMBDA')
    if (inRollback && type === 'PAUSE') return []
    const { timeoutInMinutes = HOOK_TIMEOUT_MINUTES, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {}
    return [
      {
        hookId: hookIdOf(type, deployment.id, index, stage, step, inRollback ? 'rollback' : ''),
        type,
        targetArn: hook.hookTargetArn,
        roleArn: hook.roleArn,
        status: type === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
        stage,
        step,
        inRollback,
        expiresMs: atMs + timeoutInMinutes * 60_000,
        timeoutAction: action,
        details: hook.hookDetails,
        nextMs: type === 'PAUSE' ? undefined : atMs + rules.native.timingsMs.hookLatency,
        due: undefined,
        invoked: 0,
        doneMs: undefined,
      },
    ]
  })
}

/** Functions of the two traffic stages are called again when the traffic that had moved goes back (documented). */
export function rollbackHooks(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment) return lane
  const { production, test, step, hooks } = deployment
  const again = (stage: Stage) => hooksOfStage(rules, deployment, stage, step, atMs, true)
  const called = [
    ...(production > 0 ? again('PRODUCTION_TRAFFIC_SHIFT') : []),
    ...(test > 0 ? again('TEST_TRAFFIC_SHIFT') : []),
  ]
  return changeServiceDeployment(lane, id, atMs, { hooks: [...hooks, ...called] })
}
