import type { RoomStep } from './room-policy.ts'

/** A deployment that a release waited for, or ended, before it could begin. Times are milliseconds since 1970. */
export interface Wait {
  deploymentId: string
  /** What was done to make room; `wait`: nothing but waiting. */
  step: Exclude<RoomStep, 'refuse'>
  startedAtMs: number
  /** Undefined while it goes on. */
  endedAtMs: number | undefined
}

/** The waits so far with this one going on; a deployment that gives way to its rollback makes another. */
export function withWait(
  waits: readonly Wait[],
  deploymentId: string,
  step: Wait['step'],
  nowMs: number,
): readonly Wait[] {
  const last = waits.at(-1)
  if (last === undefined || last.deploymentId !== deploymentId || last.endedAtMs !== undefined) {
    return [...endedWaits(waits, nowMs), { deploymentId, step, startedAtMs: nowMs, endedAtMs: undefined }]
  }
  return step === 'wait' || step === last.step ? waits : [...waits.slice(0, -1), { ...last, step }]
}

/** The waits with none going on. */
export function endedWaits(waits: readonly Wait[], nowMs: number): readonly Wait[] {
  return waits.map((wait) => (wait.endedAtMs === undefined ? { ...wait, endedAtMs: nowMs } : wait))
}

/** How long was waited in all, in milliseconds. */
export function waitedMs(waits: readonly Wait[], nowMs: number): number {
  return waits.reduce((sum, { startedAtMs, endedAtMs }) => sum + (endedAtMs ?? nowMs) - startedAtMs, 0)
}
