import type { Action, ElasticLoadBalancingV2ClientConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Attempts, attempt } from './attempts.ts'
import { bounded } from './raw-json.ts'

/** What a listener listens on, and where it forwards to. */
export interface ListenerAnswer {
  loadBalancerArn: string
  /** `HTTP`, `HTTPS`, `TCP`, … */
  protocol: string
  port: number
  /** ARN of the one target group that its default action forwards to; undefined when that is none or several. */
  targetGroup: string | undefined
}

/** The two calls by which the address of a listener is found, one attempt each. */
export interface LoadBalancing {
  describeListener(listenerArn: string, signal: AbortSignal): Promise<ListenerAnswer | undefined>
  /** The name of a load balancer in DNS; empty when it has none. */
  dnsNameOf(loadBalancerArn: string, signal: AbortSignal): Promise<string>
  close(): void
}

/** A client of Elastic Load Balancing, loaded when it is needed: most releases never need it. */
export async function loadLoadBalancing(config: ElasticLoadBalancingV2ClientConfig): Promise<LoadBalancing> {
  const { DescribeListenersCommand, DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } = await import(
    '@aws-sdk/client-elastic-load-balancing-v2'
  )
  const client = new ElasticLoadBalancingV2Client(config)
  return {
    describeListener: async (listenerArn, abortSignal) => {
      const command = bounded(new DescribeListenersCommand({ ListenerArns: [listenerArn] }))
      const [listener] = (await client.send(command, { abortSignal })).Listeners ?? []
      const { LoadBalancerArn: loadBalancerArn, Protocol: protocol, Port: port, DefaultActions = [] } = listener ?? {}
      return loadBalancerArn === undefined || protocol === undefined || port === undefined
        ? undefined
        : { loadBalancerArn, protocol, port, targetGroup: targetGroupOf(DefaultActions) }
    },
    dnsNameOf: async (loadBalancerArn, abortSignal) => {
      const command = bounded(new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancerArn] }))
      return (await client.send(command, { abortSignal })).LoadBalancers?.[0]?.DNSName ?? ''
    },
    close: () => client.destroy(),
  }
}

/**
 * The one target group that gets everything that is forwarded; undefined when there is none, or several share it. Under
 * CodeDeploy a listener keeps both of its target groups, with weights 0 and 100, and no `TargetGroupArn` beside them
 * (observed).
 */
export function targetGroupOf(actions: readonly Action[]): string | undefined {
  const forward = actions.find(({ Type }) => Type === 'forward')
  const groups = forward?.ForwardConfig?.TargetGroups ?? []
  if (groups.length === 0) return forward?.TargetGroupArn
  const [one, ...others] = groups.filter(({ Weight }) => Weight !== 0)
  return others.length === 0 ? one?.TargetGroupArn : undefined
}

const DEFAULT_PORTS = { http: 80, https: 443 }

/** The address that people open to reach a listener; undefined when it tells none. @throws CallError */
export async function listenerUrl(
  attempts: Attempts,
  elb: LoadBalancing,
  listenerArn: string,
): Promise<string | undefined> {
  const listener = await attempt(attempts, 'elasticloadbalancing:DescribeListeners', (signal) =>
    elb.describeListener(listenerArn, signal),
  )
  if (listener === undefined) return undefined
  const { loadBalancerArn, protocol, port } = listener
  const dnsName = await attempt(attempts, 'elasticloadbalancing:DescribeLoadBalancers', (signal) =>
    elb.dnsNameOf(loadBalancerArn, signal),
  )
  if (!/^[A-Za-z0-9.-]+$/.test(dnsName)) return undefined
  const scheme = protocol === 'HTTPS' || protocol === 'TLS' ? 'https' : 'http'
  return `${scheme}://${dnsName}${port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`
}
