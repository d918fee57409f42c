import type { TrafficShift } from '../service/traffic-shift.ts'
import type { Phase } from './phase.ts'
import { replacementOf, type Snapshot } from './snapshot.ts'

/** What decides how soon to look again. Durations in milliseconds. */
export interface PaceFacts {
  snapshot: Snapshot | undefined
  phase: Phase
  /** How long the deployment has been in this phase, as far as we have seen. */
  inPhaseMs: number
  shift: TrafficShift
  terminationWaitMs: number
  /** Reads that failed since the last one that did not. */
  failedReads: number
  /** From 0 up to 1. */
  random: number
}

const SECOND_MS = 1_000

/** Throttled or failing reads are spread up to this far apart, in milliseconds. */
const LONGEST_BACK_OFF_MS = 60_000

/**
 * How soon to look again, in milliseconds: close together when something is about to change, far apart in a wait whose
 * length is known. Spread by up to a tenth, so that many releases do not look in step.
 */
export function nextLookMs(facts: PaceFacts): number {
  const spread = 0.9 + 0.2 * facts.random
  if (facts.failedReads > 0) {
    return Math.min(LONGEST_BACK_OFF_MS, 2_500 * 2 ** Math.min(facts.failedReads, 6)) * spread
  }
  return restMs(facts) * spread
}

function restMs({ snapshot, phase, inPhaseMs, shift, terminationWaitMs }: PaceFacts): number {
  switch (phase.kind) {
    case 'provisioning':
      return provisioningRestMs(snapshot, inPhaseMs)
    case 'hook':
      return hookRestMs(inPhaseMs)
    case 'ready':
      return 10 * SECOND_MS
    case 'shift':
      return untilKnownMoment(shiftSteps(shift), inPhaseMs, 15 * SECOND_MS)
    case 'between':
      return inPhaseMs < 20 * SECOND_MS ? 2 * SECOND_MS : 5 * SECOND_MS
    case 'unseen':
      return unseenRestMs(inPhaseMs)
    case 'termination':
      return untilKnownMoment([terminationWaitMs], inPhaseMs, 30 * SECOND_MS)
    case 'ended':
    case 'rollback':
      return 2 * SECOND_MS
  }
}

/** Nothing can be healthy before its tasks run; once all of them run it may be any moment. */
function provisioningRestMs(snapshot: Snapshot | undefined, inPhaseMs: number): number {
  const replacement = replacementOf(snapshot)
  if (replacement === undefined) return inPhaseMs < 10 * SECOND_MS ? 2 * SECOND_MS : 5 * SECOND_MS
  const allRun = replacement.desired > 0 && replacement.running >= replacement.desired
  return allRun ? 5 * SECOND_MS : 12 * SECOND_MS
}

/** A rollback is over within seconds; anything else takes its time. */
function unseenRestMs(inPhaseMs: number): number {
  if (inPhaseMs < 20 * SECOND_MS) return 2 * SECOND_MS
  return inPhaseMs < 1_200 * SECOND_MS ? 10 * SECOND_MS : 30 * SECOND_MS
}

/** Most hooks answer within seconds or not at all. */
function hookRestMs(inPhaseMs: number): number {
  if (inPhaseMs < 60 * SECOND_MS) return 3 * SECOND_MS
  if (inPhaseMs < 300 * SECOND_MS) return 5 * SECOND_MS
  return inPhaseMs < 900 * SECOND_MS ? 10 * SECOND_MS : 20 * SECOND_MS
}

/** Milliseconds from the start of the shift to each later step. */
function shiftSteps({ kind, durationMs, stepMs }: TrafficShift): number[] {
  if (kind !== 'linear' || stepMs === 0) return [durationMs]
  return Array.from({ length: Math.round(durationMs / stepMs) }, (_, index) => (index + 1) * stepMs)
}

/** Looks right after each moment at which something is due, and every `atMostMs` in between. */
function untilKnownMoment(momentsMs: readonly number[], inPhaseMs: number, atMostMs: number): number {
  const next = momentsMs.find((moment) => moment > inPhaseMs)
  if (next !== undefined) return Math.min(atMostMs, next - inPhaseMs + SECOND_MS)
  const lastMs = momentsMs.at(-1) ?? 0
  return inPhaseMs - lastMs < 30 * SECOND_MS ? 2 * SECOND_MS : 5 * SECOND_MS
}
