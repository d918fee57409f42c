import { type AppSpec, buildAppSpec } from '../app-spec/app-spec.ts'
import { revisionName } from '../aws/arn.ts'
import { type EngineWords, wordsOf } from '../engines/words.ts'
import { stepAgainst } from '../group/wait-terms.ts'
import { type ExpectedPhase, expectedPhases } from '../plan/phases.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import type { Release } from '../release-state.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList, atMost, duration } from '../text/words.ts'
import type { Moment } from '../time/clock.ts'
import { movingLines } from './moving.ts'

/** Stands in a planned AppSpec for the ARN of a revision that is not registered yet, as CodePipeline writes it. */
const NOT_REGISTERED_YET = '<TASK_DEFINITION>'

/** What `operation: plan` tells; undefined for every other operation, and while there is no plan. */
export interface Planned {
  /** What a release would change in AWS, in order; empty when it would change nothing. */
  writes: string[]
  phases: ExpectedPhase[]
  /** The AppSpec, where there is one; without a sum while its task definition has no ARN. */
  appSpec: (Pick<AppSpec, 'content'> & { sha256: string | undefined }) | undefined
}

export function plannedOf({ operation, plan, asked, startedAt }: Release): Planned | undefined {
  if (operation !== 'plan' || plan === undefined) return undefined
  const words = wordsOf(plan.service.controller)
  return {
    writes: plannedWrites(plan, words, startedAt),
    phases: asked.finishLine === 'nothing' ? [] : expectedPhases(plan, { waitFor: asked.finishLine }),
    appSpec: words.hasAppSpec ? plannedAppSpec(plan) : undefined,
  }
}

function plannedAppSpec({ definition, appSpec }: ReleasePlan): Planned['appSpec'] {
  const arn = definition.kind === 'use' ? definition.arn : undefined
  const { content, sha256 } = buildAppSpec(appSpec, arn ?? NOT_REGISTERED_YET)
  return { content, sha256: arn === undefined ? undefined : sha256 }
}

function plannedWrites(plan: ReleasePlan, { ids, terminationWait, startWrite }: EngineWords, now: Moment): string[] {
  const { isUnchanged, adopted, definition, room, occupant } = plan
  if (isUnchanged || adopted !== undefined) return []
  const step = occupant === undefined ? 'wait' : stepAgainst(room, occupant, new Set(), now)
  return [
    ...(step === 'stop' ? [`Stop deployment ${ids.shown(occupant?.id ?? '')} with rollback`] : []),
    ...(step === 'end-termination-wait'
      ? [`End the ${terminationWait} of deployment ${ids.shown(occupant?.id ?? '')}`]
      : []),
    definition.kind === 'register'
      ? `Register a new revision of task definition ${inSentence(String(definition.definition['family']), 300)}`
      : undefined,
    startWrite(definition.kind === 'use' ? revisionName(definition.arn) : 'it', plan),
  ].filter((write) => write !== undefined)
}

/** What a release would do, in one sentence. */
export function plannedSentence(release: Release): string {
  const { plan, service } = release
  const writes = plannedOf(release)?.writes ?? []
  const label = `${service?.clusterName}/${service?.name}`
  if (plan?.adopted !== undefined) {
    const { ids } = wordsOf(service?.controller)
    return `A release would follow deployment ${ids.shown(plan.adopted.deploymentId)}, which an earlier attempt has made, and write nothing.`
  }
  if (writes.length === 0) return `${label} already runs exactly this, so a release would write nothing.`
  const steps = writes.map((write, index) =>
    index === 0 ? write : `${write.charAt(0).toLowerCase()}${write.slice(1)}`,
  )
  return `A release to ${label} would do this: ${andList(steps)}. Nothing was written.`
}

/** What decides how the deployment goes, by the group and the inputs, each with its value. */
export function groupSettings({ group, rollbackOn, alarms, service }: ReleasePlan): [string, string][] {
  const { heldAt } = wordsOf(service.controller)
  return [
    ['Test listener', group.hasTestListener ? 'yes' : 'no'],
    [
      `Waits at ${heldAt()}`,
      group.holdsAtReady ? `at most ${duration(group.readyWaitMs)}, for somebody to continue` : 'no',
    ],
    ['Keeps the original', group.terminationWaitMs === undefined ? 'for good' : duration(group.terminationWaitMs)],
    ['Rolls back on', rollbackOn.length === 0 ? 'nothing' : andList(rollbackOn)],
    ['Alarms', alarms.length === 0 ? 'none' : alarms.join(', ')],
  ]
}

/** The plan for the log. */
export function plannedLines(release: Release): string[] {
  const { plan } = release
  const planned = plannedOf(release)
  if (plan === undefined || planned === undefined) return []
  const { writes, phases, appSpec } = planned
  return [
    ...(writes.length === 0 ? ['Would write nothing.'] : writes.map((write, index) => `${index + 1}. ${write}.`)),
    ...groupSettings(plan).map(([name, value]) => `${name}: ${value}.`),
    ...phases.map(
      ({ name, usualMs, atMostMs }) => `${name}: usually ${usualText(usualMs)}, at most ${atMost(atMostMs)}.`,
    ),
    ...(appSpec === undefined ? [] : [`AppSpec: ${appSpec.content}`]),
    `SHA-256 of the task definition: ${plan.definitionSha256}`,
    ...movingLines(release),
  ]
}

/** How long a phase usually takes; one that a person or the group decides has no usual length. */
export function usualText(usualMs: number): string {
  return usualMs === 0 ? 'moments' : duration(usualMs)
}
