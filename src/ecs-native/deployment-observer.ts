import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Ecs } from '../aws/ecs.ts'
import { describeServiceDeployment } from '../aws/service-deployments.ts'
import { keepOpenAt, type Snapshot } from '../follow/snapshot.ts'
import type { ResolvedService } from '../service/service.ts'
import { elapsedMs, momentOf } from '../time/clock.ts'
import { readSnapshot } from './ecs-snapshot.ts'
import { endText } from './end-reason.ts'
import { deploymentArn } from './ids.ts'

/**
 * A rollback is shown before its reason is, for a second or so (assumed): how often it is looked again for the reason, and
 * how soon, in milliseconds.
 */
const LOOKS_FOR_REASON = 2
const LOOK_AGAIN_MS = 1_500

/** Reads a deployment of ECS, and remembers what it has seen of its stages, which ECS tells only while they last. */
export class DeploymentObserver {
  readonly #aws: Ecs
  readonly #service: ResolvedService
  readonly #seen = new Map<string, Snapshot>()

  constructor(aws: Ecs, service: ResolvedService) {
    this.#aws = aws
    this.#service = service
  }

  /** As `ReleaseEngine.observe`; the status alone takes the same one request. */
  async observe(deploymentId: string, before: Snapshot | undefined): Promise<Snapshot> {
    const latest = laterOf(before, this.#seen.get(deploymentId))
    const deployment = await this.#describe(deploymentId)
    const reading = { deploymentId, deployment, readAt: momentOf(this.#aws.clock) }
    const snapshot = keepOpenAt(readSnapshot(reading, latest), latest)
    this.#seen.set(deploymentId, snapshot)
    return snapshot
  }

  async #describe(deploymentId: string): Promise<ServiceDeployment> {
    const arn = deploymentArn(this.#service, deploymentId)
    let deployment = await describeServiceDeployment(this.#aws, arn)
    for (let looks = 0; looks < LOOKS_FOR_REASON && this.#lacksReason(deployment); looks++) {
      await this.#aws.clock.sleep(LOOK_AGAIN_MS, this.#aws.signal)
      if (this.#aws.signal?.aborted !== true) deployment = await describeServiceDeployment(this.#aws, arn)
    }
    return deployment
  }

  #lacksReason(deployment: ServiceDeployment): boolean {
    const isBegun = deployment.status === 'ROLLBACK_REQUESTED' && endText(deployment) === undefined
    return isBegun && this.#aws.signal?.aborted !== true
  }
}

function laterOf(one: Snapshot | undefined, other: Snapshot | undefined): Snapshot | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return elapsedMs(one.statusReadAt, other.statusReadAt) > 0 ? other : one
}
