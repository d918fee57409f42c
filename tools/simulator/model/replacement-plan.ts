import type { ReplacementPlan, Scenario, ServiceSeed } from '../scenario.ts'

/** How the replacements of a service fare: as it says itself, or as the scenario says. */
export function replacementPlan(scenario: Scenario, service: ServiceSeed | undefined): ReplacementPlan {
  return service?.replacement ?? scenario.replacement
}
