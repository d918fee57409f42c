import type { Problem } from '../problem.ts'
import { isSameWorkflow, type Marker } from '../workflow-run/marker.ts'

/** The deployment that is deploying or serves. Neither a rollback nor one that failed. */
export interface Predecessor {
  id: string
  /** Undefined when its description names no run. */
  marker: Marker | undefined
  isServing: boolean
}

/** Whether a run may follow another; why not, or why that cannot be told. */
export interface OrderFinding {
  problem: Problem | undefined
  note: string | undefined
}

/**
 * Runs of one workflow for one repository release in the order of their run numbers: an older run that comes late, or
 * is run again, does not take production back to older code. Of one run only the latest attempt goes on.
 */
export function guardOrder(own: Marker, predecessor: Predecessor, serverUrl: string): OrderFinding {
  const { id, marker, isServing } = predecessor
  const what = isServing ? `what serves (${id})` : `deployment ${id}`
  if (marker === undefined) return noteOnly(`${what} was made by no run of this action`)
  if (own.repository === '' || own.runNumber === 0) return noteOnly('this run has no number')
  if (marker.operation === 'rollback') return noteOnly(`${what} is a rollback`)
  if (!isSameWorkflow(own, marker)) return noteOnly(`${what} was made by another workflow`)
  if (!isOlder(own, marker)) return { problem: undefined, note: undefined }
  const isAttempt = marker.runNumber === own.runNumber
  // Its repository may have had another name then.
  const link = runLink({ repository: own.repository, runId: marker.runId }, serverUrl)
  const newer = isAttempt
    ? `Attempt ${marker.runAttempt} of this run`
    : `Run ${marker.runNumber} of ${marker.workflowFile}${link}`
  const older = isAttempt ? `attempt ${own.runAttempt}` : `run ${own.runNumber}`
  const done = isServing ? `serves already (${id})` : `is being deployed (${id})`
  const sentence = `${newer} is newer than this ${older} and ${done}. Set 'allow-older: true' to release the older one all the same.`
  return { problem: { reason: 'older-run', sentence }, note: undefined }
}

function isOlder(own: Marker, other: Marker): boolean {
  if (other.runNumber !== own.runNumber) return other.runNumber > own.runNumber
  return other.runId === own.runId && other.runAttempt > own.runAttempt
}

function runLink({ repository, runId }: Pick<Marker, 'repository' | 'runId'>, serverUrl: string): string {
  return repository.includes('/') && runId !== '' ? ` (${serverUrl}/${repository}/actions/runs/${runId})` : ''
}

function noteOnly(why: string): OrderFinding {
  return { problem: undefined, note: `The order of runs is not checked: ${why}.` }
}
