import { elapsedMs, type Moment } from '../time/clock.ts'
import type { RoomStep } from './room-policy.ts'

/** A deployment that a release waited for, or ended, before it could begin. */
export interface Wait {
  deploymentId: string
  /** What was done to make room; `wait`: nothing but waiting. */
  step: Exclude<RoomStep, 'refuse'>
  startedAt: Moment
  /** Undefined while it goes on. */
  endedAt: Moment | undefined
}

/** The waits so far with this one going on; a deployment that gives way to its rollback makes another. */
export function withWait(
  waits: readonly Wait[],
  deploymentId: string,
  step: Wait['step'],
  now: Moment,
): readonly Wait[] {
  const last = waits.at(-1)
  if (last === undefined || last.deploymentId !== deploymentId || last.endedAt !== undefined) {
    return [...endedWaits(waits, now), { deploymentId, step, startedAt: now, endedAt: undefined }]
  }
  return step === 'wait' || step === last.step ? waits : [...waits.slice(0, -1), { ...last, step }]
}

/** The waits with none going on. */
export function endedWaits(waits: readonly Wait[], now: Moment): readonly Wait[] {
  return waits.map((wait) => (wait.endedAt === undefined ? { ...wait, endedAt: now } : wait))
}

/** How long was waited in all, in milliseconds. */
export function waitedMs(waits: readonly Wait[], now: Moment): number {
  return waits.reduce((sum, { startedAt, endedAt }) => sum + elapsedMs(startedAt, endedAt ?? now), 0)
}
