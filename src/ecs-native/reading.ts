import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Snapshot } from '../follow/snapshot.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Moment } from '../time/clock.ts'
import { stageOf, targetWeight, taskSetsOf } from './shares.ts'

/** What was read of a service deployment. */
export interface EcsReading {
  /** Its id, or that of its rollback: which of the two is wanted. */
  deploymentId: string
  readAt: Moment
  deployment: ServiceDeployment
}

/** Members of a snapshot that are the same whichever of the two is wanted. */
export function commonMembers({ deploymentId, readAt, deployment }: EcsReading) {
  return {
    deploymentId,
    statusReadAt: readAt,
    eventsAreStale: false,
    eventsReadAt: readAt,
    trafficReadAt: targetWeight(deployment) === undefined ? undefined : readAt,
    readySinceMs: undefined,
    statusWord: inSentence(deployment.status ?? 'unknown', 60),
    taskSets: taskSetsOf(deployment, stageOf(deployment)),
  } satisfies Partial<Snapshot>
}
