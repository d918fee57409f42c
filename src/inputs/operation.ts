/** What this action can be asked for: the input `operation`. */
export type Operation = 'release' | 'plan'

export const OPERATIONS: readonly Operation[] = ['release', 'plan']

/** What the descriptions of deployments say that they were made for: a plan is the plan of a release. */
export function markedAs(operation: Operation): Operation {
  return operation === 'plan' ? 'release' : operation
}
