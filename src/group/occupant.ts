import type { CallError } from '../aws/attempts.ts'
import type { Snapshot } from '../follow/snapshot.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { Marker } from '../workflow-run/marker.ts'
import type { Sightings } from './sightings.ts'
import type { Stage } from './stage.ts'

/** The deployment that keeps a group busy, as it was when it was looked at. Times are milliseconds since 1970. */
export interface Occupant {
  id: string
  stage: Stage
  snapshot: Snapshot
  /** Who made it, in the service's words; foreign text, and undefined where there is no such word. */
  creator: string | undefined
  /** Foreign text. */
  description: string
  /** What its description tells of the run that made it; for a rollback, of the run whose deployment is rolled back. */
  marker: Marker | undefined
  appSpecSha256: string | undefined
  /** ARN of the revision it ships; absent where its AppSpec says. */
  taskDefinitionArn?: string
  /** The deployment that it rolls back. */
  rollbackOf: string | undefined
  /** Until when it waits at `Ready`, if it does. */
  heldUntilMs: number | undefined
  /** When its termination wait is over, if it is in it. */
  freeAtMs: number | undefined
}

/** Where to look, and what to expect. */
export interface OccupancyFacts {
  service: ResolvedService
  group: DeploymentGroup
  /** This action continues its own deployments at `Ready`, so others of it may do so too. */
  autoPromote: boolean
  /** Deployments that may be there although the list does not show them. */
  suspects: readonly string[]
  /** Those among them that were asked to stop with rollback. */
  stopped: ReadonlySet<string>
  /** What earlier looks saw; absent: this is the only one. */
  sightings?: Sightings
  /** The list is denied, so that only suspects are seen. */
  onListDenied(error: CallError): void
}
