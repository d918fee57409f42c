import type { FinishLine } from '../inputs/choices.ts'
import { stepOf } from '../lifecycle/step.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import type { Phase } from './phase.ts'
import { type Hooks, hookAt } from './snapshot.ts'

/** How long a release may take. All in milliseconds. */
export interface Budget {
  /** The longest the whole wait can be, for telling beforehand. */
  totalMs: number
  /** One limit from the start of the deployment to the finish line; undefined when each phase has its own. */
  overallMs: number | undefined
  /** How long the phase may last. Not used when there is one limit for all. */
  phaseMs(phase: Phase): number
}

const MINUTE_MS = 60_000

/**
 * Where the service has a limit of its own for tasks to become healthy and for a hook to answer that ends within hours,
 * it is 60 minutes; ours is 5 more, so that its verdict comes first. Source: the limits of deployments to ECS in AWS's
 * guides.
 */
const PROVISIONING_MS = 65 * MINUTE_MS
const HOOK_MS = 65 * MINUTE_MS

/** What the service may take beyond a wait whose length is configured. */
const SLACK_MS = 5 * MINUTE_MS

/** An event that has not started within 5 minutes fails the deployment; then as above. Source: "Limits". */
const BETWEEN_EVENTS_MS = 10 * MINUTE_MS

/**
 * What ECS takes for one step of a shift by itself, beyond the wait between two, and how much longer behind a network load
 * balancer. Source: ECS Developer Guide (about ten minutes for each traffic stage); the first is observed to be less.
 */
const ECS_STEP_MS = 2 * MINUTE_MS
const ECS_NETWORK_MS = 10 * MINUTE_MS

/** How long a rollback may take, in milliseconds: it moves listeners and starts nothing. */
export const ROLLBACK_BUDGET_MS = 15 * MINUTE_MS

export interface BudgetFacts {
  /** `wait-for-minutes`, in milliseconds. */
  waitForMs: number | undefined
  waitsForTermination: boolean
  /** The finish line is `Ready`, before production moves. */
  endsAtReady?: boolean
  group: Pick<DeploymentGroup, 'holdsAtReady' | 'readyWaitMs' | 'terminationWaitMs'> &
    Partial<Pick<DeploymentGroup, 'ecs' | 'isBehindNetwork'>>
  shift: TrafficShift
  hooks: Hooks
}

/** What a finish line means for the budget. */
export function finishOf(finishLine: FinishLine): Pick<BudgetFacts, 'waitsForTermination' | 'endsAtReady'> {
  return { waitsForTermination: finishLine === 'completion', endsAtReady: finishLine === 'test-traffic' }
}

/** The budget of a release. The group's configured waits come on top of `wait-for-minutes`, as in the official action. */
export function budgetFor(facts: BudgetFacts): Budget {
  const { waitForMs, waitsForTermination, endsAtReady = false, group, shift, hooks } = facts
  const ecs = ecsExtras(group, shift, hooks)
  const readyMs = group.readyWaitMs
  const terminationMs = waitsForTermination ? (group.terminationWaitMs ?? 0) : 0
  const hooksMs = Object.keys(hooks).length * HOOK_MS
  const shiftMs = shift.durationMs + SLACK_MS + ecs.shiftMs
  const waitsMs = ecs.pausesMs ?? readyMs
  const limits: Record<Phase['kind'], number> = {
    provisioning: PROVISIONING_MS,
    hook: HOOK_MS,
    ready: (ecs.longestPauseMs ?? readyMs) + SLACK_MS,
    shift: shiftMs,
    between: BETWEEN_EVENTS_MS + ecs.networkMs,
    // Which of its phases it is in cannot be seen, and often only its own end can.
    unseen: PROVISIONING_MS + hooksMs + waitsMs + shiftMs + (group.terminationWaitMs ?? 0) + SLACK_MS,
    termination: terminationMs + SLACK_MS,
    ended: 0,
    rollback: ROLLBACK_BUDGET_MS,
  }
  const overallMs = waitForMs === undefined ? undefined : waitForMs + (endsAtReady ? 0 : waitsMs + terminationMs)
  const toReadyMs = PROVISIONING_MS + hooksBeforeReady(hooks).length * HOOK_MS
  const toTheEndMs =
    PROVISIONING_MS +
    hooksMs +
    (group.holdsAtReady || waitsMs > 0 ? waitsMs + SLACK_MS : 0) +
    2 * ecs.networkMs +
    limits.shift +
    (waitsForTermination ? limits.termination : 0)
  return {
    overallMs,
    totalMs: overallMs ?? (endsAtReady ? toReadyMs : toTheEndMs),
    phaseMs: (phase) => {
      const isInShift = phase.kind === 'hook' && stepOf(phase.event) === 'shift'
      return limits[phase.kind] + (isInShift ? limits.shift : 0)
    },
  }
}

/** What comes on top where ECS itself deploys: what its steps take, and the waits for somebody that each has. */
function ecsExtras({ ecs, isBehindNetwork = false }: BudgetFacts['group'], shift: TrafficShift, hooks: Hooks) {
  if (ecs === undefined) return { shiftMs: 0, networkMs: 0, pausesMs: undefined, longestPauseMs: undefined }
  const steps = stepsOf(shift)
  const networkMs = isBehindNetwork ? ECS_NETWORK_MS : 0
  // A function before each step is invoked while the shift goes on.
  const isHooked = steps > 1 && hookAt(hooks, 'before-shift') !== undefined
  const pauses = ecs.pauses.flatMap(({ stages, timeoutMs }) =>
    stages.map((stage) => ({ timeoutMs, times: stepOf(stage) === 'before-shift' ? steps : 1 })),
  )
  return {
    shiftMs: steps * (ECS_STEP_MS + networkMs) + (isHooked ? HOOK_MS : 0),
    networkMs,
    pausesMs: pauses.reduce((sum, { timeoutMs, times }) => sum + times * timeoutMs, 0),
    longestPauseMs: Math.max(0, ...pauses.map(({ timeoutMs }) => timeoutMs)),
  }
}

function stepsOf({ kind, stepPercent }: TrafficShift): number {
  if (kind === 'linear') return Math.max(1, Math.ceil(100 / stepPercent))
  return kind === 'canary' ? 2 : 1
}

/** The hooks that run before a deployment waits at `Ready`. */
export function hooksBeforeReady(hooks: Hooks): [event: string, hookFunction: string][] {
  return Object.entries(hooks).filter(([event]) => {
    const step = stepOf(event)
    return step !== 'before-shift' && step !== 'after-shift'
  })
}
