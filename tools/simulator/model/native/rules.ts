import { DEFAULT_NATIVE_ASSUMPTIONS, type NativeAssumptions } from '../../native/assumptions.ts'
import type { NativeCourse } from '../../native/seeds.ts'
import { DEFAULT_NATIVE_TIMINGS, type NativeTimings } from '../../native/timings.ts'

/** What stays the same for a whole simulation about services that ECS itself deploys. */
export interface NativeRules {
  course: NativeCourse
  /** `NativeTimings` in milliseconds. */
  timingsMs: NativeTimings
  assumptions: NativeAssumptions
}

export function nativeRulesOf(course: NativeCourse = {}): NativeRules {
  const timingsMs = { ...DEFAULT_NATIVE_TIMINGS, ...course.timings }
  for (const name of Object.keys(timingsMs) as (keyof NativeTimings)[]) {
    timingsMs[name] = Math.round(timingsMs[name] * 1000)
  }
  return { course, timingsMs, assumptions: { ...DEFAULT_NATIVE_ASSUMPTIONS, ...course.assumptions } }
}
