import { endReasonOf } from '../../src/code-deploy/code-deploy-snapshot.ts'
import type { EventReading, EventStatus, Snapshot, TaskSetReading } from '../../src/follow/snapshot.ts'
import type { Moment } from '../../src/time/clock.ts'

/** When the deployments of these tests were created, in milliseconds since 1970. */
export const T0 = Date.UTC(2026, 7, 8, 12, 0, 0)

/** So many seconds later, by both clocks. */
export function at(second: number): Moment {
  return { atMs: T0 + second * 1000, monotonicMs: second * 1000 }
}

export const EVENT_NAMES = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
]

const LETTERS: Record<string, EventStatus> = {
  S: 'succeeded',
  R: 'running',
  P: 'pending',
  F: 'failed',
  K: 'skipped',
}

/** Events by letters, as in `SSRPPPPP`; each takes a second, one after the other. */
export function events(letters: string): EventReading[] {
  return [...letters].map((letter, index) => {
    const status = LETTERS[letter] ?? 'unknown'
    const isStarted = status !== 'pending' && status !== 'skipped'
    return {
      name: EVENT_NAMES[index] ?? '',
      status,
      startedAtMs: isStarted ? T0 + index * 1000 : undefined,
      endedAtMs: isStarted && status !== 'running' ? T0 + (index + 1) * 1000 : undefined,
      diagnostics: undefined,
    }
  })
}

/** A reading of a running deployment with these events; everything else as `change` says. */
export function snapshot(letters: string, change: Partial<Snapshot> = {}): Snapshot {
  const { status, error } = change
  const isOver = status === 'failed' || status === 'stopped'
  return {
    ...(isOver && { endReason: endReasonOf(status, error) }),
    deploymentId: 'd-ORIGINAL1',
    statusReadAt: at(0),
    eventsAreStale: false,
    eventsReadAt: at(0),
    trafficReadAt: at(0),
    status: 'running',
    readySinceMs: undefined,
    statusWord: 'InProgress',
    createdAtMs: T0,
    startedAtMs: T0,
    endedAtMs: undefined,
    error: undefined,
    rollbackOn: undefined,
    rollback: undefined,
    events: events(letters),
    eventsAreDone: letters !== '' && [...letters].every((letter) => letter === 'S'),
    taskSets: [],
    ...change,
  }
}

/** Original and replacement with the given percent of production on the replacement. */
export function taskSets(percent: number, change: Partial<TaskSetReading> = {}): TaskSetReading[] {
  const common = { running: 2, pending: 0, desired: 2 }
  return [
    { ...common, id: 'ecs-svc/1', role: 'original', state: 'primary', trafficPercent: 100 - percent },
    { ...common, id: 'ecs-svc/2', role: 'replacement', state: 'active', trafficPercent: percent, ...change },
  ]
}
