import type { Caller } from './aws/sts.ts'
import type { Outcome } from './follow/following.ts'
import type { Rollback } from './follow/rollback.ts'
import type { Settlement } from './follow/settlement.ts'
import type { Snapshot } from './follow/snapshot.ts'
import type { TimelineEntry } from './follow/timeline.ts'
import type { Wait } from './group/waits-so-far.ts'
import type { FinishLine } from './inputs/choices.ts'
import type { Operation } from './inputs/operation.ts'
import type { Adopted, ReleasePlan } from './plan/plan.ts'
import type { Problem } from './problem.ts'
import type { DeploymentGroup } from './service/deployment-group.ts'
import type { ResolvedService } from './service/service.ts'
import type { Moment } from './time/clock.ts'
import type { Status } from './verdict.ts'
import type { GithubRun } from './workflow-run/github-run.ts'
import type { MarkedRepository } from './workflow-run/marker.ts'

/**
 * Everything that is known of one release at a moment. Log, annotation, summary, outputs and report are rendered from
 * this one value, so that they cannot disagree. Times are milliseconds since 1970.
 */
export interface Release {
  operation: Operation
  run: GithubRun
  region: string | undefined
  /** The endpoint when it is not AWS itself. */
  otherEndpoint: string | undefined
  /** As the inputs name them. */
  asked: {
    cluster: string
    service: string
    finishLine: FinishLine
    deploymentId: string | undefined
    /** Of a preview: the first of its lanes. */
    firstLane: string | undefined
  }
  /** Who the calls are made as; undefined when it could not be seen. */
  caller: Caller | undefined
  startedAt: Moment
  endedAt: Moment | undefined
  service: ResolvedService | undefined
  group: DeploymentGroup | undefined
  plan: ReleasePlan | undefined
  problems: readonly Problem[]
  warnings: readonly string[]
  /** Those of the warnings that are over once what they are about is. */
  warnedOf: WarnedOf
  /** The revision that is deployed, once it exists. */
  taskDefinition: { arn: string; isNew: boolean } | undefined
  /** Family of a revision of which the answer was lost: it may have been registered. */
  lostRevisionOf: string | undefined
  /**
   * When CreateDeployment was sent, known before it is; undefined when none was, or when it was surely not carried out.
   * With no `deploymentId` there may be a deployment or not.
   */
  creationSentAtMs: number | undefined
  deploymentId: string | undefined
  /** The deployment was made by an earlier attempt or step of the same job; it is followed instead of making another. */
  adopted: Adopted | undefined
  /** The deployment was made by an earlier job, and this operation is about it. */
  madeEarlier: boolean
  /** What was waited for, or ended, to make room for this release. */
  waits: readonly Wait[]
  timeline: readonly TimelineEntry[]
  /** The last reading of the deployment. */
  snapshot: Snapshot | undefined
  outcome: Outcome | undefined
  /** CodeDeploy has taken our request to stop the deployment with rollback; known before it is settled. */
  stopAccepted: boolean
  settlement: Settlement | undefined
  production: Production | undefined
  /** The address that people open for the test listener. */
  testUrl: string | undefined
  /** What the test listener reached when the deployment was at rest; undefined when it was not read. */
  testListener: TestListener | undefined
  /** Of `operation: preview`: whose preview, and on which lanes. */
  preview: Preview | undefined
  /** What hook functions printed, as far as it is shown. */
  hookLogs: readonly HookLog[]
  /**
   * Whether there is the function of the hook that CodeDeploy could not invoke; undefined when it could invoke all, and
   * when that could not be seen.
   */
  hookFunctionExists: boolean | undefined
  /** For which reasons tasks of the replacement stopped, in the order in which they were seen; untrusted. */
  taskStops: readonly string[]
  /** What ECS told about trouble with placing or starting tasks of the replacement, newest last; untrusted. */
  serviceTroubles: readonly string[]
  /** Undefined while the release goes on. */
  status: Status | undefined
  /** What ended the release besides CodeDeploy itself: an error of ours or a call that failed. */
  failure: string | undefined
  /** The step that released ended without a word: it was killed or crashed. */
  wasLost: boolean
}

