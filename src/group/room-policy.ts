import type { RoomPolicy } from '../inputs/choices.ts'
import type { Stage } from './stage.ts'

/** What makes room, or that nothing does. */
export type RoomStep = 'wait' | 'stop' | 'end-termination-wait' | 'refuse'

/**
 * What each policy does at each stage. Nobody waits for a person; production that has moved is never moved back; a
 * rollback is never disturbed.
 */
const STEPS: Record<RoomPolicy, Record<Stage, RoomStep>> = {
  wait: { unshifted: 'wait', shifting: 'wait', held: 'refuse', shifted: 'wait', 'rolling-back': 'wait' },
  replace: {
    unshifted: 'stop',
    shifting: 'wait',
    held: 'stop',
    shifted: 'end-termination-wait',
    'rolling-back': 'wait',
  },
  fail: { unshifted: 'refuse', shifting: 'refuse', held: 'refuse', shifted: 'refuse', 'rolling-back': 'refuse' },
}

export interface RoomFacts {
  stage: Stage
  /** It is the rollback of an earlier attempt of this very job, which is no reason to fail. */
  isOwnRollback: boolean
  /** In how many milliseconds its termination wait is over, if it is in it and that is known. */
  freeInMs: number | undefined
  /** The steps that it was asked for already. */
  asked: ReadonlySet<RoomStep>
  /** How much longer we wait at most, in milliseconds. */
  leftMs: number
}

/** What to do about a deployment that keeps the group busy. */
export function roomStep(policy: RoomPolicy, facts: RoomFacts): RoomStep {
  const { stage, freeInMs, asked, leftMs } = facts
  const step = policy === 'fail' && facts.isOwnRollback ? 'wait' : STEPS[policy][stage]
  const next = asked.has(step) ? 'wait' : step
  // A step that AWS does not take is tried again for no longer than is waited.
  if (next !== 'wait') return leftMs > 0 ? next : 'refuse'
  const isTooLong = stage === 'shifted' && !asked.has('end-termination-wait') && (freeInMs ?? 0) > leftMs
  return leftMs <= 0 || isTooLong ? 'refuse' : 'wait'
}
