import type { InputName } from './names.ts'

/**
 * The lifecycle events of an ECS deployment that can have a hook, in the order in which they run.
 * Source: CodeDeploy User Guide, "AppSpec 'hooks' section for an Amazon ECS deployment".
 */
export const LIFECYCLE_HOOKS = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const

export type LifecycleHook = (typeof LIFECYCLE_HOOKS)[number]

const HOOK_INPUTS: Record<LifecycleHook, InputName> = {
  BeforeInstall: 'before-install-hook',
  AfterInstall: 'after-install-hook',
  AfterAllowTestTraffic: 'after-allow-test-traffic-hook',
  BeforeAllowTraffic: 'before-allow-traffic-hook',
  AfterAllowTraffic: 'after-allow-traffic-hook',
}

/** The input that names the hook function of an event. */
export function hookInputOf(event: LifecycleHook): InputName {
  return HOOK_INPUTS[event]
}
