import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import type { NativeAssumptions } from '../../native/assumptions.ts'

/** Longest that a hook may take unless it says otherwise. Source: Developer Guide, pages on hooks. */
export const HOOK_TIMEOUT_MINUTES = 1440

/** Source: ECS API Reference, LinearConfiguration and CanaryConfiguration. */
const LINEAR = { stepPercent: 10, stepBakeTimeInMinutes: 6 }
const CANARY = { canaryPercent: 5, canaryBakeTimeInMinutes: 10 }

/** With what ECS fills in (observed for counts, circuit breaker and functions; assumed for the bake time). */
export function completeConfiguration(given: DeploymentConfiguration): DeploymentConfiguration {
  const strategy = given.strategy ?? 'ROLLING'
  return {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    deploymentCircuitBreaker: { enable: false, rollback: false },
    bakeTimeInMinutes: 0,
    ...given,
    strategy,
    ...(strategy === 'LINEAR' && { linearConfiguration: { ...LINEAR, ...given.linearConfiguration } }),
    ...(strategy === 'CANARY' && { canaryConfiguration: { ...CANARY, ...given.canaryConfiguration } }),
    ...(given.lifecycleHooks && { lifecycleHooks: given.lifecycleHooks.map(completeHook) }),
  }
}

function completeHook(hook: DeploymentLifecycleHook): DeploymentLifecycleHook {
  const { timeoutInMinutes = HOOK_TIMEOUT_MINUTES, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {}
  return {
    ...hook,
    targetType: hook.targetType ?? 'AWS_LAMBDA',
    timeoutConfiguration: { timeoutInMinutes, action },
  }
}

/** What UpdateService makes of `deploymentConfiguration`; which members survive is assumed. */
export function updatedConfiguration(
  before: DeploymentConfiguration,
  given: DeploymentConfiguration,
  how: NativeAssumptions['configurationUpdate'],
): DeploymentConfiguration {
  if (how === 'reset') return completeConfiguration({ strategy: before.strategy, ...given })
  if (how === 'replaced') return completeConfiguration({ ...before, ...given })
  return completeConfiguration(merged(before, given) as DeploymentConfiguration)
}

/** Lists are replaced all the same. */
function merged(before: unknown, given: unknown): unknown {
  if (!isMembers(before) || !isMembers(given)) return given
  const entries = Object.entries(given).map(([name, value]) => [name, merged(before[name], value)])
  return { ...before, ...Object.fromEntries(entries) }
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Percent of production on the target after each step. Source: ECS API Reference, LinearConfiguration and
 * CanaryConfiguration; that what is left of 100 % is a smaller last step is assumed.
 */
export function stepPercents({
  strategy,
  linearConfiguration,
  canaryConfiguration,
}: DeploymentConfiguration): number[] {
  if (strategy === 'CANARY') {
    const first = canaryConfiguration?.canaryPercent ?? CANARY.canaryPercent
    return first >= 100 ? [100] : [first, 100]
  }
  if (strategy !== 'LINEAR') return [100]
  const tenths = Math.round((linearConfiguration?.stepPercent ?? LINEAR.stepPercent) * 10)
  return Array.from({ length: Math.ceil(1000 / tenths) }, (_, i) => Math.min(1000, tenths * (i + 1)) / 10)
}

/** How long a step that is not the last one is left alone. */
export function stepBakeMs({ strategy, linearConfiguration, canaryConfiguration }: DeploymentConfiguration): number {
  const minutes =
    strategy === 'CANARY'
      ? (canaryConfiguration?.canaryBakeTimeInMinutes ?? CANARY.canaryBakeTimeInMinutes)
      : (linearConfiguration?.stepBakeTimeInMinutes ?? LINEAR.stepBakeTimeInMinutes)
  return minutes * 60_000
}
