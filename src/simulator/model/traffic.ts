import { otherTargetGroup, type TargetGroupIndex } from '../names.ts'
import type { TrafficRouting } from '../scenario.ts'

/** Where the production listener sends requests, in percent for each of the two target groups; they sum to 100. */
export type Weights = readonly [number, number]

export interface WeightStep {
  /** Milliseconds after AllowTraffic started. */
  afterMs: number
  /** Percent of production on the replacement. */
  percent: number
}

/**
 * How production moves to the replacement. The first step is taken at the start of AllowTraffic (observed).
 * A linear percentage that does not divide 100 ends in a smaller step (assumed).
 * Source: CodeDeploy API Reference, TrafficRoutingConfig.
 */
export function weightSteps(routing: TrafficRouting): WeightStep[] {
  switch (routing.type) {
    case 'AllAtOnce':
      return [{ afterMs: 0, percent: 100 }]
    case 'TimeBasedCanary':
      return [
        { afterMs: 0, percent: routing.percentage },
        { afterMs: routing.intervalMinutes * 60_000, percent: 100 },
      ]
    case 'TimeBasedLinear':
      return Array.from({ length: Math.ceil(100 / routing.percentage) }, (_, i) => ({
        afterMs: i * routing.intervalMinutes * 60_000,
        percent: Math.min(100, routing.percentage * (i + 1)),
      }))
  }
}

export function weightsWith(target: TargetGroupIndex, percent: number): Weights {
  const rest = 100 - percent
  return otherTargetGroup(target) === 1 ? [percent, rest] : [rest, percent]
}
