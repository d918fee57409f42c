import { stepOf } from '../lifecycle/step.ts'
import type { Following, Outcome } from './following.ts'
import { type Hooks, hasEnded, hookAt, isBeforeProduction, isWaitingForPromotion, type Snapshot } from './snapshot.ts'

/** The outcome a reading decides by itself, if it does. */
export function outcomeOf(
  snapshot: Snapshot,
  { finishLine, hooks }: Pick<Following, 'finishLine' | 'hooks'>,
): Outcome | undefined {
  if (snapshot.status === 'succeeded') return { kind: 'finish-line', snapshot }
  if (hasEnded(snapshot)) return { kind: 'ended', snapshot }
  if (finishLine === 'test-traffic' && isTestable(snapshot, hooks)) return { kind: 'finish-line', snapshot }
  if (finishLine !== 'completion' && snapshot.eventsAreDone) return { kind: 'finish-line', snapshot }
  return undefined
}

/** It waits at `Ready`, and its test hook has passed; where events cannot be seen, only if there is no such hook. */
export function isTestable(snapshot: Snapshot, hooks: Hooks): boolean {
  const { heldAt, eventsAreStale } = snapshot
  const step = heldAt === undefined ? undefined : stepOf(heldAt)
  const isPastTest = step === undefined || step === 'after-test-shift' || step === 'before-shift'
  const isKnown = !eventsAreStale || hookAt(hooks, 'after-test-shift') === undefined
  return isPastTest && isBeforeProduction(snapshot) && isWaitingForPromotion(snapshot) && isKnown
}

/** It waits for somebody, and nothing that it may be waiting for beside that is unseen: it may be told to go on. */
export function isSurelyHeld(snapshot: Snapshot, hooks: Hooks): boolean {
  if (snapshot.heldAt === undefined) return isTestable(snapshot, hooks)
  return isWaitingForPromotion(snapshot) && !snapshot.eventsAreStale
}
