/** What this action can be asked for: the input `operation`. */
export type Operation = 'release' | 'plan' | 'watch' | 'stop' | 'promote' | 'rollback' | 'preview'

export const OPERATIONS: readonly Operation[] = ['release', 'plan', 'watch', 'stop', 'promote', 'rollback', 'preview']

/** What the descriptions of deployments say that they were made for: a plan is the plan of a release. */
export function markerOperation(operation: Operation): Operation {
  return operation === 'plan' ? 'release' : operation
}

/** Whether the operation makes a deployment of what its inputs say. */
export function isRelease(operation: Operation): boolean {
  return operation === 'release' || operation === 'preview'
}

/** Whether the operation may end what it started or moved on, when it is cancelled, times out or turns out to be useless. */
export function canStopDeployment(operation: Operation): boolean {
  return isRelease(operation) || operation === 'promote'
}

/** Whether the operation is about a deployment that is there already, which `deployment-id` may name. */
export function needsDeployment(operation: Operation): boolean {
  return operation === 'watch' || operation === 'stop' || operation === 'promote'
}

/** Whether the operation may change anything in AWS. */
export function mayWrite(operation: Operation): boolean {
  return operation !== 'plan' && operation !== 'watch'
}
