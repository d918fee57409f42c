import type { CallError } from '../aws/attempts.ts'
import type { Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { Marker } from '../workflow-run/marker.ts'
import { describeOccupant } from './busy-problem.ts'
import type { Occupant } from './occupant.ts'

/** There is none; why that may stop an operation. */
export interface Absent {
  absent: Problem
}

export interface MeantQuestion {
  /** The input `deployment-id`: an id, or the word `active`. Undefined: only one of our own. */
  asked: string | undefined
  own: Marker
  service: ResolvedService
  group: DeploymentGroup
  onListDenied(error: CallError): void
}

/** The place where deployments of the service are made, for the middle of a sentence. */
export function placeOf({ service, group }: Pick<MeantQuestion, 'service' | 'group'>): string {
  return service.controller === 'ECS'
    ? `service '${service.clusterName}/${service.name}'`
    : `deployment group '${group.name}'`
}

/** That none is meant unless it is named. */
export function noneMeant(question: MeantQuestion, occupant: Occupant | undefined, nowMs: number): Problem {
  const { own } = question
  const whose = own.pullRequest === '' ? 'this run' : `pull request ${own.pullRequest}`
  const there =
    occupant === undefined
      ? 'none is active.'
      : `${describeOccupant(occupant, nowMs)} is active and not touched without being named.`
  const sentence = `No deployment of ${whose} was found in ${placeOf(question)}; ${there} Set 'deployment-id' to an id or to 'active'.`
  return { reason: 'not-found', sentence }
}
