import type { CallError } from '../aws/attempts.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'

/** What CodeDeploy means when it refuses. Source: API Reference, StopDeployment and ContinueDeployment. */
export const REFUSALS: Pick<ReleaseEngine, 'saysEnded' | 'saysNotWaiting'> = {
  saysEnded: ({ serviceError }: CallError) => serviceError.code === 'DeploymentAlreadyCompleted',
  saysNotWaiting: ({ serviceError }: CallError) => serviceError.code === 'DeploymentIsNotInReadyState',
}
