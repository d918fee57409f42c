import type { Account } from '../model/account.ts'
import type { Lane, Service } from '../model/lane.ts'
import { nameIn, partitionOf, serviceKey } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'

/**
 * An ARN finds nothing of another region, account or partition. ECS names a wrong region (observed); that things of
 * another account or partition are simply not there is assumed.
 * @returns whether the reference is a name, or an ARN of this account
 */
export function isOwn({ world }: Account, reference: string): boolean {
  if (!reference.startsWith('arn:')) return true
  const [, partition, , region, owner] = reference.split(':')
  if (region !== world.region) throw new AwsError('InvalidParameterException', 'Invalid Region in ARN')
  return owner === world.account && partition === partitionOf(world)
}

/** Name or ARN; without one it is `default` (documented). */
export function requireCluster(account: Account, reference: string | undefined): string {
  const name = nameIn(reference ?? 'default')
  const isHere = isOwn(account, reference ?? 'default')
  if (!isHere || !account.world.clusters.includes(name))
    throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
  return name
}

/** A service by name or ARN, as of this moment; undefined when the cluster has none of that name. */
export function findService(
  account: Account,
  cluster: string,
  reference: string,
  atMs: number,
): LaneWithService | undefined {
  const [, other] = /^arn:.*:service\/([^/]+)\/[^/]+$/.exec(reference) ?? []
  if (!isOwn(account, reference)) return undefined
  if (other !== undefined && other !== cluster) {
    const message = `Invalid identifier: Identifier is for cluster ${other}. Your cluster is ${cluster}`
    throw new AwsError('InvalidParameterException', message)
  }
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
