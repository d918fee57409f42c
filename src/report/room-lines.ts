import { type EngineWords, wordsOf } from '../engines/words.ts'
import { describeOccupant } from '../group/busy-problem.ts'
import type { Occupant } from '../group/occupant.ts'
import { leftMs, type WaitTerms } from '../group/wait-terms.ts'
import type { Wait } from '../group/waits-so-far.ts'
import { atMost, capitalized, clockTime, duration } from '../text/words.ts'
import type { Moment } from '../time/clock.ts'

/** What is waited for, or what is done about it. */
export function roomStepLine(step: Wait['step'], occupant: Occupant, room: WaitTerms, now: Moment): string {
  const { ways } = wordsOf(room.service.controller)
  const url = ways.deploymentUrl(occupant.id, { ...room, region: room.service.region })
  const who = `deployment ${describeOccupant(occupant, now.atMs)}`
  return `${clockTime(now.atMs)}  ${roomStepText(step, who, occupant, room, now)}${url === undefined ? '' : ` ${url}`}`
}

function roomStepText(step: Wait['step'], who: string, { freeAtMs }: Occupant, room: WaitTerms, now: Moment): string {
  const { placeName, terminationWait } = wordsOf(room.service.controller)
  switch (step) {
    case 'wait': {
      const free = freeAtMs === undefined ? '' : `, until about ${clockTime(freeAtMs)}`
      return `${capitalized(placeName(room))} is busy. Waiting${free}, at most ${atMost(leftMs(room, now))}, for ${who}.`
    }
    case 'stop':
      return `Stopping with rollback, because of on-active-deployment: replace, while production is at 0 % on it: ${who}.`
    case 'end-termination-wait':
      return `Ending the ${terminationWait}, because of on-active-deployment: replace: its original task set goes now, and with it the instant rollback; ${who}.`
  }
}

/** After minutes of silence. */
export function stillBusyLine(occupant: Occupant, room: WaitTerms, now: Moment): string {
  return `${clockTime(now.atMs)}  Still waiting, at most ${atMost(Math.max(0, leftMs(room, now)))} more, for deployment ${describeOccupant(occupant, now.atMs)}.`
}

/** The wait is over. */
export function freeLine(afterMs: number, { busyPart }: EngineWords, nowMs: number): string {
  return `${clockTime(nowMs)}  The ${busyPart} is free after ${duration(afterMs)}. Checking again what may have changed.`
}
