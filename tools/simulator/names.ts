import { partition } from '@aws-sdk/core/client'
import { hexOf, uuidOf } from './identity.ts'
import type { World } from './scenario.ts'

type Place = Pick<World, 'region' | 'account'>

/** What the ARNs of a region begin with after `arn:`: `aws`, `aws-cn`, ... Source: the SDK's partitions. */
export function partitionOf({ region }: Pick<World, 'region'>): string {
  return partitionData(region).name
}

/** What the addresses of a region end with: `amazonaws.com`, `amazonaws.com.cn`, ... Source: the SDK's partitions. */
export function dnsSuffixOf({ region }: Pick<World, 'region'>): string {
  return partitionData(region).dnsSuffix
}

const KNOWN = new Map<string, ReturnType<typeof partition>>()

/** Looked up once, as every answer is full of ARNs. */
function partitionData(region: string): ReturnType<typeof partition> {
  const known = KNOWN.get(region) ?? partition(region)
  KNOWN.set(region, known)
  return known
}

/** Whether an ARN is of this account, region and partition. */
export function isOfPlace(arn: string, place: Place): boolean {
  const [, partition, , region, account] = arn.split(':')
  return partition === partitionOf(place) && region === place.region && account === place.account
}

export function clusterArn(place: Place, cluster: string): string {
  return ecsArn(place, `cluster/${cluster}`)
}

export function serviceArn(place: Place, cluster: string, service: string): string {
  return ecsArn(place, `service/${cluster}/${service}`)
}

export function taskSetArn(place: Place, cluster: string, service: string, taskSet: string): string {
  return ecsArn(place, `task-set/${cluster}/${service}/${taskSet}`)
}

export function taskArn(place: Place, cluster: string, task: string): string {
  return ecsArn(place, `task/${cluster}/${task}`)
}

export function taskDefinitionArn(place: Place, family: string, revision: number): string {
  return ecsArn(place, `task-definition/${family}:${revision}`)
}

export function roleArn(place: Place, role: string): string {
  return `arn:${partitionOf(place)}:iam::${place.account}:role/${role}`
}

export function functionArn(place: Place, name: string): string {
  return `arn:${partitionOf(place)}:lambda:${place.region}:${place.account}:function:${name}`
}

/** Who somebody is that assumed a role; the path of the role is not in it. */
export function assumedRoleArn(place: Place, role: string, session: string): string {
  return `arn:${partitionOf(place)}:sts::${place.account}:assumed-role/${role}/${session}`
}

/** Of the listeners of a service. */
export function certificateArn(place: Place, service: string): string {
  return `arn:${partitionOf(place)}:acm:${place.region}:${place.account}:certificate/${uuidOf('certificate', service)}`
}

export function secretArn(place: Place, name: string): string {
  return `arn:${partitionOf(place)}:secretsmanager:${place.region}:${place.account}:secret:${name}`
}

/** The role with which CodeDeploy acts; every group of a simulated world has the same. */
export const SERVICE_ROLE = 'ecsCodeDeployRole'

/** CodeDeploy swaps between two target groups; which of them serves changes with every release. */
export function targetGroupName(service: string, index: TargetGroupIndex): string {
  return `${service}-tg-${index + 1}`
}

export function targetGroupArn(place: Place, service: string, index: TargetGroupIndex): string {
  return namedTargetGroupArn(place, targetGroupName(service, index))
}

export function namedTargetGroupArn(place: Place, name: string): string {
  return loadBalancingArn(place, `targetgroup/${name}/${hexOf(16, name)}`)
}

/** Of a group's service that is not there: as of one behind an application load balancer. */
export function listenerArn(place: World, service: ServiceName, kind: 'production' | 'test'): string {
  return namedListenerArn(place, familyOf(place, service), service.name, kind)
}

export function namedListenerArn(
  place: Place,
  family: 'net' | 'app',
  name: string,
  kind: 'production' | 'test',
): string {
  return loadBalancingArn(place, `listener/${family}/${name}/${hexOf(16, name)}/${hexOf(16, name, kind)}`)
}

export function loadBalancerArn(place: World, service: ServiceName): string {
  return loadBalancingArn(place, `loadbalancer/${familyOf(place, service)}/${service.name}/${hexOf(16, service.name)}`)
}

interface ServiceName {
  cluster: string
  name: string
}

/** `net` or `app`, as ARNs of load balancers and listeners have it. Source: ELB API Reference, ARNs of resources. */
function familyOf({ services }: World, { cluster, name }: ServiceName): 'net' | 'app' {
  const seed = services.find((known) => known.cluster === cluster && known.name === name)
  const kind = seed?.native ? seed.native.loadBalancer : seed?.loadBalancer
  return kind === 'network' ? 'net' : 'app'
}

export type TargetGroupIndex = 0 | 1

/** The target group of a pair that is not this one. */
export function otherTargetGroup(index: TargetGroupIndex): TargetGroupIndex {
  return index === 0 ? 1 : 0
}

/** The name at the end of a cluster, service, function or task ARN; a name is returned as it is. */
export function nameIn(nameOrArn: string): string {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn
  const lambda = /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(nameOrArn)
  return lambda?.[1] ?? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
}

/** How this world's services are keyed: by cluster and name. Also the id of a CodeDeploy target. */
export function serviceKey(cluster: string, service: string): string {
  return `${cluster}:${service}`
}

function ecsArn(place: Place, resource: string): string {
  return `arn:${partitionOf(place)}:ecs:${place.region}:${place.account}:${resource}`
}

function loadBalancingArn(place: Place, resource: string): string {
  return `arn:${partitionOf(place)}:elasticloadbalancing:${place.region}:${place.account}:${resource}`
}
