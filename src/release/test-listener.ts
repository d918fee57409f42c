import type { TaskSet } from '@aws-sdk/client-ecs'
import { parseArn } from '../aws/arn.ts'
import { attempt, CallError } from '../aws/attempts.ts'
import { describeService } from '../aws/ecs.ts'
import type { Snapshot } from '../follow/snapshot.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import type { TestListener } from '../release-state.ts'
import { originalTaskSetOf } from '../service/service.ts'
import { until, within } from '../time/race.ts'
import type { Status } from '../verdict.ts'
import type { World } from '../world.ts'

/** How long both reads may take together, in milliseconds. */
const READ_WITHIN_MS = 2_000

/** After these people ask what the test listener reaches; after a success it is what serves production. */
const MATTERS_AFTER: ReadonlySet<Status> = new Set<Status>([
  'awaiting-promotion',
  'failed',
  'stopped',
  'rolled-back',
  'rollback-failed',
  'timed-out',
  'cancelled',
])

/**
 * Reads what the test listener reaches now. The permission for it is optional, and nothing depends on the answer: one
 * attempt, without a warning when it fails. A step that is being cancelled does not ask.
 * @returns undefined when it was not read
 */
export async function readTestListener(
  status: Status,
  { service, group }: Pick<ReleasePlan, 'service' | 'group'>,
  deploymentId: string,
  snapshot: Snapshot | undefined,
  world: World,
): Promise<TestListener | undefined> {
  if (service.controller === 'ECS') return MATTERS_AFTER.has(status) ? byWeight(snapshot) : undefined
  const { testListener } = group
  if (testListener === undefined || !MATTERS_AFTER.has(status) || world.signal.aborted) return undefined
  const once = { ...world, maxAttempts: 1, deadlineMs: READ_WITHIN_MS, patienceMs: 0 }
  try {
    const elb = await world.loadBalancing()
    const reads = within(world.clock, READ_WITHIN_MS, async () => {
      const listener = await attempt(once, 'elasticloadbalancing:DescribeListeners', (signal) =>
        elb.describeListener(testListener, signal),
      )
      if (listener?.targetGroup === undefined) return { listener, taskSets: [] }
      const answer = await describeService(once, service.clusterName, service.arn)
      return { listener, taskSets: answer.service?.taskSets }
    })
    const { listener, taskSets } = (await until(world.signal, reads)) ?? {}
    if (listener === undefined || taskSets === undefined) return undefined
    const sides = {
      deploymentId,
      originalId: originalTaskSetOf(service, deploymentId),
      targetGroups: group.targetGroups,
    }
    const isHttp = listener.protocol === 'HTTP' || listener.protocol === 'HTTPS'
    return { reaches: reachedBy(listener.targetGroup, taskSets, sides), isHttp, readAtMs: world.clock.now() }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return undefined
  }
}

/** Where ECS deploys, every reading tells the weights of test traffic. */
function byWeight(snapshot: Snapshot | undefined): TestListener | undefined {
  const reached = snapshot?.taskSets.find(({ testPercent }) => testPercent === 100)
  if (snapshot === undefined || reached === undefined) return undefined
  return { reaches: reached.role, isHttp: true, readAtMs: snapshot.statusReadAt.atMs }
}

/** How the sides of a deployment are known. */
export interface ListenerSides {
  deploymentId: string
  /** Id of the original task set; undefined when it was gone before. */
  originalId: string | undefined
  /** Names of the target groups of the deployment group. */
  targetGroups: readonly string[]
}

/**
 * Whose tasks are in a target group. The targets of a task set that is DRAINING are being taken out of it, and get no new
 * requests. Source: ECS API Reference, TaskSet; ELB User Guide, "Deregistration delay".
 * @param targetGroup its ARN; undefined when a listener reaches none or several
 */
export function reachedBy(
  targetGroup: string | undefined,
  taskSets: readonly TaskSet[],
  { deploymentId, originalId, targetGroups }: ListenerSides,
): TestListener['reaches'] {
  if (targetGroup === undefined) return undefined
  const running = taskSets.filter(({ status, runningCount }) => status !== 'DRAINING' && runningCount !== 0)
  const [one, ...others] = running.filter(({ loadBalancers = [] }) =>
    loadBalancers.some(({ targetGroupArn }) => targetGroupArn === targetGroup),
  )
  if (others.length > 0) return undefined
  if (one === undefined) {
    const areAllKnown = running.every(({ loadBalancers = [] }) => loadBalancers.length > 0)
    return areAllKnown && targetGroups.includes(nameOf(targetGroup)) ? 'empty' : undefined
  }
  if (one.externalId === deploymentId) return 'replacement'
  return one.id !== undefined && one.id === originalId ? 'original' : undefined
}

/** Its resource is `targetgroup/NAME/ID`. Source: Service Authorization Reference, Elastic Load Balancing V2. */
function nameOf(targetGroup: string): string {
  return parseArn(targetGroup)?.resource.split('/')[1] ?? ''
}
