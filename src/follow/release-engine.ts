import type { Snapshot } from './snapshot.ts'

/** A way to release: what the poll loop and the operations need of it. Every function may throw CallError. */
export interface ReleaseEngine {
  /** Starts a deployment of the revision and returns its id. Changes AWS. */
  start(taskDefinitionArn: string): Promise<string>
  /** The deployment of this revision that was started and whose id was lost, if there is one. */
  findStarted(taskDefinitionArn: string): Promise<string | undefined>
  /**
   * Reads a deployment, or only its status.
   * @param before the last reading of the same one, of which what cannot have changed is kept
   */
  observe(deploymentId: string, before: Snapshot | undefined, statusOnly?: 'status-only'): Promise<Snapshot>
  /** Asks for a deployment to be stopped. Changes AWS. */
  stop(deploymentId: string, options: { rollback: boolean }): Promise<void>
  /** Lets a deployment that waits at `Ready` shift production. Changes AWS. */
  promote(deploymentId: string): Promise<void>
  /** Has the original task set terminated now, once production has moved. Changes AWS. */
  endTerminationWait(deploymentId: string): Promise<void>
}
