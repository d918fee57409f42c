import { otherTargetGroup, type TargetGroupIndex } from '../names.ts'
import type { Assumptions, TrafficRouting } from '../scenario.ts'

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
 * Whether a linear percentage that does not divide 100 ends in a smaller step or in a larger one is assumed.
 * Source: CodeDeploy API Reference, TrafficRoutingConfig.
 */
export function weightSteps(routing: TrafficRouting, { linearRemainder }: Assumptions): WeightStep[] {
  switch (routing.type) {
    case 'AllAtOnce':
      return [{ afterMs: 0, percent: 100 }]
    case 'TimeBasedCanary':
      return [
        { afterMs: 0, percent: routing.percentage },
        { afterMs: routing.intervalMinutes * 60_000, percent: 100 },
      ]
    case 'TimeBasedLinear':
      return linearPercents(routing.percentage, linearRemainder).map((percent, i) => ({
        afterMs: i * routing.intervalMinutes * 60_000,
        percent,
      }))
  }
}

function linearPercents(percentage: number, remainder: Assumptions['linearRemainder']): number[] {
  const whole = Math.max(1, Math.floor(100 / percentage))
  const percents = Array.from({ length: whole }, (_, i) => Math.min(100, percentage * (i + 1)))
  if (percents.at(-1) === 100) return percents
  return remainder === 'own-step' ? [...percents, 100] : [...percents.slice(0, -1), 100]
}

export function weightsWith(target: TargetGroupIndex, percent: number): Weights {
  const rest = 100 - percent
  return otherTargetGroup(target) === 1 ? [percent, rest] : [rest, percent]
}
