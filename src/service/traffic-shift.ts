import type { DeploymentConfigInfo } from '@aws-sdk/client-codedeploy'

/** How production traffic moves to the replacement. */
export interface TrafficShift {
  kind: 'all-at-once' | 'canary' | 'linear' | 'unknown'
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

/** The longest that a shift can take. Source: CodeDeploy User Guide, "Limits": from the first to the last step. */
const LONGEST_MS = 2_880 * MINUTE_MS

/**
 * The shift of a configuration that may not be read. The names of CodeDeploy's own say everything; any other can take
 * as long as CodeDeploy allows.
 */
export function shiftByName(deploymentConfig: string): TrafficShift {
  if (deploymentConfig === 'CodeDeployDefault.ECSAllAtOnce') return ALL_AT_ONCE
  const own = /^CodeDeployDefault\.ECS(Canary|Linear)(\d{1,2})Percent(?:Every)?(\d{1,3})Minutes$/.exec(deploymentConfig)
  if (own === null) return { kind: 'unknown', durationMs: LONGEST_MS, stepPercent: 100, stepMs: 0 }
  const percent = Number(own[2])
  const minutes = Number(own[3])
  return readTrafficShift({
    trafficRoutingConfig:
      own[1] === 'Canary'
        ? { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: percent, canaryInterval: minutes } }
        : { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: percent, linearInterval: minutes } },
  })
}

/** The shift in words: "10 % first, the rest after 5 min". */
export function describeShift({ kind, stepPercent, stepMs }: TrafficShift): string {
  const minutes = stepMs / MINUTE_MS
  if (kind === 'canary') return `${stepPercent} % first, the rest after ${minutes} min`
  if (kind === 'linear') return `${stepPercent} % every ${minutes} min`
  return kind === 'unknown' ? 'in steps that could not be seen' : 'all at once'
}
