import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Wire } from '../../../../tools/simulator/protocol/operation.ts'
import { cases } from '../../../support/share.ts'
import type { DirectAccount } from '../support/account.ts'
import { nativePlays, playNative } from './support/native-play.ts'

const CASES = cases(40)

/** Statuses that a deployment can show after this one. */
const LATER: Record<string, string[]> = {
  PENDING: [
    'IN_PROGRESS',
    'STOP_REQUESTED',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
    'SUCCESSFUL',
    'STOPPED',
    'ROLLBACK_SUCCESSFUL',
    'ROLLBACK_FAILED',
  ],
  IN_PROGRESS: [
    'STOP_REQUESTED',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
    'SUCCESSFUL',
    'STOPPED',
    'ROLLBACK_SUCCESSFUL',
    'ROLLBACK_FAILED',
  ],
  STOP_REQUESTED: ['STOPPED', 'ROLLBACK_SUCCESSFUL'],
  ROLLBACK_REQUESTED: ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
}

function ensure(isSo: boolean | undefined, breach: string): asserts isSo {
  if (!isSo) throw new Error(breach)
}

const numberIn = (arn = '') => arn.split('/').at(-1) ?? ''

class NativeInvariants {
  readonly #before = new Map<string, Wire<ServiceDeployment>>()
  readonly #hookIds = new Map<string, string>()

  check(direct: DirectAccount): void {
    const known = direct.lane.native?.deployments ?? []
    const shown = known.map(({ id }) => this.#read(direct, id))
    this.#checkNumbers(direct, shown)
    const acting = shown.filter(({ status = '' }) =>
      ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(status),
    )
    ensure(acting.length <= 1, `4: ${acting.map(({ status }) => status)} at once`)
    for (const one of shown) this.#checkDeployment(one)
    this.#checkTasks(direct, shown)
    const [a, b] = direct.lane.service?.production ?? [0, 0]
    ensure(a + b === 100, `3: the rule has ${a}/${b}`)
  }

  #read(direct: DirectAccount, id: string): Wire<ServiceDeployment> {
    const arn = `arn:aws:ecs:us-east-1:123456789012:service-deployment/demo/web/${id}`
    const { output, message } = direct.call('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
    const [one] = output['serviceDeployments'] as Wire<ServiceDeployment>[]
    ensure(one !== undefined, `0: ${arn} is not described: ${message}`)
    return one
  }

  #checkNumbers(direct: DirectAccount, shown: Wire<ServiceDeployment>[]): void {
    const numbers = shown.map(({ targetServiceRevision }) => numberIn(targetServiceRevision?.arn))
    ensure(new Set(numbers).size === numbers.length, '1: two deployments have one revision')
    ensure(numbers.length === direct.lane.native?.revisions.length, '1: there are revisions without a deployment')
    const tasks = direct.lane.service?.taskSets.map(({ id }) => numberIn(id)) ?? []
    ensure(
      tasks.every((number) => numbers.includes(number)),
      '1: there are tasks of no revision',
    )
  }

  #checkDeployment(one: Wire<ServiceDeployment>): void {
    const arn = one.serviceDeploymentArn ?? ''
    const before = this.#before.get(arn)
    const [was = '', is = ''] = [before?.status, one.status]
    ensure(!before || was === is || LATER[was]?.includes(is), `2: status went from ${was} to ${is}`)
    if (before && LATER[was] === undefined) {
      ensure(JSON.stringify(withoutCounts(before)) === JSON.stringify(withoutCounts(one)), `2: ${was} changed`)
    }
    this.#before.set(arn, one)
    checkWeights(one)
    for (const { hookId = '', status = '' } of one.lifecycleHookDetails ?? []) {
      const owner = this.#hookIds.get(hookId)?.split(' ')
      ensure(!owner || owner[0] === arn, '5: two deployments have one hook id')
      const wasOver = owner && !['IN_PROGRESS', 'AWAITING_ACTION'].includes(owner[1] ?? '')
      ensure(!wasOver || owner?.[1] === status, `5: a hook went from ${owner?.[1]} to ${status}`)
      this.#hookIds.set(hookId, `${arn} ${status}`)
    }
  }

  #checkTasks(direct: DirectAccount, shown: Wire<ServiceDeployment>[]): void {
    const { services } = direct.call('DescribeServices', { cluster: 'demo', services: ['web'] }).output
    const [service] = services as Wire<Service>[]
    const primaries = (service?.deployments ?? []).filter(({ status }) => status === 'PRIMARY')
    ensure(primaries.length === 1, `7: ${primaries.length} deployments are PRIMARY`)
    ensure(primaries[0]?.taskDefinition === service?.taskDefinition, '7: PRIMARY and service differ')
    const isOver = shown.every(({ status = '' }) => LATER[status] === undefined)
    const stopped = shown.some(({ status = '' }) => status === 'STOPPED' || status === 'ROLLBACK_FAILED')
    const living = (service?.deployments ?? []).filter(({ desiredCount = 0 }) => desiredCount > 0)
    if (isOver && !stopped) ensure(living.length <= 1, `6: ${living.length} revisions have tasks`)
    for (const { desiredCount = 0, runningCount = 0, pendingCount = 0 } of living) {
      ensure(runningCount + pendingCount === desiredCount, `6: ${runningCount}+${pendingCount} of ${desiredCount}`)
    }
  }
}

function checkWeights({ sourceServiceRevisions = [], targetServiceRevision, status }: Wire<ServiceDeployment>): void {
  const all = [...sourceServiceRevisions, ...(targetServiceRevision ? [targetServiceRevision] : [])]
  const weights = all.flatMap(({ requestedProductionTrafficWeight: weight }) => weight ?? [])
  if (weights.length === 0) return
  ensure(weights.reduce((sum, weight) => sum + weight, 0) === 100, `3: weights of ${status} are ${weights}`)
}

/** Tasks live on after a deployment is over. */
function withoutCounts({ sourceServiceRevisions, targetServiceRevision, updatedAt, ...rest }: Wire<ServiceDeployment>) {
  return rest
}

test('whatever happens, statuses, weights, hooks and tasks of native deployments never contradict each other', () => {
  fc.assert(
    fc.property(nativePlays, (one) => {
      const invariants = new NativeInvariants()
      playNative(one, 'step by step', (direct) => invariants.check(direct))
    }),
    CASES,
  )
})

test('one big step of the clock and many small ones give the same answers, and so does every run', () => {
  fc.assert(
    fc.property(nativePlays, (one) => {
      const once = playNative(one, 'at once')
      expect(playNative(one, 'step by step')).toBe(once)
      expect(playNative(one, 'at once')).toBe(once)
    }),
    CASES,
  )
})
