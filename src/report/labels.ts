import { revisionName, shortName } from '../aws/arn.ts'
import { type EngineWords, wordsOf } from '../engines/words.ts'
import type { Release } from '../release-state.ts'
import type { Difference } from '../task-definition/difference.ts'
import { capitalized } from '../text/words.ts'
import { previewLabel } from './previews.ts'

/** The words of whoever deploys. */
export function wordsFor({ service }: Pick<Release, 'service'>): EngineWords {
  return wordsOf(service?.controller)
}

/** What its events are called at the head of a section, and of a column. */
export function eventHeads(release: Pick<Release, 'service'>): { section: string; column: string } {
  const { event } = wordsFor(release)
  return { section: capitalized(`${event}s`), column: capitalized(event.slice(event.lastIndexOf(' ') + 1)) }
}

/** Id of the deployment as sentences name it; empty before there is one. */
export function deploymentName(release: Pick<Release, 'service' | 'deploymentId'>): string {
  return release.deploymentId === undefined ? '' : wordsFor(release).ids.shown(release.deploymentId)
}

/** Address of the deployment in the console; undefined before there is one, and where the console is not known. */
export function deploymentLink(release: Release): string | undefined {
  return release.deploymentId === undefined
    ? undefined
    : wordsFor(release).ways.deploymentUrl(release.deploymentId, release)
}

/** `web:2`; empty before the revision is known. */
export function releasedRevision({ taskDefinition }: Release): string {
  return taskDefinition === undefined ? '' : revisionName(taskDefinition.arn)
}

/** `web:1`: what served when the release began; empty when the service was not found, or it is gone by now. */
export function originalRevision({ service, deploymentId }: Release): string {
  const isGone = deploymentId !== undefined && service?.primary.deploymentId === deploymentId
  return service === undefined || isGone ? '' : revisionName(service.primary.taskDefinitionArn)
}

/** `demo/web`, as far as it is known; of a preview without a lane, whose it is. Empty when no input names a service. */
export function serviceLabel(release: Release): string {
  const { service, asked } = release
  if (service !== undefined) return `${service.clusterName}/${service.name}`
  return (
    previewLabel(release) ?? (asked.service === '' ? '' : `${shortName(asked.cluster)}/${shortName(asked.service)}`)
  )
}

/** `Refused: demo/web`; the title alone when it is not known of what. */
export function titledWith(title: string, label: string): string {
  return label === '' ? title : `${title}: ${label}`
}

/**
 * `web:1`, `web:2`: from which revision to which production went, as far as they are known. A deployment that was taken
 * back because somebody asked to go back is told from what it had brought.
 */
export function revisionsInOrder(release: Release): string[] {
  const revisions = [originalRevision(release), releasedRevision(release)].filter((name) => name !== '')
  return isTakenBack(release) ? revisions.reverse() : revisions
}

/** What changed for production, in the direction it went. */
export function changesInOrder(release: Release): readonly Difference[] | undefined {
  const differences = release.plan?.differences
  if (differences === undefined || !isTakenBack(release)) return differences
  return differences.map(({ from, to, names, ...what }) => ({
    ...what,
    from: to,
    to: from,
    names: names && { added: names.removed, changed: names.changed, removed: names.added },
  }))
}

/** `operation: rollback` has stopped it, or found it rolled back already, rather than deployed an earlier revision. */
function isTakenBack({ operation, outcome, status }: Release): boolean {
  if (operation !== 'rollback') return false
  return outcome?.kind === 'stop-asked' || (outcome?.kind === 'ended' && status === 'succeeded')
}
