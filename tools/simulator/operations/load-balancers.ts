import type {
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer as LoadBalancerView,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { hexOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Lane, Service } from '../model/lane.ts'
import { dnsSuffixOf, loadBalancerArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { RealWorld } from '../real-world.ts'
import { between, requireConstraints } from './constraints.ts'
import { pageOf } from './page.ts'
import { SERVICE_NETWORK } from './task-set-view.ts'

/** Source: Elastic Load Balancing API Reference, DescribeLoadBalancers and DescribeListeners. */
export const MAX_PAGE_SIZE = 400

/** Every service is behind a load balancer of its own (on purpose: a world does not describe any). */
export interface LoadBalancer {
  arn: string
  lane: Lane
  service: Service
}

const describeLoadBalancers = reads<DescribeLoadBalancersInput, DescribeLoadBalancersOutput>(
  schemaOf('elastic-load-balancing-v2', 'elasticloadbalancingv2', 'DescribeLoadBalancers'),
  (input, account, atMs, { real }) => {
    const { LoadBalancerArns: arns = [], Names: names = [], Marker: marker, PageSize: size } = input
    requireConstraints('ValidationError', between('pageSize', size, 1, MAX_PAGE_SIZE))
    if (arns.length > 0 && names.length > 0) {
      const message = 'Load balancer names and load balancer ARNs cannot be specified at the same time'
      throw new AwsError('ValidationError', message)
    }
    const all = loadBalancersOf(account, atMs)
    const wanted = [...arns.map((arn) => requireLoadBalancer(all, arn)), ...names.map((name) => byName(all, name))]
    const page = pageOf(wanted.length > 0 ? wanted : all, marker, size ?? MAX_PAGE_SIZE, 'ValidationError')
    return {
      LoadBalancers: page.entries.map((one) => view(account, one, real)),
      ...(page.nextToken && { NextMarker: page.nextToken }),
    }
  },
)

export const loadBalancerOperations: Operation[] = [describeLoadBalancers]

export function loadBalancersOf(account: Account, atMs: number): LoadBalancer[] {
  return account.laneKeys.flatMap((key) => {
    const lane = account.lane(key, atMs)
    if (!lane?.service) return []
    return [{ arn: loadBalancerArn(account.world, lane.service.seed), lane, service: lane.service }]
  })
}

export function requireLoadBalancer(all: LoadBalancer[], arn: string): LoadBalancer {
  if (!arn.includes(':loadbalancer/')) {
    throw new AwsError('ValidationError', `'${arn}' is not a valid load balancer ARN`)
  }
  const found = all.find((one) => one.arn === arn)
  if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`)
  return found
}

function byName(all: LoadBalancer[], name: string): LoadBalancer {
  const found = all.find(({ service }) => service.seed.name === name)
  if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`)
  return found
}

/** Source: Elastic Load Balancing API Reference, LoadBalancer. */
function view({ world }: Account, { arn, lane, service }: LoadBalancer, real: RealWorld): Wire<LoadBalancerView> {
  const { name, loadBalancer } = service.seed
  const isNetwork = loadBalancer === 'network'
  const { subnets = [], securityGroups = [] } = SERVICE_NETWORK.awsvpcConfiguration ?? {}
  const number = Number.parseInt(hexOf(8, 'load balancer', name), 16)
  const served = real.listeners[lane.key]
  return {
    LoadBalancerArn: arn,
    DNSName: served
      ? new URL(served.production).hostname
      : `${name}-${number}.${world.region}.elb.${dnsSuffixOf(world)}`,
    CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    CreatedTime: wireTime(service.createdMs),
    LoadBalancerName: name,
    Scheme: 'internet-facing',
    VpcId: 'vpc-0d4',
    State: { Code: 'active' },
    Type: isNetwork ? 'network' : 'application',
    AvailabilityZones: subnets.map((subnet, i) => ({ ZoneName: zoneName(world.region, i), SubnetId: subnet })),
    ...(!isNetwork && { SecurityGroups: [...securityGroups] }),
    IpAddressType: 'ipv4',
  }
}

/** The zone of the service's first, second, ... subnet. */
export function zoneName(region: string, subnet: number): string {
  return `${region}${'abcdef'.charAt(subnet)}`
}
