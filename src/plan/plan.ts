import type { AppSpec, AppSpecPlan } from '../app-spec/app-spec.ts'
import type { Budget } from '../follow/budget.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { Occupant } from '../group/occupant.ts'
import type { WaitTerms } from '../group/wait-terms.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import type { TaskDefinition } from '../task-definition/definition.ts'
import type { Difference } from '../task-definition/difference.ts'

/** What a release is going to do, once every check has passed. Nothing of it has been done yet. */
export interface ReleasePlan {
  service: ResolvedService
  group: DeploymentGroup
  /** Name of the deployment configuration, and how it shifts traffic. */
  deploymentConfig: string
  shift: TrafficShift
  hooks: Hooks
  appSpec: AppSpecPlan
  /** Of a deployment that was made before: as it was sent, if that could be seen. Absent: as `appSpec` says. */
  sentAppSpec?: AppSpec | 'unseen'
  definition: DefinitionPlan
  /** Of what is to run, whichever revision it has; undefined when it could not be seen. */
  definitionSha256: string | undefined
  /** In what the definition differs from the one that serves now; undefined when that could not be seen. */
  differences: Difference[] | undefined
  /** What rolls the deployment back: the input, else the group's setting. */
  rollbackOn: RollbackEvent[]
  /** Names of the alarms that stop the deployment: the input, else the group's. */
  alarms: readonly string[]
  budget: Budget
  /** `if-unchanged: skip` applies: there is nothing to do. */
  isUnchanged: boolean
  /** Our own deployment, which is followed instead of making another. */
  adopted: Adopted | undefined
  /** What keeps the group busy, and how to get room in it. */
  occupant: Occupant | undefined
  room: WaitTerms
}

/** Which revision is deployed. */
export type DefinitionPlan =
  /** It is there already. */
  | { kind: 'use'; arn: string }
  /** A new revision is registered. */
  | { kind: 'register'; definition: TaskDefinition }

/** Our own deployment, made by an earlier attempt or step of this job; it is followed instead of making another. */
export interface Adopted {
  deploymentId: string
  taskDefinitionArn: string
  /** The attempt that made it. */
  runAttempt: number
}
