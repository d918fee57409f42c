import type { DeploymentConfigInfo } from '@aws-sdk/client-codedeploy'

/** How production traffic moves to the replacement. */
export interface TrafficShift {
  kind: 'all-at-once' | 'canary' | 'linear'
  /** From the first percent to all of it, in milliseconds; 0 for all at once. */
  durationMs: number
  /** Percent per step and milliseconds between steps; 100 and 0 for all at once. */
  stepPercent: number
  stepMs: number
}

const MINUTE_MS = 60_000
const ALL_AT_ONCE: TrafficShift = { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 }

/**
 * Reads a deployment configuration. The first step comes at the start of AllowTraffic, so a linear shift has one
 * interval less than steps. Source: API Reference, TrafficRoutingConfig; the first step is observed.
 */
export function readTrafficShift(config: DeploymentConfigInfo): TrafficShift {
  const routing = config.trafficRoutingConfig
  if (routing?.type === 'TimeBasedCanary') {
    const stepMs = (routing.timeBasedCanary?.canaryInterval ?? 0) * MINUTE_MS
    return { kind: 'canary', durationMs: stepMs, stepPercent: routing.timeBasedCanary?.canaryPercentage ?? 100, stepMs }
  }
  if (routing?.type === 'TimeBasedLinear') {
    const stepMs = (routing.timeBasedLinear?.linearInterval ?? 0) * MINUTE_MS
    const stepPercent = routing.timeBasedLinear?.linearPercentage || 100
    return { kind: 'linear', durationMs: (Math.ceil(100 / stepPercent) - 1) * stepMs, stepPercent, stepMs }
  }
  return ALL_AT_ONCE
}

/** The shift in words: "10 % first, the rest after 5 min". */
export function describeShift({ kind, stepPercent, stepMs }: TrafficShift): string {
  const minutes = stepMs / MINUTE_MS
  if (kind === 'canary') return `${stepPercent} % first, the rest after ${minutes} min`
  if (kind === 'linear') return `${stepPercent} % every ${minutes} min`
  return 'all at once'
}
