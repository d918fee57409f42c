import { type NativeScenarioName, nativeScenarios } from './native/scenarios.ts'
import type { Scenario } from './scenario.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'

export type NamedScenario = ScenarioName | NativeScenarioName

/** Every scenario that has a name: of services that CodeDeploy releases, and of those that ECS deploys by itself. */
export const namedScenarios: Record<NamedScenario, Scenario> = { ...scenarios, ...nativeScenarios }

export function isNamedScenario(name: string): name is NamedScenario {
  return Object.hasOwn(namedScenarios, name)
}
