import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { NativeHookAnswer } from '../../native/seeds.ts'
import { changeService, type Lane } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { adoptService } from './adoption.ts'
import { createServiceDeployment } from './creation.ts'
import { requestNativeStop } from './ending.ts'
import { answerNativeHook, continueHook } from './hook-run.ts'
import { changeNative, changeServiceDeployment, ongoingDeployments } from './native-service.ts'
import { beginFailing } from './tasks.ts'

/** What somebody did to a service that ECS deploys. What is not allowed never becomes one. */
export type NativeFact =
  | { kind: 'native-configured'; config?: DeploymentConfiguration; testRule?: boolean }
  | { kind: 'native-adopted'; config: DeploymentConfiguration; testRule: boolean }
  | { kind: 'native-deployed'; taskDefinitionArn: string }
  | { kind: 'native-stopped'; id: string; type: 'ROLLBACK' | 'ABORT' }
  | { kind: 'native-continued'; id: string; hookId: string; action: 'CONTINUE' | 'ROLLBACK' }
  | { kind: 'native-hook-answered'; id: string; requestId: string; answer: NativeHookAnswer }
  | { kind: 'native-rules-edited'; production?: readonly [number, number]; test?: 0 | 1; deleted?: boolean }
  | { kind: 'native-tasks-failed' }

export function applyNativeFact(lane: Lane, rules: Rules, fact: NativeFact & { atMs: number }): Lane {
  const { atMs } = fact
  if (fact.kind === 'native-adopted') return adoptService(lane, rules, fact, atMs)
  if (!lane.native) return lane
  switch (fact.kind) {
    case 'native-configured': {
      const { config = lane.native.config, testRule = lane.native.testRule } = fact
      const test = testRule ? (lane.service?.test ?? 0) : undefined
      return changeService(changeNative(lane, { config, testRule }), { test })
    }
    case 'native-deployed':
      return createServiceDeployment(lane, rules, fact, atMs)
    case 'native-stopped':
      return requestNativeStop(lane, rules, fact.id, fact.type, atMs)
    case 'native-continued':
      return continueHook(lane, rules, fact.id, fact.hookId, fact.action, atMs)
    case 'native-hook-answered':
      return answerInvocation(lane, rules, fact, atMs)
    case 'native-rules-edited': {
      const { production = lane.service?.production ?? [100, 0], test = lane.service?.test, deleted } = fact
      const edited = changeService(lane, { production, test })
      return deleted === undefined ? edited : changeNative(edited, { rulesDeleted: deleted })
    }
    case 'native-tasks-failed': {
      const running = ongoingDeployments(lane).find(({ status, failing }) => status === 'IN_PROGRESS' && !failing)
      return running ? beginFailing(lane, rules, running.id, atMs) : lane
    }
  }
}

/** Only the latest invocation of a hook counts. */
function answerInvocation(
  lane: Lane,
  rules: Rules,
  { id, requestId, answer }: Extract<NativeFact, { kind: 'native-hook-answered' }>,
  atMs: number,
): Lane {
  const invocations = lane.native?.deployments.find((deployment) => deployment.id === id)?.invocations ?? []
  const invocation = invocations.find((one) => one.requestId === requestId)
  if (!invocation || invocation.endedMs !== undefined) return lane
  const ended = changeServiceDeployment(lane, id, atMs, {
    invocations: invocations.map((one) => (one === invocation ? { ...one, endedMs: atMs } : one)),
  })
  return answerNativeHook(ended, rules, id, invocation.hookId, answer, atMs)
}
