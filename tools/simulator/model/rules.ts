import { DEFAULT_ASSUMPTIONS } from '../assumptions.ts'
import { type IdSeed, idSeedOf } from '../identity.ts'
import type { Assumptions, Scenario, Timings } from '../scenario.ts'
import { DEFAULT_TIMINGS } from '../timings.ts'
import { type NativeRules, nativeRulesOf } from './native/rules.ts'
import type { TaskDefinitions } from './task-definitions.ts'

/** What stays the same for a whole simulation. */
export interface Rules {
  scenario: Scenario
  /** `Timings` in milliseconds. */
  timingsMs: Timings
  assumptions: Assumptions
  /** When the simulation began; the seeded world is older. */
  startMs: number
  /** Hook functions that really run and answer by themselves; plans do not apply to them. */
  runningFunctions: ReadonlySet<string>
  idSeed: IdSeed
  /** The same for services that ECS itself deploys. */
  native: NativeRules
}

export function rulesOf(scenario: Scenario, startMs: number, runningFunctions: Iterable<string> = [], seed = 0): Rules {
  const seconds = { ...DEFAULT_TIMINGS, ...scenario.timings }
  const timingsMs = { ...seconds }
  for (const name of Object.keys(seconds) as (keyof Timings)[]) timingsMs[name] = Math.round(seconds[name] * 1000)
  return {
    scenario,
    timingsMs,
    assumptions: { ...DEFAULT_ASSUMPTIONS, ...scenario.assumptions },
    startMs,
    runningFunctions: new Set(runningFunctions),
    idSeed: idSeedOf(seed),
    native: nativeRulesOf(scenario.native),
  }
}

/** What the model needs to know beside a lane itself. */
export interface Context {
  rules: Rules
  taskDefinitions: TaskDefinitions
}
