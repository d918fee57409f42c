import type {
  Action,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as ListenerView,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Account } from '../model/account.ts'
import { type Weights, weightsWith } from '../model/traffic.ts'
import { certificateArn, listenerArn, type TargetGroupIndex, targetGroupArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { RealWorld } from '../real-world.ts'
import { between, requireConstraints } from './constraints.ts'
import { type LoadBalancer, loadBalancersOf, MAX_PAGE_SIZE, requireLoadBalancer } from './load-balancers.ts'
import { pageOf } from './page.ts'

/** On a clock that nobody listens to, the ports of AWS's own tutorial for ECS releases through CodeDeploy. */
const PORTS = { production: 80, test: 8080 }
const SECURE_PORTS = { production: 443, test: 8443 }

const describeListeners = reads<DescribeListenersInput, DescribeListenersOutput>(
  schemaOf('elastic-load-balancing-v2', 'elasticloadbalancingv2', 'DescribeListeners'),
  (input, account, atMs, { real }) => {
    const { LoadBalancerArn: loadBalancer, ListenerArns: arns = [], Marker: marker, PageSize: size } = input
    requireConstraints('ValidationError', between('pageSize', size, 1, MAX_PAGE_SIZE))
    if (arns.length > 0 === (loadBalancer !== undefined)) {
      const message = 'You must specify either listener ARNs or a load balancer ARN'
      throw new AwsError('ValidationError', message)
    }
    const all = loadBalancersOf(account, atMs)
    const within = loadBalancer === undefined ? all : [requireLoadBalancer(all, loadBalancer)]
    const listeners = within.flatMap((one) => listenersOf(account, one, real))
    const wanted = loadBalancer === undefined ? arns.map((arn) => requireListener(listeners, arn)) : listeners
    const { entries, nextToken } = pageOf(wanted, marker, size ?? MAX_PAGE_SIZE, 'ValidationError')
    return { Listeners: entries, ...(nextToken && { NextMarker: nextToken }) }
  },
)

export const listenerOperations: Operation[] = [describeListeners]

function requireListener(listeners: Wire<ListenerView>[], arn: string): Wire<ListenerView> {
  if (!arn.includes(':listener/')) throw new AwsError('ValidationError', `'${arn}' is not a valid listener ARN`)
  const found = listeners.find(({ ListenerArn: known }) => known === arn)
  if (!found) throw new AwsError('ListenerNotFound', 'One or more listeners not found')
  return found
}

function listenersOf({ world }: Account, { arn, lane, service }: LoadBalancer, real: RealWorld): Wire<ListenerView>[] {
  const served = real.listeners[lane.key]
  const { production: weights, test: testGroup, routed } = service
  if (lane.native) return nativeListeners()
  const sole = weights[1] === 100 ? 1 : 0
  const production = view('production', served?.production, routed.production ? shared(weights, sole) : untouched(sole))
  if (testGroup === undefined) return [production]
  const moved = shared(weightsWith(testGroup, 100), testGroup)
  const test = view('test', served?.test, routed.test ? moved : untouched(testGroup))
  return [production, test]

  /** ECS wants both target groups attached from the start, and shares also what a network load balancer gets (documented). */
  function nativeListeners(): Wire<ListenerView>[] {
    if (lane.native?.rulesDeleted && lane.native.loadBalancer === 'network') return []
    const all = [view('production', served?.production, bothGroups(weights))]
    if (testGroup !== undefined) all.push(view('test', served?.test, bothGroups(weightsWith(testGroup, 100))))
    return all
  }

  function bothGroups([first, second]: Weights): Wire<Action> {
    return forward([groupTuple(0, first), groupTuple(1, second)])
  }

  function view(kind: keyof typeof PORTS, url: string | undefined, action: Wire<Action>): Wire<ListenerView> {
    return {
      ListenerArn: listenerArn(world, service.seed, kind),
      LoadBalancerArn: arn,
      ...(url === undefined ? front(kind) : { Port: Number(new URL(url).port), Protocol: 'HTTP' }),
      DefaultActions: [action],
    }
  }

  /** Source: Elastic Load Balancing API Reference, Listener. Which policy, and the certificate's id, are made up. */
  function front(kind: keyof typeof PORTS): Partial<Wire<ListenerView>> {
    const isNetwork = (lane.native ?? service.seed).loadBalancer === 'network'
    if (!service.seed.https) return { Port: PORTS[kind], Protocol: isNetwork ? 'TCP' : 'HTTP' }
    return {
      Port: SECURE_PORTS[kind],
      Protocol: isNetwork ? 'TLS' : 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      Certificates: [{ CertificateArn: certificateArn(world, service.seed.name) }],
    }
  }

  /**
   * Both target groups at all times, weights in percent, and no `TargetGroupArn` beside them (observed); behind a
   * network load balancer one of them (assumed).
   */
  function shared(weights: Weights, sole: TargetGroupIndex): Wire<Action> {
    return service.seed.loadBalancer === 'network' ? untouched(sole) : bothGroups(weights)
  }

  /** As somebody made it with one target group: weight 1 (documented), and that group beside it (observed). */
  function untouched(index: TargetGroupIndex): Wire<Action> {
    return { TargetGroupArn: groupArn(index), ...forward([groupTuple(index, 1)]) }
  }

  function groupTuple(index: TargetGroupIndex, weight: number): Wire<TargetGroupTuple> {
    return { TargetGroupArn: groupArn(index), Weight: weight }
  }

  function groupArn(index: TargetGroupIndex): string {
    return targetGroupArn(world, service.seed.name, index)
  }
}

/** A default action has no `Order` (observed). */
function forward(groups: Wire<TargetGroupTuple>[]): Wire<Action> {
  const ForwardConfig = { TargetGroups: groups, TargetGroupStickinessConfig: { Enabled: false } }
  return { Type: 'forward', ForwardConfig }
}
