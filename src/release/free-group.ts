import { CallError, isPassing } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { wordsOf } from '../engines/words.ts'
import { Outage } from '../follow/outage.ts'
import { busyProblem } from '../group/busy-problem.ts'
import { endOccupant, isTooLate } from '../group/end-occupant.ts'
import { findOccupant } from '../group/find-occupant.ts'
import type { Occupant } from '../group/occupant.ts'
import type { RoomStep } from '../group/room-policy.ts'
import { Sightings } from '../group/sightings.ts'
import { leftMs, stepAgainst, type WaitTerms } from '../group/wait-terms.ts'
import { endedWaits, type Wait, waitedMs, withWait } from '../group/waits-so-far.ts'
import { readTroubleLine, requestTroubleLine } from '../report/outage-lines.ts'
import { freeLine, roomStepLine, stillBusyLine } from '../report/room-lines.ts'
import { momentOf } from '../time/clock.ts'
import { until } from '../time/race.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

const SECOND_MS = 1_000

/** Silence after which the log says what is being waited for, in milliseconds. */
const HEARTBEAT_MS = 300_000

/** What is remembered from one look to the next. */
interface Making {
  /** What each deployment was asked for already. */
  asked: Map<string, Set<RoomStep>>
  /** What was told last, and when by the monotonic clock. */
  told: string
  toldMs: number
  reading: Outage
  asking: Outage
  sightings: Sightings
}

/**
 * Waits until the deployment group is free, or makes it free, as `on-active-deployment` says; a rollback of what is in
 * the way counts too. What was checked before may have changed then. Changes AWS with `replace` only.
 * @param first what is in the way, as the checks saw it
 * @returns whether the group is free; when it is not, the release has ended
 */
export async function freeGroup(
  room: WaitTerms,
  first: Occupant,
  autoPromote: boolean,
  world: World,
  progress: Progress,
): Promise<boolean> {
  const { clock, log, signal } = world
  const sightings = new Sightings()
  sightings.see(first.snapshot)
  const making: Making = { asked: new Map(), told: '', toldMs: clock.monotonicMs(), ...troublesOf(world), sightings }
  let occupant: Occupant | undefined = first
  let isFresh = false
  try {
    while (occupant !== undefined && !signal.aborted) {
      const step = stepAgainst(room, occupant, askedOf(making, occupant), momentOf(clock))
      const isUnseen = making.reading.failures > 0
      if (step === 'refuse' || (isUnseen && leftMs(room, momentOf(clock)) <= 0)) {
        progress.end('refused', { ...endOf(progress, world), problems: [busyProblem(occupant, room, momentOf(clock))] })
        return false
      }
      if (step === 'wait' || isFresh) {
        const objection = step === 'wait' ? undefined : await room.objection?.()
        if (objection !== undefined) {
          progress.end('refused', { ...endOf(progress, world), problems: [objection] })
          return false
        }
        if (signal.aborted) break
        tell(step, occupant, making, room, world, progress)
        await until(signal, take(step, occupant, making, room, world))
        await clock.sleep(restMs(occupant, making, world), signal)
      } else if (isUnseen) {
        await clock.sleep(restMs(occupant, making, world), signal)
      }
      // What is stopped is looked at right before.
      if (signal.aborted) break
      occupant = await until(signal, lookAgain(occupant, making, room, autoPromote, world))
      isFresh = making.reading.failures === 0
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (!signal.aborted) {
      progress.end('refused', { ...endOf(progress, world), problems: [callProblem(error)] })
      return false
    }
  }
  if (signal.aborted) {
    progress.end('cancelled', endOf(progress, world))
    return false
  }
  const { waits } = progress.learn(endOf(progress, world))
  if (making.told !== '')
    log.line(freeLine(waitedMs(waits, momentOf(clock)), wordsOf(room.service.controller), clock.now()))
  return true
}

function troublesOf({ clock, log }: World): Pick<Making, 'reading' | 'asking'> {
  return {
    reading: new Outage((news) => log.line(readTroubleLine(news, clock.now()))),
    asking: new Outage((news) => log.line(requestTroubleLine(news, clock.now()))),
  }
}

function endOf({ release }: Progress, { clock }: World): { waits: readonly Wait[] } {
  return { waits: endedWaits(release.waits, momentOf(clock)) }
}

function askedOf({ asked }: Making, { id }: Occupant): Set<RoomStep> {
  const known = asked.get(id) ?? new Set<RoomStep>()
  asked.set(id, known)
  return known
}

/** One line when something new is waited for or done, and one in every few minutes of silence. */
function tell(
  step: Wait['step'],
  occupant: Occupant,
  making: Making,
  room: WaitTerms,
  { clock, log }: World,
  progress: Progress,
): void {
  const now = momentOf(clock)
  const news = `${step} ${occupant.id} ${occupant.stage}`
  const hasAsked = askedOf(making, occupant).size > 0
  const isNews = step !== 'wait' || (news !== making.told && !hasAsked)
  if (isNews) log.line(roomStepLine(step, occupant, room, now))
  else if (now.monotonicMs - making.toldMs >= HEARTBEAT_MS) log.line(stillBusyLine(occupant, room, now))
  else return
  making.told = news
  making.toldMs = now.monotonicMs
  progress.learn({ waits: withWait(progress.release.waits, occupant.id, step, now) })
}

async function take(
  step: Wait['step'],
  { id }: Occupant,
  making: Making,
  { service }: WaitTerms,
  world: World,
): Promise<void> {
  if (step === 'wait') return
  try {
    await endOccupant(world, service, id, step)
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (isPassing(error.serviceError)) {
      making.asking.failed(error)
      return
    }
    if (!isTooLate(error)) throw error
  }
  making.asking.recovered()
  making.asked.get(id)?.add(step)
}

/** The deployment that is in the way now; what was seen last while nothing can be read. */
async function lookAgain(
  before: Occupant,
  making: Making,
  { service, group }: WaitTerms,
  autoPromote: boolean,
  world: World,
): Promise<Occupant | undefined> {
  const stopped = new Set([...making.asked].filter(([, steps]) => steps.has('stop')).map(([id]) => id))
  try {
    const { sightings } = making
    const facts = { service, group, autoPromote, suspects: [before.id], stopped, sightings, onListDenied: () => {} }
    const occupant = await findOccupant(world, facts)
    making.reading.recovered()
    return occupant
  } catch (error) {
    if (!(error instanceof CallError) || !isPassing(error.serviceError)) throw error
    making.reading.failed(error)
    return before
  }
}

/** How soon to look again, in milliseconds: close together when the group may be free any moment. */
function restMs(
  { id, stage, freeAtMs }: Occupant,
  { asked, reading: { failures: failed } }: Making,
  { clock, random }: World,
): number {
  const spread = 0.9 + 0.2 * random()
  if (failed > 0) return Math.min(60 * SECOND_MS, 5 * SECOND_MS * 2 ** Math.min(failed, 5)) * spread
  if (stage === 'rolling-back' || (asked.get(id)?.size ?? 0) > 0) return 2 * SECOND_MS * spread
  if (stage !== 'shifted' || freeAtMs === undefined) return 10 * SECOND_MS * spread
  const leftMs = freeAtMs - clock.now()
  return leftMs < 0 ? 3 * SECOND_MS * spread : Math.min(30 * SECOND_MS, leftMs + SECOND_MS) * spread
}
