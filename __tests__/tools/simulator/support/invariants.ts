import type { DeploymentInfo, ECSTarget, LifecycleEvent } from '@aws-sdk/client-codedeploy'
import type { Service } from '@aws-sdk/client-ecs'
import type { Wire } from '../../../../tools/simulator/protocol/operation.ts'
import type { DirectAccount } from './account.ts'

/** Statuses that a deployment can show later than this one. */
const LATER: Record<string, string[]> = {
  Created: ['Queued', 'InProgress', 'Ready', 'Baking', 'Succeeded', 'Failed', 'Stopped'],
  Queued: ['InProgress', 'Ready', 'Baking', 'Succeeded', 'Failed', 'Stopped'],
  InProgress: ['Ready', 'Baking', 'Succeeded', 'Failed', 'Stopped'],
  Ready: ['InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped'],
  Baking: ['Succeeded', 'Stopped'],
  Succeeded: [],
  Failed: [],
  Stopped: [],
}

const LETTERS: Record<string, string> = { Succeeded: 'S', InProgress: 'R', Pending: 'P', Failed: 'F', Skipped: 'K' }

/** In order, at most one running, and after a failure only skipped ones. */
const EVENTS_IN_ORDER = /^S*(R?P*|F?K*)$/

/**
 * What must be true whenever anybody looks, and from one look to the next. Everything is read as a client reads it.
 * A breach throws with a sentence that begins with the number of the invariant.
 */
export class Invariants {
  readonly #infos = new Map<string, Wire<DeploymentInfo>>()
  readonly #targets = new Map<string, Wire<ECSTarget>>()

  check(direct: DirectAccount): void {
    const infos = direct.lane.deployments.map(({ id }) => this.#deployment(direct, id))
    const running = infos.filter(({ status = '' }) => LATER[status]?.length)
    ensure(running.length <= 1, `4: ${running.length} deployments of one group are running`)
    for (const info of infos) checkRollback(info, infos)
    checkDueRollbacks(direct)
    checkService(direct)
  }

  #deployment(direct: DirectAccount, id: string): Wire<DeploymentInfo> {
    const info = direct.call('GetDeployment', { deploymentId: id }).output['deploymentInfo'] as Wire<DeploymentInfo>
    const before = this.#infos.get(id)
    if (before) checkCourse(before, info)
    this.#infos.set(id, info)
    const answer = direct.call('GetDeploymentTarget', { deploymentId: id, targetId: 'demo:web' })
    const found = answer.output['deploymentTarget'] as { ecsTarget?: Wire<ECSTarget> } | undefined
    if (found?.ecsTarget) this.#target(id, info, found.ecsTarget)
    return info
  }

  #target(id: string, info: Wire<DeploymentInfo>, target: Wire<ECSTarget>): void {
    const events = target.lifecycleEvents ?? []
    const letters = events.map(({ status = '' }) => LETTERS[status] ?? '?').join('')
    ensure(EVENTS_IN_ORDER.test(letters), `2: events show ${letters}`)
    ensure(!isOver(info) || !/[RP]/.test(letters), `2: events of a finished deployment show ${letters}`)
    for (const event of events) checkTimes(event)
    const starts = events.flatMap(({ startTime }) => startTime ?? [])
    ensure(
      starts.every((start, i) => i === 0 || start >= (starts[i - 1] ?? 0)),
      `2: events start out of order`,
    )
    const before = this.#targets.get(id)
    if (before && isOver(info) && this.#wasOver(id)) {
      ensure(same(withoutTaskSets(before), withoutTaskSets(target)), '1: the target of a finished deployment changed')
    }
    this.#targets.set(id, { ...target, ...(isOver(info) && { over: true }) } as Wire<ECSTarget>)
  }

  #wasOver(id: string): boolean {
    return 'over' in (this.#targets.get(id) ?? {})
  }
}

