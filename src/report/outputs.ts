import { ENGINE_OUTPUTS } from '../engines/words.ts'
import { type Release, reasonOf, rollbackOf, rollbackStatusOf } from '../release-state.ts'
import { outputText } from '../text/untrusted.ts'
import { originalKeptUntilMs, promoteByMs } from './deadlines.ts'
import { hookResults } from './hook-results.ts'
import { deploymentLink, originalRevision, releasedRevision, wordsFor } from './labels.ts'
import { productionText, trafficNow } from './traffic.ts'

/** Every output that action.yml declares, in its order. A test compares the two. */
export const OUTPUT_NAMES = [
  'status',
  'reason',
  'task-definition-arn',
  'task-definition',
  'previous-task-definition',
  'deployment-controller',
  'deployment-id',
  ...ENGINE_OUTPUTS,
  'console-url',
  'test-url',
  'promote-by',
  'original-kept-until',
  'replacement-traffic',
  'production',
  'hook-results',
  'rollback-deployment-id',
  'rollback-status',
  'report',
] as const

export type OutputName = (typeof OUTPUT_NAMES)[number]

/**
 * The outputs of a release: ids, words of fixed sets, numbers and addresses; no text that others wrote.
 * @param reportPath where the report was written; empty when it was not
 */
export function renderOutputs(release: Release, reportPath: string): Record<OutputName, string> {
  const { service, taskDefinition, status, testUrl } = release
  const untilMs = promoteByMs(release)
  const rollbackId = rollbackOf(release)?.deploymentId
  const keptUntilMs = originalKeptUntilMs(release)
  return asOutputs({
    status: status ?? '',
    reason: reasonOf(release) ?? '',
    'task-definition-arn': taskDefinition?.arn ?? '',
    'task-definition': releasedRevision(release),
    'previous-task-definition': originalRevision(release),
    'deployment-controller': service?.controller ?? '',
    ...deploymentOutputs(release),
    'console-url': deploymentLink(release) ?? '',
    'test-url': testUrl ?? '',
    'promote-by': untilMs === undefined ? '' : new Date(untilMs).toISOString(),
    'original-kept-until': keptUntilMs === undefined ? '' : new Date(keptUntilMs).toISOString(),
    'replacement-traffic': String(trafficNow(release) ?? ''),
    production: productionText(release),
    'hook-results': JSON.stringify(
      hookResults(release).map(({ event, hookFunction, result, durationMs }) => ({
        event,
        function: hookFunction,
        result,
        durationSeconds: durationMs === undefined ? null : durationMs / 1000,
      })),
    ),
    'rollback-deployment-id': rollbackId === undefined ? '' : wordsFor(release).ids.whole(rollbackId),
    'rollback-status': rollbackStatusOf(release),
    report: reportPath,
  })
}

/** The outputs that name the deployment, empty before there is one. */
export function deploymentOutputs(
  release: Pick<Release, 'service' | 'deploymentId'>,
): Record<'deployment-id' | (typeof ENGINE_OUTPUTS)[number], string> {
  const { ids, outputs } = wordsFor(release)
  const { deploymentId } = release
  const id = deploymentId === undefined ? '' : ids.whole(deploymentId)
  const none = Object.fromEntries(ENGINE_OUTPUTS.map((name) => [name, '']))
  const own = { ...none, ...outputs(id) } as Record<(typeof ENGINE_OUTPUTS)[number], string>
  return { 'deployment-id': id, ...own }
}

/** Every output on its way out. */
function asOutputs(values: Record<OutputName, string>): Record<OutputName, string> {
  const names: readonly OutputName[] = OUTPUT_NAMES
  return Object.fromEntries(names.map((name) => [name, outputText(values[name])])) as Record<OutputName, string>
}