/** The preview of a pull request, or the look after all of them. */
export interface Preview {
  task: PreviewTaskKind
  /** Number of the pull request; empty for a sweep. */
  pullRequest: string
  /**
   * The lane that is being taken, and the task set that was PRIMARY in it and how many tasks it ran before; undefined
   * when it was its own.
   */
  taking: { cluster: string; name: string; desiredCount: number; primaryId: string; ranBefore: number } | undefined
  lanes: readonly LaneReading[]
}

/** Tasks that a run of `operation: preview` may have. */
export type PreviewTaskKind = 'claim' | 'free' | 'sweep' | 'fork'

/** A lane as it is told. */
export interface LaneReading {
  name: string
  url: string
  /** Who had it when it was looked at: `free`, `pull request 12 (d-…, 2 h ago)`. */
  was: string
  /** What this step did with it: `freed`; empty: nothing. */
  became: string
}

/** What a warning is about, when it is over once that is. */
export type Concern = 'checks' | 'credentials' | 'job-limit' | 'lifecycle-events' | 'ready-wait' | 'termination-wait'

/** What was warned of last about each of them. */
export type WarnedOf = Readonly<Partial<Record<Concern, readonly string[]>>>

/** A lane that a pull request has lost, to be announced where people look for its preview. */
export interface FreedLane {
  /** Number of the pull request. */
  pullRequest: string
  repository: MarkedRepository
  /** The deployments that had put it there: of two the one that was under way, and the one before it. */
  deploymentIds: readonly string[]
  /** Another lane shows the pull request, so that where it is told is no news of this one. */
  isElsewhere: boolean
  region: string
  name: string
  url: string
  /** E.g. `pull request 12 is closed`. */
  why: string
}

/** The end of what a hook function printed in this release; every line of it is text that others wrote. */
export interface HookLog {
  event: string
  hookFunction: string
  logGroup: string
  /** `empty`: nothing of this run was found in it; `no-group`: there is no such log group. Absent: it was found. */
  state?: 'empty' | 'no-group'
  lines: string[]
  /** How many lines before them are left out. */
  omitted: number
}

/** What serves production, as it was last seen. */
export interface Production {
  /** Percent of production on the replacement; undefined when it was not seen. */
  percent: number | undefined
  /** Revisions (`family:revision`) with their percent of production, the largest first; empty when it was not seen. */
  revisions: { name: string; percent: number }[]
  /** When the shares were read. */
  readAtMs: number
  /** Traffic may have moved since: this is not what serves now. */
  isOutdated: boolean
  /** The revision of the PRIMARY task set, where that is all that could be read of what serves now. */
  primary: { name: string; readAtMs: number } | undefined
}

/** The test listener as it was read. */
export interface TestListener {
  /**
   * Whose tasks are in the target group that its default action forwards to; `empty`: nobody's. Undefined when that is
   * several, or something else.
   */
  reaches: 'original' | 'replacement' | 'empty' | undefined
  /** It is of HTTP or HTTPS, so that it answers for an empty target group with 503. */
  isHttp: boolean
  readAtMs: number
}

/** Why nothing was deployed that was to be; undefined when something was, or nothing was to be. */
export function reasonOf({ status, problems }: Release): Problem['reason'] | undefined {
  return status === 'refused' || status === 'unchanged' ? problems[0]?.reason : undefined
}

/** A deployment may have been made whose id was never seen. */
export function mayHaveStarted({ creationSentAtMs, deploymentId }: Release): boolean {
  return creationSentAtMs !== undefined && deploymentId === undefined
}

/** Nothing is left to be done for a cancelled release. */
export function isAtRest(release: Release): boolean {
  const { deploymentId, settlement, preview } = release
  // A lane that was taken runs tasks until it is given back.
  if (deploymentId === undefined) return !mayHaveStarted(release) && preview?.taking === undefined
  return settlement !== undefined && settlement.cutShort === undefined
}

/** The output `rollback-status`: without a settlement it is what the release leaves open. */
export function rollbackStatusOf(release: Release): Rollback['status'] {
  return rollbackOf(release)?.status ?? (isLeftOpen(release) ? 'unknown' : 'none')
}

/** A cancelled step ended while it looked for its deployment, or while it brought it to rest. */
function isLeftOpen(release: Release): boolean {
  const { status, outcome } = release
  return status === 'unknown' || (status === 'cancelled' && (outcome !== undefined || mayHaveStarted(release)))
}

/** The rollback, or that there was none. */
export function rollbackOf(release: Release): Rollback | undefined {
  return release.settlement?.rollback
}
