import type { DescribedDefinition } from '../aws/ecs.ts'
import type { ReleasePlan } from './plan.ts'

/** A deployment that somebody has made, with what is known of it, in the form in which a release knows its own. */
export interface Attached {
  deploymentId: string
  plan: ReleasePlan
  /** ARN of the revision it ships; undefined when that could not be seen. */
  taskDefinitionArn: string | undefined
  /** Undefined when it could not be read. */
  shipped: DescribedDefinition | undefined
}
