import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { NativeAssumptions } from '../../../../../tools/simulator/native/assumptions.ts'
import { nativeBase, nativeWorld, withNative } from '../../../../../tools/simulator/native/scenarios.ts'
import type { NativeCourse, NativeSeed } from '../../../../../tools/simulator/native/seeds.ts'
import type { Scenario } from '../../../../../tools/simulator/scenario.ts'

interface Change {
  config?: DeploymentConfiguration
  service?: Partial<NativeSeed>
  course?: NativeCourse
  more?: Partial<Scenario>
}

/** The native demo account, without hooks unless `config` has some, with these changes. */
export function nativeScenario({ config = {}, service = {}, course = {}, more = {} }: Change = {}): Scenario {
  return {
    ...nativeBase,
    world: withNative(nativeWorld, { lifecycleHooks: [], ...config }, service),
    native: { ...nativeBase.native, ...course },
    ...more,
  }
}

export function assuming(assumptions: Partial<NativeAssumptions>, change: Change = {}): Scenario {
  return nativeScenario({ ...change, course: { ...change.course, assumptions } })
}
