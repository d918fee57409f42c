import type { EventReading, EventStatus } from '../follow/snapshot.ts'
import { ECS_STAGES, type EcsStage } from '../lifecycle/step.ts'

/*
 * ECS tells the stage that a deployment is in, and none of those before. What has been is kept from look to look, with
 * the times at which it was first seen; what passed between two looks was not seen.
 */

/** What one look tells of the stages. */
export interface StageReading {
  /** The stage it is in, or was in when it ended; undefined when none is told. */
  stage: EcsStage | undefined
  /** It waits for somebody at that stage, and the functions of the stage are done. */
  isHeld: boolean
  /** How it ended; undefined while it goes on. */
  end: StageEnd | undefined
}

export interface StageEnd {
  isGood: boolean
  /** The stage that failed, where ECS names it. */
  failedStage: EcsStage | undefined
  /** What ECS says of the hook that failed. */
  diagnostics: string | undefined
  /** Somebody, or nobody in time, ended its wait: the stage at which it waited has not failed by that. */
  isWaitOver: boolean
  /** The told stage may be one on the way back, behind which there was more. */
  isOnTheWayBack: boolean
}

/** When a look was made. Milliseconds since 1970. */
export interface SightTimes {
  nowMs: number
  /** When the deployment ended. */
  endedAtMs: number
}

/** The stages of a deployment, as this look and those before it tell. */
export function stageEvents(reading: StageReading, before: readonly EventReading[], times: SightTimes): EventReading[] {
  const known = new Map(before.map((event) => [event.name, event]))
  const names = ECS_STAGES.filter((name) => name !== 'RECONCILE_SERVICE' || known.has(name) || reading.stage === name)
  const events = names.map((name) => known.get(name) ?? newEvent(name))
  const told = reading.stage === undefined ? -1 : names.indexOf(reading.stage)
  const furthest = Math.max(lastBegun(events), told)
  const { end } = reading
  if (end === undefined) {
    return events.map((event, at) => {
      if (at < furthest) return passed(event, times.nowMs)
      return at === furthest ? current(event, reading.isHeld && at === told, times.nowMs) : event
    })
  }
  if (end.isGood) return events.map((event) => passed(event, times.endedAtMs))
  const failed = end.failedStage === undefined ? furthest : names.indexOf(end.failedStage)
  return events.map((event, at) => {
    if (at === failed) return failedEvent(event, end, times)
    // A shift goes on while a stage before one of its steps runs again.
    if (at > failed && event.status === 'running') return { ...event, status: 'failed', endedAtMs: times.endedAtMs }
    if (at < failed || isOver(event)) return passed(event, times.endedAtMs)
    return { ...event, status: end.isOnTheWayBack ? 'unknown' : 'skipped' }
  })
}

function newEvent(name: string): EventReading {
  return { name, status: 'pending', startedAtMs: undefined, endedAtMs: undefined, diagnostics: undefined }
}

/** The place of the last stage that has begun by what was seen before; -1: none. */
function lastBegun(events: readonly EventReading[]): number {
  return events.findLastIndex(({ status }) => status !== 'pending' && status !== 'skipped')
}

function isOver({ status }: EventReading): boolean {
  return status === 'succeeded' || status === 'unseen' || status === 'failed'
}

/** The stage is behind: done when it was seen to run, else it has passed between two looks. */
function passed(event: EventReading, atMs: number): EventReading {
  if (isOver(event)) return event
  if (event.status === 'running') return { ...event, status: 'succeeded', endedAtMs: atMs }
  return { ...event, status: 'unseen' }
}

function current(event: EventReading, isHeld: boolean, nowMs: number): EventReading {
  // Once its functions are done it does not run again, but that it is left by a step or a pause that was continued.
  if (event.status === 'succeeded') return event
  const status: EventStatus = isHeld ? 'succeeded' : 'running'
  return { ...event, status, startedAtMs: event.startedAtMs ?? nowMs, endedAtMs: isHeld ? nowMs : undefined }
}

function failedEvent(event: EventReading, end: StageEnd, { endedAtMs }: SightTimes): EventReading {
  const isNamed = end.failedStage === event.name && !end.isWaitOver
  if (event.status === 'succeeded' && !isNamed) return event
  const status: EventStatus = end.isWaitOver ? 'succeeded' : 'failed'
  return { ...event, status, endedAtMs, diagnostics: end.diagnostics }
}
