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
  'codedeploy-deployment-id',
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
  const { deploymentId, taskDefinition, status, testUrl } = release
  const untilMs = promoteByMs(release)
  const rollbackId = rollbackOf(release)?.deploymentId
  const keptUntilMs = originalKeptUntilMs(release)
  return asOutputs({
    status: status ?? '',
    reason: reasonOf(release) ?? '',
    'task-definition-arn': taskDefinition?.arn ?? '',
    'task-definition': releasedRevision(release),
    'previous-task-definition': originalRevision(release),
    'codedeploy-deployment-id': deploymentId ?? '',
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

/** Every output on its way out. */
function asOutputs(values: Record<OutputName, string>): Record<OutputName, string> {
  const names: readonly OutputName[] = OUTPUT_NAMES
  return Object.fromEntries(names.map((name) => [name, outputText(values[name])])) as Record<OutputName, string>
}