function checkCourse(before: Wire<DeploymentInfo>, info: Wire<DeploymentInfo>): void {
  const [was, is] = [before.status ?? '', info.status ?? '']
  ensure(was === is || LATER[was]?.includes(is), `1: status went from ${was} to ${is}`)
  if (!isOver(before)) return
  const { rollbackInfo: pointedBefore, ...factsBefore } = before
  const { rollbackInfo: points, ...facts } = info
  ensure(same(factsBefore, facts), '1: a finished deployment changed')
  ensure(pointedBefore === undefined || same(pointedBefore, points), '1: the pointer to a rollback changed')
}

function checkTimes({ lifecycleEventName, status, startTime, endTime }: Wire<LifecycleEvent>): void {
  const [hasStarted, hasEnded] = [startTime !== undefined, endTime !== undefined]
  ensure(hasStarted === (status !== 'Pending' && status !== 'Skipped'), `2: ${status} ${lifecycleEventName} started`)
  ensure(hasEnded === (status === 'Succeeded' || status === 'Failed'), `2: ${status} ${lifecycleEventName} ended`)
  if (startTime !== undefined && endTime !== undefined) ensure(endTime >= startTime, `2: it ended before it started`)
}

function checkRollback(info: Wire<DeploymentInfo>, all: Wire<DeploymentInfo>[]): void {
  const { rollbackDeploymentId, rollbackTriggeringDeploymentId } = info.rollbackInfo ?? {}
  const isRollback = info.creator === 'codeDeployRollback'
  ensure(isRollback === (rollbackTriggeringDeploymentId !== undefined), '5: a rollback does not name its trigger')
  ensure(!isRollback || rollbackDeploymentId === undefined, '5: a rollback has triggered a rollback')
  const other = all.find(
    ({ deploymentId }) => deploymentId === (rollbackDeploymentId ?? rollbackTriggeringDeploymentId),
  )
  if (rollbackDeploymentId !== undefined) {
    ensure(other?.rollbackInfo?.rollbackTriggeringDeploymentId === info.deploymentId, '5: the rollback names another')
  }
  if (isRollback)
    ensure(other?.rollbackInfo?.rollbackDeploymentId === info.deploymentId, '5: nobody names the rollback')
}

function checkDueRollbacks({ lane, nowMs }: DirectAccount): void {
  const due = lane.deployments.flatMap(({ rollback }) => (rollback && rollback.atMs <= nowMs ? [rollback.id] : []))
  const missing = due.filter((id) => !lane.deployments.some((deployment) => deployment.id === id))
  ensure(missing.length === 0, '5: a rollback that was due did not come')
}

function checkService(direct: DirectAccount): void {
  const { services } = direct.call('DescribeServices', { cluster: 'demo', services: ['web'] }).output
  const [service] = services as Wire<Service>[]
  const taskSets = service?.taskSets ?? []
  const primary = taskSets.filter(({ status }) => status === 'PRIMARY')
  ensure(primary.length === 1, `3: ${primary.length} task sets are PRIMARY`)
  const [first, second] = direct.lane.service?.production ?? [0, 0]
  ensure(first + second === 100 && first >= 0 && second >= 0, `3: production is ${first}/${second}`)
  const inModel = direct.lane.service?.taskSets.find(({ status }) => status === 'PRIMARY')
  ensure(direct.lane.service?.production[inModel?.targetGroup ?? 0] !== 0, '3: the PRIMARY task set has no traffic')
  for (const { status, computedDesiredCount, runningCount = 0, pendingCount = 0 } of taskSets) {
    ensure(runningCount + pendingCount === computedDesiredCount, `3: ${status} tasks do not add up`)
  }
}

function isOver({ status }: Wire<DeploymentInfo>): boolean {
  return LATER[status ?? '']?.length === 0
}

function withoutTaskSets({ taskSetsInfo, ...target }: Wire<ECSTarget>): unknown {
  return Object.fromEntries(Object.entries(target).filter(([name]) => name !== 'over'))
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** `expect` takes too long for some hundred thousand looks. */
function ensure(isSo: boolean | undefined, breach: string): asserts isSo {
  if (!isSo) throw new Error(breach)
}
