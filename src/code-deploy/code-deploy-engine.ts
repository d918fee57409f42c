import type { CreateDeploymentInput, DeploymentInfo, DeploymentTarget } from '@aws-sdk/client-codedeploy'
import { type AppSpecPlan, buildAppSpec } from '../app-spec/app-spec.ts'
import { CallError, isPassing } from '../aws/attempts.ts'
import {
  type CodeDeploy,
  continueDeployment,
  getDeployment,
  getDeploymentTarget,
  stopDeployment,
} from '../aws/code-deploy.ts'
import { describeService, type Ecs } from '../aws/ecs.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'
import {
  type EventReading,
  type Hooks,
  hasEnded,
  keepOpenAt,
  keepReadySince,
  type Snapshot,
} from '../follow/snapshot.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import { originalTaskSetOf, type ResolvedService, readTaskSet, type ServiceTaskSet } from '../service/service.ts'
import { elapsedMs, type Moment, momentOf } from '../time/clock.ts'
import { readBlindly, readSnapshot, shareByPrimary, taskSetsWithoutTarget } from './code-deploy-snapshot.ts'
import { findOwn, type KnownBefore } from './own-deployment.ts'
import { startDeployment } from './start-deployment.ts'
import { TargetVisibility } from './target-visibility.ts'

/** What one release through CodeDeploy is made with. */
export interface CodeDeployRelease {
  service: ResolvedService
  application: string
  deploymentGroup: string
  appSpec: AppSpecPlan
  /** Every hook that will run. */
  hooks: Hooks
  description: string
  /** What the group had before the release began. */
  earlier: KnownBefore
  /** Undefined: as the deployment group says. */
  deploymentConfig: string | undefined
  rollbackOn: readonly RollbackEvent[] | undefined
  alarms: readonly string[] | undefined
  /** The answer of CreateDeployment was lost: the deployment is looked for. */
  onAnswerLost(error: CallError): void
  /** The lifecycle events cannot be read; following goes on with less. Told again only after they were seen. */
  onTargetLost(error: CallError): void
  /** The lifecycle events can be read again. */
  onTargetSeen(): void
}

/** How old the deployment's status may be while its target says that it is still running, in milliseconds. */
const STATUS_MAX_AGE_MS = 30_000

/** How long AllowTraffic and the event after it take at most once all traffic has moved, in milliseconds. Observed: 1.5 s. */
const LAST_EVENT_TAKES_MS = 8_000

/** CodeDeploy has not made the target yet. Source: API Reference; for how long is not documented. */
const NO_TARGET_YET = new Set(['DeploymentNotStarted', 'DeploymentTargetDoesNotExist'])

/** The release engine that works through AWS CodeDeploy. */
export function codeDeployEngine(aws: CodeDeploy & Ecs, release: CodeDeployRelease): ReleaseEngine {
  const { service } = release
  const targetId = `${service.clusterName}:${service.name}`
  const sight = new TargetVisibility(release.onTargetLost, release.onTargetSeen)
  let primarySince: Moment | undefined

  /** The target; undefined while CodeDeploy has none, `unseen` when following goes on without it. */
  async function readTarget(deploymentId: string, isPressing: boolean): Promise<TargetReading> {
    try {
      const target = await getDeploymentTarget(aws, deploymentId, targetId)
      sight.succeeded()
      return target
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const { kind, code } = error.serviceError
      if (NO_TARGET_YET.has(code)) {
        sight.succeeded()
        return undefined
      }
      const mayDoWithout = kind === 'denied' || kind === 'answered' || isPassing(error.serviceError)
      if (!mayDoWithout || !sight.failed(error, aws.clock.monotonicMs(), isPressing)) throw error
      return 'unseen'
    }
  }

  /** The status, and as much as ECS tells of task sets and traffic, which may be nothing. */
  async function observeBlindly(info: DeploymentInfo, before: Snapshot | undefined): Promise<Snapshot> {
    const snapshot = readBlindly({ readAt: momentOf(aws.clock), info }, before)
    try {
      const answer = await describeService(aws, service.clusterName, service.arn)
      const known = (answer.service?.taskSets ?? []).map(readTaskSet)
      return withTaskSetsOfEcs(snapshot, known, isRollback(info))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      return snapshot
    }
  }

  function withTaskSetsOfEcs(snapshot: Snapshot, known: readonly ServiceTaskSet[], isOfRollback: boolean): Snapshot {
    const now = momentOf(aws.clock)
    const before = new Map(snapshot.taskSets.map(({ id, trafficPercent }) => [id, trafficPercent]))
    const originalTaskSetId = originalTaskSetOf(service, snapshot.deploymentId)
    const seen = taskSetsWithoutTarget(known, snapshot.deploymentId, originalTaskSetId)
    // ECS does not connect the replacement with its rollback, so before the end of that its share is not told.
    const share = isOfRollback && snapshot.status !== 'succeeded' ? undefined : shareByPrimary(seen)
    const taskSets = seen.map((taskSet) => ({
      ...taskSet,
      trafficPercent:
        share === undefined ? before.get(taskSet.id) : taskSet.role === 'replacement' ? share : 100 - share,
    }))
    const trafficReadAt = share === undefined ? snapshot.trafficReadAt : now
    return {
      ...snapshot,
      taskSets,
      trafficReadAt,
      eventsAreDone: snapshot.eventsAreDone || isDoneByPrimary(share, now),
    }
  }

  /** PRIMARY comes with the last step of the shift: only a last event without a hook is surely done soon after. */
  function isDoneByPrimary(share: number | undefined, now: Moment): boolean {
    if (share !== 100 || release.hooks.AfterAllowTraffic !== undefined) return false
    primarySince ??= now
    return elapsedMs(primarySince, now) >= LAST_EVENT_TAKES_MS
  }

  async function observe(deploymentId: string, before: Snapshot | undefined, statusOnly?: 'status-only') {
    const originalTaskSetId = originalTaskSetOf(service, deploymentId)
    const hadEnded = before !== undefined && hasEnded(before)
    const isTried = statusOnly === undefined && sight.shouldRetry(aws.clock.monotonicMs())
    let target: TargetReading = isTried ? await readTarget(deploymentId, hadEnded) : 'unseen'
    let targetReadAt = momentOf(aws.clock)
    if (before !== undefined && target !== undefined && target !== 'unseen') {
      const seen = readSnapshot({ readAt: targetReadAt, info: {}, target, originalTaskSetId })
      if (isStillRunning(before, target, targetReadAt) && !seen.eventsAreDone) {
        const { eventsAreStale, events, eventsReadAt, taskSets, trafficReadAt } = seen
        return { ...before, eventsAreStale, events, eventsReadAt, eventsAreDone: false, taskSets, trafficReadAt }
      }
    }
    const info = await getDeployment(aws, deploymentId)
    const reading = { readAt: momentOf(aws.clock), info, originalTaskSetId }
    let lastSeen = before
    if (hasEnded(readSnapshot({ ...reading, target: undefined })) && !hadEnded && !hasTargetEnded(target)) {
      // What the target was like before the end is not how it ended; and seeing it once more may be worth a lot now.
      if (target !== 'unseen')
        lastSeen = { ...readSnapshot({ ...reading, target, targetReadAt }), eventsAreStale: true }
      target = statusOnly === undefined ? await readTarget(deploymentId, true) : 'unseen'
      targetReadAt = momentOf(aws.clock)
    }
    if (target === 'unseen') return await observeBlindly(info, lastSeen)
    const snapshot = readSnapshot({ ...reading, target, targetReadAt })
    if (!contradictsEnd(snapshot, target)) return snapshot
    // Traffic is then told by ECS, or not at all.
    const asShown = { ...snapshot, eventsAreStale: true, trafficReadAt: undefined }
    return { ...(await observeBlindly(info, asShown)), isBehind: true }
  }

  return {
    start: (taskDefinitionArn) =>
      startDeployment(aws, createRequest(release, taskDefinitionArn), release.earlier, release.onAnswerLost),
    findStarted: async (taskDefinitionArn) => {
      const { own, trouble } = await findOwn(aws, createRequest(release, taskDefinitionArn), release.earlier, undefined)
      if (own === undefined && trouble !== undefined) throw trouble
      return own
    },
    stop: (deploymentId, { rollback }) => stopDeployment(aws, deploymentId, rollback),
    promote: (deploymentId) => continueDeployment(aws, deploymentId),
    endTerminationWait: (deploymentId) => continueDeployment(aws, deploymentId, 'TERMINATION_WAIT'),
    observe: async (deploymentId, before, statusOnly) =>
      keepOpenAt(keepReadySince(await observe(deploymentId, before, statusOnly), before), before),
  }
}

