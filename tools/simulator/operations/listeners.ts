import type {
  Action,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as ListenerView,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Account } from '../model/account.ts'
import type { Service } from '../model/lane.ts'
import { listenerArn, type TargetGroupIndex, targetGroupArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { RealWorld } from '../real-world.ts'
import type { World } from '../scenario.ts'
import { between, requireConstraints } from './constraints.ts'
import { type LoadBalancer, loadBalancersOf, MAX_PAGE_SIZE, requireLoadBalancer } from './load-balancers.ts'
import { pageOf } from './page.ts'

/** On a clock that nobody listens to, the ports of AWS's own tutorial for ECS releases through CodeDeploy. */
const PORTS = { production: 80, test: 8080 }

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
  const [first, second] = service.production
  const production = view('production', served?.production, forward(world, service, [first, second]))
  if (service.test === undefined) return [production]
  const test = view('test', served?.test, forward(world, service, service.test === 0 ? [100, 0] : [0, 100]))
  return [production, test]

  function view(kind: keyof typeof PORTS, url: string | undefined, action: Wire<Action>): Wire<ListenerView> {
    return {
      ListenerArn: listenerArn(world, service.seed.name, kind),
      LoadBalancerArn: arn,
      Port: url === undefined ? PORTS[kind] : Number(new URL(url).port),
      Protocol: 'HTTP',
      DefaultActions: [action],
    }
  }
}

/** Target groups without traffic are left out; `TargetGroupArn` is there when it is one (documented), in percent (assumed). */
function forward(world: World, service: Service, weights: [number, number]): Wire<Action> {
  const groups = weights.flatMap((weight, i) =>
    weight === 0
      ? []
      : [{ TargetGroupArn: targetGroupArn(world, service.seed.name, i as TargetGroupIndex), Weight: weight }],
  )
  const [only] = groups
  return {
    Type: 'forward',
    Order: 1,
    ...(only && groups.length === 1 && { TargetGroupArn: only.TargetGroupArn }),
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: { Enabled: false } },
  }
}
