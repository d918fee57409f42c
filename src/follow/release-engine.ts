import type { CallError } from '../aws/attempts.ts'
import type { Snapshot } from './snapshot.ts'

/** A way to release: what the poll loop and the operations need of it. Every function may throw CallError. */
export interface ReleaseEngine {
  /**
   * Starts a deployment of the revision and returns its id. Changes AWS.
   * @throws MaybeStartedError
   * @throws OvertakenError
   */
  start(taskDefinitionArn: string): Promise<string>
  /** The deployment of this revision that was started and whose id was lost, if there is one. */
  findStarted(taskDefinitionArn: string): Promise<string | undefined>
  /**
   * Reads a deployment, or only its status. Where a rollback is no deployment of its own, the deployment counts as ended
   * when that begins, and what follows is read by the id that its `rollback` tells.
   * @param before the last reading of the same one, of which what cannot have changed is kept
   */
  observe(deploymentId: string, before: Snapshot | undefined, statusOnly?: 'status-only'): Promise<Snapshot>
  /** Asks for a deployment to be stopped. Changes AWS. */
  stop(deploymentId: string, options: { rollback: boolean }): Promise<void>
  /** Lets a deployment that waits for somebody go on. Changes AWS. */
  promote(deploymentId: string): Promise<void>
  /** Has the original terminated now, once production has moved; undefined where nothing can do that. Changes AWS. */
  endTerminationWait: ((deploymentId: string) => Promise<void>) | undefined
  /** The deployment was over when it was asked for something. */
  saysEnded(error: CallError): boolean
  /** The deployment did not wait for anybody when it was to be continued. */
  saysNotWaiting(error: CallError): boolean
}

/** An answer was lost and the deployment was not found: there may be one or not. */
export class MaybeStartedError extends Error {
  readonly lost: CallError
  /** What went wrong last. */
  readonly last: CallError

  constructor(lost: CallError, last: CallError) {
    super(`${lost.message}; then ${last.message}`, { cause: last })
    this.name = 'MaybeStartedError'
    this.lost = lost
    this.last = last
  }
}

/** Another deployment came first, so nothing was started. */
export class OvertakenError extends Error {
  /** The deployment that came first, where that was told. */
  readonly blocker: string | undefined
  /** What the service said; undefined when it was looked for before asking. */
  readonly refusal: CallError | undefined

  constructor(blocker: string | undefined, refusal: CallError | undefined) {
    super(`${blocker ?? 'another deployment'} came first`, { cause: refusal })
    this.name = 'OvertakenError'
    this.blocker = blocker
    this.refusal = refusal
  }
}