type TargetReading = DeploymentTarget | undefined | 'unseen'

function hasTargetEnded(target: TargetReading): boolean {
  const status = target === 'unseen' ? undefined : target?.ecsTarget?.status
  return status === 'Succeeded' || status === 'Failed' || status === 'Skipped'
}

/**
 * The deployment is over, and its target shows something that does not go with that. Both come from stores of their own,
 * one of which can be behind (assumed).
 */
function contradictsEnd(snapshot: Snapshot, target: DeploymentTarget | undefined): boolean {
  if (!hasEnded(snapshot)) return false
  const status = target?.ecsTarget?.status
  if (status === 'Pending' || status === 'InProgress' || status === 'Ready') return true
  const isOpen = ({ status: one }: EventReading) => one === 'pending' || one === 'running' || one === 'failed'
  return snapshot.status === 'succeeded' && snapshot.events.some(isOpen)
}

/** Source: CodeDeploy API Reference, RollbackInfo. */
function isRollback({ rollbackInfo }: DeploymentInfo): boolean {
  return rollbackInfo?.rollbackTriggeringDeploymentId !== undefined
}

/** The target says that the deployment runs, and its status is recent enough not to be asked for again. */
function isStillRunning(before: Snapshot, target: DeploymentTarget, now: Moment): boolean {
  const isFresh = elapsedMs(before.statusReadAt, now) < STATUS_MAX_AGE_MS
  return before.status === 'running' && isFresh && target.ecsTarget?.status === 'InProgress'
}

const ROLLBACK_WORDS = {
  failure: 'DEPLOYMENT_FAILURE',
  alarm: 'DEPLOYMENT_STOP_ON_ALARM',
  stop: 'DEPLOYMENT_STOP_ON_REQUEST',
} as const

function createRequest(release: CodeDeployRelease, taskDefinitionArn: string): CreateDeploymentInput {
  const { rollbackOn, alarms, deploymentConfig } = release
  const { content, sha256 } = buildAppSpec(release.appSpec, taskDefinitionArn)
  return {
    applicationName: release.application,
    deploymentGroupName: release.deploymentGroup,
    description: release.description,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256 } },
    ...(deploymentConfig === undefined ? {} : { deploymentConfigName: deploymentConfig }),
    ...(rollbackOn === undefined
      ? {}
      : {
          autoRollbackConfiguration: {
            enabled: rollbackOn.length > 0,
            events: rollbackOn.map((event) => ROLLBACK_WORDS[event]),
          },
        }),
    ...(alarms === undefined
      ? {}
      : { overrideAlarmConfiguration: { enabled: alarms.length > 0, alarms: alarms.map((name) => ({ name })) } }),
  }
}
