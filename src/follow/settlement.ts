import type { EarlyEndAction, RollbackEvent } from '../inputs/choices.ts'
import type { Problem } from '../problem.ts'
import type { CutShort, Rollback } from './rollback.ts'
import type { Snapshot } from './snapshot.ts'

/** Where everything stands once a release is over. */
export interface Settlement {
  /** The last reading of the deployment. */
  snapshot: Snapshot | undefined
  rollback: Rollback
  /** We asked for the deployment to be stopped; the refusal, if that was refused. */
  stop: { refusal: string | undefined; problem?: Problem | undefined } | undefined
  /**
   * Why no stop was asked for although one was wanted: all of production had moved, nothing could be read, or it had gone
   * on from `Ready` where only one that waits there was to be stopped.
   */
  notStoppedBecause: 'moved' | 'unseen' | 'not-at-ready' | undefined
  /** What ended the settling before everything was at rest. */
  cutShort: CutShort | undefined
}

/** What the workflow asked for in case of an early end. */
export interface EarlyEndPolicy {
  onCancel: EarlyEndAction
  onTimeout: EarlyEndAction
  /** What rolls the deployment back, when the deployment itself does not tell. */
  rollbackOn: readonly RollbackEvent[]
  /** How long a cancelled step goes on, in milliseconds. */
  windDownMs: number
  /** An earlier step has stopped it already: that holds for production that has moved too. */
  wasStopped?: boolean
  /** That stop was accepted. */
  wasStopAccepted?: boolean
  /** A stop that is asked for is meant for a deployment before production that waits at `Ready` or is about to. */
  onlyAtReady?: boolean
}
