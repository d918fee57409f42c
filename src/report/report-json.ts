import { buildAppSpec } from '../app-spec/app-spec.ts'
import { revisionName } from '../aws/arn.ts'
import type { Snapshot, TaskSetReading } from '../follow/snapshot.ts'
import { eventDurationMs, type TimelineEntry } from '../follow/timeline.ts'
import type { Wait } from '../group/waits-so-far.ts'
import { type HookLog, type Release, reasonOf, rollbackOf, rollbackStatusOf } from '../release-state.ts'
import { elapsedMs } from '../time/clock.ts'
import { originalKeptUntilMs, promoteByMs } from './deadlines.ts'
import { hookLogAt } from './hook-reason.ts'
import { type HookResult, hookResults } from './hook-results.ts'
import { originalRevision, releasedRevision, wordsFor } from './labels.ts'
import { plannedMove } from './moving.ts'
import { plannedOf } from './planned.ts'
import { verdictSentences } from './sentences.ts'
import { productionLastSeen, productionText, testTraffic, trafficNow } from './traffic.ts'

/** Grows when a member changes its meaning or goes away. */
const REPORT_VERSION = 1

/**
 * The report of a release: everything that is known, as JSON. Its schema is `docs/report.schema.json`. It holds no
 * values of variables or secrets; messages and diagnostics in it are text that others wrote.
 */
export function renderReport(release: Release): string {
  return `${JSON.stringify(reportOf(release), undefined, 2)}\n`
}

function reportOf(release: Release) {
  const { service, group, plan, run, snapshot, taskDefinition } = release
  return {
    reportVersion: REPORT_VERSION,
    operation: release.operation,
    status: release.status ?? null,
    reason: reasonOf(release) ?? null,
    verdict: verdictSentences(release),
    problems: release.problems,
    warnings: release.warnings,
    startedAt: isoTime(release.startedAt.atMs),
    endedAt: isoTime(release.endedAt?.atMs),
    isAws: release.otherEndpoint === undefined,
    run: {
      repository: run.repository,
      workflow: run.workflowFile,
      runId: run.runId,
      runAttempt: run.runAttempt,
      job: run.job,
      commit: run.sha,
    },
    service: {
      cluster: service?.clusterName ?? release.asked.cluster,
      name: service?.name ?? release.asked.service,
      region: release.region ?? null,
      account: service?.account ?? null,
    },
    caller: release.caller ?? null,
    deploymentController: service?.controller ?? null,
    deploymentGroup:
      group === undefined || group.application === '' ? null : { application: group.application, name: group.name },
    deploymentConfig: plan?.deploymentConfig ?? null,
    taskDefinition:
      taskDefinition === undefined
        ? null
        : { arn: taskDefinition.arn, name: releasedRevision(release), registered: taskDefinition.isNew },
    previousTaskDefinition: originalRevision(release) || null,
    changes: changesMember(release),
    taskDefinitionSha256: plan?.definitionSha256 ?? null,
    preview: previewMember(release),
    planned: plannedMember(release),
    appSpec: appSpecMember(release),
    adopted: release.adopted === undefined ? null : { runAttempt: release.adopted.runAttempt },
    waits: release.waits.map(waitMember),
    deployment: snapshot === undefined ? deploymentWithoutReading(release) : deploymentOf(snapshot, release),
    hooks: hookResults(release).map((result) => hookMember(result, release)),
    traffic: trafficMember(release),
    rollback: rollbackMember(release),
    timeline: release.timeline.map((entry) => timelineMember(entry, release)),
  }
}

/** Null: it could not be seen. */
function changesMember({ plan }: Release) {
  if (plan !== undefined && plan.differences === undefined) return null
  return (plan?.differences ?? []).map(({ member, container, from, to, names }) => ({
    member,
    container: container || null,
    from: from ?? null,
    to: to ?? null,
    names: names ?? null,
  }))
}

function waitMember({ deploymentId, step, startedAt, endedAt }: Wait) {
  return {
    deploymentId,
    step,
    startedAt: isoTime(startedAt.atMs),
    durationSeconds: endedAt === undefined ? null : elapsedMs(startedAt, endedAt) / 1000,
  }
}

function hookMember(hook: HookResult, release: Release) {
  const { event, hookFunction, result, durationMs, diagnostics } = hook
  return {
    event,
    function: hookFunction,
    result,
    durationSeconds: secondsOf(durationMs),
    diagnostics: diagnostics ?? null,
    log: logMember(hookLogAt(release, hook)),
  }
}

function trafficMember(release: Release) {
  const { production, testUrl } = release
  const lastSeen = productionLastSeen(release)
  return {
    replacementPercent: trafficNow(release) ?? null,
    test: testTraffic(release) ?? null,
    production: productionText(release) || null,
    readAt: isoTime(production?.isOutdated === false ? production.readAtMs : undefined),
    lastSeen: lastSeen === undefined ? null : { production: lastSeen.text, readAt: isoTime(lastSeen.atMs) },
    testUrl: testUrl ?? null,
    promoteBy: isoTime(promoteByMs(release)),
    originalKeptUntil: isoTime(originalKeptUntilMs(release)),
  }
}

