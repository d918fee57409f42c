import { otherTargetGroup, type TargetGroupIndex } from '../../names.ts'
import { revisionNumberOf, serviceDeploymentIdOf } from '../../native/names.ts'
import type { Lane } from '../lane.ts'
import type { Rules } from '../rules.ts'
import {
  changeNative,
  changeRevision,
  changeServiceDeployment,
  findRevision,
  ongoingDeployments,
  type Revision,
} from './native-service.ts'
import { newServiceDeployment } from './new-service-deployment.ts'
import { scheduleNativeOccasions } from './occasions.ts'
import { isRollingBack, type ServiceDeployment } from './service-deployment.ts'

/** What UpdateService wants a service to run. */
export interface NativeOrder {
  taskDefinitionArn: string
}

/** UpdateService made a revision and a deployment to it; what runs at that moment is stopped for it (assumed). */
export function createServiceDeployment(lane: Lane, rules: Rules, order: NativeOrder, atMs: number): Lane {
  const { service, native } = lane
  if (!service || !native) return lane
  const { cluster, name } = service.seed
  const index = native.revisions.length
  const revision: Revision = {
    number: revisionNumberOf(...rules.idSeed, 'revision', cluster, name, index),
    taskDefinitionArn: order.taskDefinitionArn,
    targetGroup: otherTargetGroup(liveTargetGroup(lane)),
    createdMs: atMs,
    requested: 0,
    kept: false,
    failedTasks: 0,
  }
  const deployment = newServiceDeployment(
    {
      id: serviceDeploymentIdOf(...rules.idSeed, cluster, name, index),
      revision: revision.number,
      createdMs: atMs,
      config: native.config,
      sources: sourcesOf(lane),
      liveTargetGroup: liveTargetGroup(lane),
    },
    service.desiredCount,
  )
  const created = changeNative(supersede(lane, rules, atMs), {
    revisions: [...native.revisions, revision],
    primary: revision.number,
  })
  const deployments = [
    ...(created.native?.deployments ?? []),
    { ...deployment, serving: servingOf(created, deployment) },
  ]
  return scheduleNativeOccasions(changeNative(created, { deployments }), rules, deployment.id, 'Created', atMs)
}

function supersede(lane: Lane, rules: Rules, atMs: number): Lane {
  if (rules.native.assumptions.concurrentUpdate !== 'supersede') return lane
  const ending = { cause: 'it was replaced by a newer service deployment', sinceMs: atMs }
  return ongoingDeployments(lane)
    .filter((deployment) => !isRollingBack(deployment))
    .reduce(
      (one, { id, status, ending: before }) =>
        changeServiceDeployment(one, id, atMs, {
          status: 'STOP_REQUESTED',
          ending: status === 'STOP_REQUESTED' ? before : ending,
        }),
      lane,
    )
}

/** The target group that the production rule says is live: ECS takes its word for it (observed). */
export function liveTargetGroup({ service }: Lane): TargetGroupIndex {
  const [first, second] = service?.production ?? [100, 0]
  return second > first ? 1 : 0
}

/** Revisions that are to have tasks, oldest first. */
export function sourcesOf(lane: Lane): string[] {
  return (lane.native?.revisions ?? []).filter(({ kept }) => kept).map(({ number }) => number)
}

/** Of several the one behind the live target group; if that is none or more than one, the newest. */
export function servingOf(lane: Lane, { sources }: Pick<ServiceDeployment, 'sources'>): string | undefined {
  const live = liveTargetGroup(lane)
  return sources.findLast((number) => findRevision(lane, number)?.targetGroup === live) ?? sources.at(-1)
}

/** The target takes the target group that does not serve, as it is known when the deployment starts. */
export function takeTargetGroup(lane: Lane, deployment: ServiceDeployment): Lane {
  return changeRevision(lane, deployment.revision, { targetGroup: otherTargetGroup(deployment.liveTargetGroup) })
}
