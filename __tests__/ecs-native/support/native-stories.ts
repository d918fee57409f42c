import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { NATIVE_HOOK, nativeHook } from '../../../tools/simulator/native/scenarios.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { nativeScenario } from '../../tools/simulator/native/support/native-scenario.ts'

type LifecycleHook = NonNullable<DeploymentConfiguration['lifecycleHooks']>[number]

/** The function of the demo service, after test traffic. */
export function hook(): LifecycleHook {
  return nativeHook(NATIVE_HOOK, 'POST_TEST_TRAFFIC_SHIFT')
}

/** A pause of an hour. */
export function pauseAt(stage: string, action: 'ROLLBACK' | 'CONTINUE' = 'ROLLBACK'): LifecycleHook {
  return {
    targetType: 'PAUSE',
    lifecycleStages: [stage as never],
    timeoutConfiguration: { timeoutInMinutes: 60, action },
  }
}

/** All goes well, with one function. */
export const HOOKED = nativeScenario({ config: { lifecycleHooks: [hook()] } })

/** A tenth of production first, the rest after five minutes. */
export const CANARY: DeploymentConfiguration = {
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
}

/** A quarter of production every two minutes. */
export const LINEAR: DeploymentConfiguration = {
  strategy: 'LINEAR',
  linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 },
}

/** Tasks of the replacement stop right after they started. */
export const NEVER: Partial<Scenario> = { replacement: { ...baseScenario.replacement, health: 'never' } }