function rollbackMember(release: Release) {
  const rollback = rollbackOf(release)
  return {
    status: rollbackStatusOf(release),
    wasDue: rollback?.wasDue ?? false,
    message: rollback?.message ?? '',
    deployment: rollback?.snapshot === undefined ? null : deploymentOf(rollback.snapshot, release),
  }
}

function logMember(log: HookLog | undefined) {
  return log === undefined ? null : { group: log.logGroup, lines: log.lines, omitted: log.omitted }
}

function previewMember({ preview }: Release) {
  if (preview === undefined) return null
  const { task, pullRequest, lanes } = preview
  return {
    errand: task,
    pullRequest: pullRequest === '' ? null : Number(pullRequest),
    lanes: lanes.map(({ name, url, was, became }) => ({ name, url, was, became: became || null })),
  }
}

function appSpecMember(release: Release) {
  const { plan, taskDefinition } = release
  const planned = plannedOf(release)
  if (!wordsFor(release).hasAppSpec) return null
  if (planned?.appSpec !== undefined) return { ...planned.appSpec, sha256: planned.appSpec.sha256 ?? null }
  if (plan?.sentAppSpec !== undefined) return plan.sentAppSpec === 'unseen' ? null : plan.sentAppSpec
  return plan === undefined || taskDefinition === undefined ? null : buildAppSpec(plan.appSpec, taskDefinition.arn)
}

function plannedMember(release: Release) {
  const planned = plannedOf(release)
  if (planned === undefined || release.plan === undefined) return null
  const { group, rollbackOn, alarms, definition } = release.plan
  return {
    writes: planned.writes,
    taskDefinition: definition.kind === 'use' ? revisionName(definition.arn) : null,
    group: {
      testListener: group.hasTestListener,
      waitsAtReady: group.holdsAtReady,
      readyWaitSeconds: group.readyWaitMs / 1000,
      terminationWaitSeconds: secondsOf(group.terminationWaitMs),
      rollbackOn,
      alarms,
    },
    phases: planned.phases.map(({ name, usualMs, atMostMs }) => ({
      name,
      usualSeconds: usualMs / 1000,
      atMostSeconds: atMostMs / 1000,
    })),
    move: moveMember(release),
  }
}

function moveMember(release: Release) {
  const move = plannedMove(release)
  if (move === undefined) return null
  const notes = move.notes.flatMap(({ kind, sentences }) => sentences.map((sentence) => ({ kind, sentence })))
  return { input: JSON.parse(move.input), notes }
}

function deploymentWithoutReading(release: Release) {
  const { deploymentId } = release
  return deploymentId === undefined
    ? null
    : {
        id: wordsFor(release).ids.whole(deploymentId),
        status: null,
        createdAt: null,
        endedAt: null,
        error: null,
        events: [],
        taskSets: [],
      }
}

function deploymentOf(snapshot: Snapshot, release: Release) {
  const { deploymentId, statusWord, createdAtMs, endedAtMs, error, events, taskSets } = snapshot
  return {
    id: wordsFor(release).ids.whole(deploymentId),
    status: statusWord,
    createdAt: isoTime(createdAtMs),
    endedAt: isoTime(endedAtMs),
    error: error ?? null,
    events: events.map((event) => ({
      name: event.name,
      status: event.status,
      startedAt: isoTime(event.startedAtMs),
      endedAt: isoTime(event.endedAtMs),
      durationSeconds: secondsOf(eventDurationMs(event)),
      diagnostics: event.diagnostics ?? null,
    })),
    taskSets: taskSets.map(taskSetMember),
  }
}

function taskSetMember({ id, role, state, trafficPercent, running, pending, desired }: TaskSetReading) {
  return { id, role, state, trafficPercent: trafficPercent ?? null, running, pending, desired }
}

function timelineMember(entry: TimelineEntry, release: Release) {
  const { kind } = entry
  const deploymentId = wordsFor(release).ids.whole(entry.deploymentId)
  const common = { at: isoTime(entry.atMs), deploymentId, kind }
  switch (entry.kind) {
    case 'status':
      return { ...common, status: entry.statusWord }
    case 'event':
      return { ...common, event: entry.name, status: entry.status, durationSeconds: secondsOf(entry.durationMs) }
    case 'traffic':
      return { ...common, replacementPercent: entry.replacementPercent }
    case 'tasks':
      return { ...common, running: entry.running, desired: entry.desired }
  }
}

function isoTime(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString()
}

function secondsOf(durationMs: number | undefined): number | null {
  return durationMs === undefined ? null : durationMs / 1000
}
