import { CallError } from '../../src/aws/attempts.ts'
import type { ErrorKind } from '../../src/aws/service-error.ts'
import { REFUSALS } from '../../src/code-deploy/refusals.ts'
import type { Following, Heartbeat } from '../../src/follow/following.ts'
import { Outage, type OutageNews } from '../../src/follow/outage.ts'
import type { ReleaseEngine } from '../../src/follow/release-engine.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import type { TimelineEntry } from '../../src/follow/timeline.ts'
import { T0 } from './snapshots.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

const HOUR_MS = 3_600_000

/** What was asked of an engine: `observe`, `stop` and so on, with the milliseconds since the start. */
export interface Asked {
  atMs: number
  what: string
  deploymentId: string
}

export interface HandEngine extends ReleaseEngine {
  asked: Asked[]
  /** When this was asked for, in milliseconds since the start. */
  times(what: string): number[]
}

/**
 * An engine whose deployments are what `at` says so many seconds after the start; what asks for a change does nothing
 * unless `change` says something else.
 */
export function handEngine(
  clock: VirtualClock,
  at: (second: number, deploymentId: string) => Snapshot | Promise<Snapshot>,
  change: Partial<Pick<ReleaseEngine, 'stop' | 'promote' | 'endTerminationWait'>> = {},
): HandEngine {
  const asked: Asked[] = []
  const note = (what: string, deploymentId: string) => asked.push({ atMs: clock.now() - T0, what, deploymentId })
  return {
    asked,
    times: (what) => asked.filter((one) => one.what === what).map(({ atMs }) => atMs),
    start: () => Promise.reject(new Error('not part of settling')),
    findStarted: () => Promise.reject(new Error('not part of settling')),
    ...REFUSALS,
    observe: async (deploymentId) => {
      note('observe', deploymentId)
      return await at((clock.now() - T0) / 1000, deploymentId)
    },
    stop: async (deploymentId, options) => {
      note(options.rollback ? 'stop with rollback' : 'stop', deploymentId)
      await change.stop?.(deploymentId, options)
    },
    promote: async (deploymentId) => {
      note('promote', deploymentId)
      await change.promote?.(deploymentId)
    },
    endTerminationWait: async (deploymentId) => {
      note('end the termination wait', deploymentId)
      await change.endTerminationWait?.(deploymentId)
    },
  }
}

/** A call that AWS answered with an error of this kind, or did not answer. */
export function callError(kind: ErrorKind, code = 'Code', notAccepted = false): CallError {
  return new CallError('codedeploy:Call', { kind, code, message: 'message', notAccepted }, undefined)
}

/** How a hand-written engine is followed, on a clock of its own, and what is told meanwhile. */
export function handFollowing(change: Partial<Following> = {}) {
  const clock = virtualClock(1, T0)
  const cancellation = new AbortController()
  const told = {
    entries: [] as TimelineEntry[],
    snapshots: [] as Snapshot[],
    heartbeats: [] as Heartbeat[],
    readTroubles: [] as OutageNews[],
    stopsAccepted: 0,
  }
  const following: Following = {
    clock,
    signal: cancellation.signal,
    random: () => 0.5,
    finishLine: 'production-traffic',
    budget: { totalMs: HOUR_MS, overallMs: undefined, phaseMs: () => HOUR_MS },
    hooks: {},
    shift: { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 },
    terminationWaitMs: 0,
    autoPromote: false,
    onEntry: (entry) => told.entries.push(entry),
    onSnapshot: (snapshot) => told.snapshots.push(snapshot),
    onHeartbeat: (heartbeat) => told.heartbeats.push(heartbeat),
    reading: new Outage((news) => told.readTroubles.push(news)),
    onRequestTrouble: () => {},
    onPromotionDenied: () => {},
    onStopAccepted: () => {
      told.stopsAccepted += 1
    },
    reasonToGiveUp: async () => undefined,
    ...change,
  }
  return { clock, following, told, cancel: () => cancellation.abort() }
}
