import type { Account } from '../model/account.ts'
import type { Lane, Service } from '../model/lane.ts'
import { nameIn, serviceKey } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'

/** Name or ARN; without one it is `default` (documented). */
export function requireCluster(account: Account, reference: string | undefined): string {
  const name = nameIn(reference ?? 'default')
  if (!account.world.clusters.includes(name)) throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
  return name
}

/** A service by name or ARN, as of this moment; undefined when the cluster has none of that name. */
export function findService(
  account: Account,
  cluster: string,
  reference: string,
  atMs: number,
): LaneWithService | undefined {
  const lane = account.lane(serviceKey(cluster, nameIn(reference)), atMs)
  return lane?.service && { lane, service: lane.service }
}

export interface LaneWithService {
  lane: Lane
  service: Service
}

export function requireService(
  account: Account,
  cluster: string,
  reference: string | undefined,
  atMs: number,
): LaneWithService {
  if (!reference) throw new AwsError('InvalidParameterException', 'Service can not be blank.')
  const found = findService(account, cluster, reference, atMs)
  if (!found) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  return found
}

/** Every service of a cluster. */
export function servicesIn(account: Account, cluster: string, atMs: number): LaneWithService[] {
  return account.laneKeys.flatMap((key) => {
    const lane = account.lane(key, atMs)
    return lane?.service?.seed.cluster === cluster ? [{ lane, service: lane.service }] : []
  })
}
