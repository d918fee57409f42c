/**
 * The steps of a deployment in the order in which they run, whoever makes it. Each engine has words of its own for them,
 * which are what people read; what is decided about a deployment is decided by these.
 */
export type LifecycleStep =
  /** What several revisions that were there have left is put in order. */
  | 'reconcile'
  | 'before-scale-up'
  /** The replacement starts and becomes healthy. */
  | 'scale-up'
  | 'after-scale-up'
  | 'test-shift'
  | 'after-test-shift'
  /** The last moment before production moves. */
  | 'before-shift'
  | 'shift'
  | 'after-shift'
  /** Production has moved; the original is kept for a while. */
  | 'bake'
  /** The original is taken down. */
  | 'clean-up'

/**
 * CodeDeploy's lifecycle events. Source: CodeDeploy User Guide, "AppSpec 'hooks' section for an Amazon ECS deployment".
 */
const EVENTS = {
  BeforeInstall: 'before-scale-up',
  Install: 'scale-up',
  AfterInstall: 'after-scale-up',
  AllowTestTraffic: 'test-shift',
  AfterAllowTestTraffic: 'after-test-shift',
  BeforeAllowTraffic: 'before-shift',
  AllowTraffic: 'shift',
  AfterAllowTraffic: 'after-shift',
} as const satisfies Record<string, LifecycleStep>

/** The lifecycle stages of ECS. Source: ECS Developer Guide, "Amazon ECS blue/green service deployments workflow". */
const STAGES = {
  RECONCILE_SERVICE: 'reconcile',
  PRE_SCALE_UP: 'before-scale-up',
  SCALE_UP: 'scale-up',
  POST_SCALE_UP: 'after-scale-up',
  TEST_TRAFFIC_SHIFT: 'test-shift',
  POST_TEST_TRAFFIC_SHIFT: 'after-test-shift',
  PRE_PRODUCTION_TRAFFIC_SHIFT: 'before-shift',
  PRODUCTION_TRAFFIC_SHIFT: 'shift',
  POST_PRODUCTION_TRAFFIC_SHIFT: 'after-shift',
  BAKE_TIME: 'bake',
  CLEAN_UP: 'clean-up',
} as const satisfies Record<string, LifecycleStep>

/** A lifecycle stage of ECS. */
export type EcsStage = keyof typeof STAGES

/** The stages of ECS in the order in which they run. */
export const ECS_STAGES = Object.keys(STAGES) as EcsStage[]

const STEPS = new Map<string, LifecycleStep>(Object.entries({ ...EVENTS, ...STAGES }))

/** The step of a lifecycle event or stage, by either engine's word for it; undefined when the word is new. */
export function stepOf(name: string): LifecycleStep | undefined {
  return STEPS.get(name)
}
