import type { DeploymentInfo, DeploymentTarget } from '@aws-sdk/client-codedeploy'
import { CallError, isPassing } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment, getDeploymentTarget } from '../aws/code-deploy.ts'
import { describeService, type Ecs } from '../aws/ecs.ts'
import {
  type EventReading,
  type Hooks,
  hasEnded,
  hookAt,
  keepOpenAt,
  keepReadySince,
  type Snapshot,
} from '../follow/snapshot.ts'
import { originalTaskSetOf, type ResolvedService, readTaskSet, type ServiceTaskSet } from '../service/service.ts'
import { elapsedMs, type Moment, momentOf } from '../time/clock.ts'
import { readBlindly, readSnapshot, shareByPrimary, taskSetsWithoutTarget } from './code-deploy-snapshot.ts'
import type { TargetVisibility } from './target-visibility.ts'

/** How old the deployment's status may be while its target says that it is still running, in milliseconds. */
const STATUS_MAX_AGE_MS = 30_000

/** How long AllowTraffic and the event after it take at most once all traffic has moved, in milliseconds. Observed: 1.5 s. */
const LAST_EVENT_TAKES_MS = 8_000

/** CodeDeploy has not made the target yet. Source: API Reference; for how long is not documented. */
const NO_TARGET_YET = new Set(['DeploymentNotStarted', 'DeploymentTargetDoesNotExist'])

/** Reads a deployment of CodeDeploy: its status, its target, and of the service what the target does not tell. */
export class DeploymentObserver {
  readonly #aws: CodeDeploy & Ecs
  readonly #service: ResolvedService
  readonly #hooks: Hooks
  readonly #visibility: TargetVisibility
  readonly #targetId: string
  #primarySince: Moment | undefined

  constructor(aws: CodeDeploy & Ecs, service: ResolvedService, hooks: Hooks, visibility: TargetVisibility) {
    this.#aws = aws
    this.#service = service
    this.#hooks = hooks
    this.#visibility = visibility
    this.#targetId = `${service.clusterName}:${service.name}`
  }

  /** As `ReleaseEngine.observe`. */
  async observe(
    deploymentId: string,
    before: Snapshot | undefined,
    statusOnly: 'status-only' | undefined,
  ): Promise<Snapshot> {
    return keepOpenAt(keepReadySince(await this.#look(deploymentId, before, statusOnly), before), before)
  }

  /** The target; undefined while CodeDeploy has none, `unseen` when following goes on without it. */
  async #readTarget(deploymentId: string, isPressing: boolean): Promise<TargetReading> {
    try {
      const target = await getDeploymentTarget(this.#aws, deploymentId, this.#targetId)
      this.#visibility.succeeded()
      return target
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const { kind, code } = error.serviceError
      if (NO_TARGET_YET.has(code)) {
        this.#visibility.succeeded()
        return undefined
      }
      const mayDoWithout = kind === 'denied' || kind === 'answered' || isPassing(error.serviceError)
      if (!mayDoWithout || !this.#visibility.failed(error, this.#aws.clock.monotonicMs(), isPressing)) throw error
      return 'unseen'
    }
  }

  /** The status, and as much as ECS tells of task sets and traffic, which may be nothing. */
  async #observeBlindly(info: DeploymentInfo, before: Snapshot | undefined): Promise<Snapshot> {
    const snapshot = readBlindly({ readAt: momentOf(this.#aws.clock), info }, before)
    try {
      const answer = await describeService(this.#aws, this.#service.clusterName, this.#service.arn)
      const known = (answer.service?.taskSets ?? []).map(readTaskSet)
      return this.#withTaskSetsOfEcs(snapshot, known, isRollback(info))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      return snapshot
    }
  }

  #withTaskSetsOfEcs(snapshot: Snapshot, known: readonly ServiceTaskSet[], isOfRollback: boolean): Snapshot {
    const now = momentOf(this.#aws.clock)
    const before = new Map(snapshot.taskSets.map(({ id, trafficPercent }) => [id, trafficPercent]))
    const originalTaskSetId = originalTaskSetOf(this.#service, snapshot.deploymentId)
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
      eventsAreDone: snapshot.eventsAreDone || this.#isDoneByPrimary(share, now),
    }
  }

  /** PRIMARY comes with the last step of the shift: only a last event without a hook is surely done soon after. */
  #isDoneByPrimary(share: number | undefined, now: Moment): boolean {
    if (share !== 100 || hookAt(this.#hooks, 'after-shift') !== undefined) return false
    this.#primarySince ??= now
    return elapsedMs(this.#primarySince, now) >= LAST_EVENT_TAKES_MS
  }

  async #look(
    deploymentId: string,
    before: Snapshot | undefined,
    statusOnly: 'status-only' | undefined,
  ): Promise<Snapshot> {
    const originalTaskSetId = originalTaskSetOf(this.#service, deploymentId)
    const hadEnded = before !== undefined && hasEnded(before)
    const isTried = statusOnly === undefined && this.#visibility.shouldRetry(this.#aws.clock.monotonicMs())
    let target: TargetReading = isTried ? await this.#readTarget(deploymentId, hadEnded) : 'unseen'
    let targetReadAt = momentOf(this.#aws.clock)
    if (before !== undefined && target !== undefined && target !== 'unseen') {
      const seen = readSnapshot({ readAt: targetReadAt, info: {}, target, originalTaskSetId })
      if (isStillRunning(before, target, targetReadAt) && !seen.eventsAreDone) {
        const { eventsAreStale, events, eventsReadAt, taskSets, trafficReadAt } = seen
        return { ...before, eventsAreStale, events, eventsReadAt, eventsAreDone: false, taskSets, trafficReadAt }
      }
    }
    const info = await getDeployment(this.#aws, deploymentId)
    const reading = { readAt: momentOf(this.#aws.clock), info, originalTaskSetId }
    let lastSeen = before
    if (hasEnded(readSnapshot({ ...reading, target: undefined })) && !hadEnded && !hasTargetEnded(target)) {
      // What the target was like before the end is not how it ended; and seeing it once more may be worth a lot now.
      if (target !== 'unseen')
        lastSeen = { ...readSnapshot({ ...reading, target, targetReadAt }), eventsAreStale: true }
      target = statusOnly === undefined ? await this.#readTarget(deploymentId, true) : 'unseen'
      targetReadAt = momentOf(this.#aws.clock)
    }
    if (target === 'unseen') return await this.#observeBlindly(info, lastSeen)
    const snapshot = readSnapshot({ ...reading, target, targetReadAt })
    if (!contradictsEnd(snapshot, target)) return snapshot
    // Traffic is then told by ECS, or not at all.
    const asShown = { ...snapshot, eventsAreStale: true, trafficReadAt: undefined }
    return { ...(await this.#observeBlindly(info, asShown)), isBehind: true }
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
