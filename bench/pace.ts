import { sequence } from '../__tests__/support/random-sequence.ts'
import { simulateRelease } from '../__tests__/support/simulated-release.ts'
import type { Scenario } from '../tools/simulator/scenario.ts'
import { scenarios } from '../tools/simulator/scenarios.ts'
import { percentile } from './start-up.ts'

/** How soon releases end after their finish line, on the deployment's clock, and what they ask of AWS for that. */
export interface Pace {
  exitP50Ms: number
  exitP95Ms: number
  requestsP50: number
  requestsPerMinuteP50: number
  requestsPerMinuteMax: number
}

/** Runs `count` releases in virtual time, each with durations of its own. */
export async function measurePace(name: 'success' | 'no-hooks', count: number): Promise<Pace> {
  const exits: number[] = []
  const requests: number[] = []
  const perMinute: number[] = []
  for (let index = 0; index < count; index++) {
    const random = sequence(index + 1)
    const hook: Record<string, string> =
      name === 'no-hooks' ? {} : { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
    const { release, calls, outputs } = await simulateRelease({
      scenario: varied(scenarios[name], random),
      inputs: hook,
      world: { random },
    })
    if (outputs.status !== 'succeeded') throw new Error(`A release of the benchmark ended as '${outputs.status}'.`)
    const finishMs = release.snapshot?.events.at(-1)?.endedAtMs ?? Number.NaN
    const endedMs = release.endedAt?.atMs ?? Number.NaN
    exits.push(endedMs - finishMs)
    requests.push(calls.length)
    perMinute.push(calls.length / ((endedMs - release.startedAt.atMs) / 60_000))
  }
  return {
    exitP50Ms: percentile(exits, 50),
    exitP95Ms: percentile(exits, 95),
    requestsP50: percentile(requests, 50),
    requestsPerMinuteP50: percentile(perMinute, 50),
    requestsPerMinuteMax: Math.max(...perMinute),
  }
}

/** Installs of 40 s to 6 min and hooks of 1 s to 2 min, because no two releases take the same time. */
function varied(scenario: Scenario, random: () => number): Scenario {
  const install = 40 + random() * 320
  const plans = Object.entries(scenario.hookPlans).map(([name, plan]) => [
    name,
    { ...plan, afterSeconds: 1 + random() * 119 },
  ])
  return { ...scenario, timings: { ...scenario.timings, install }, hookPlans: Object.fromEntries(plans) }
}
