import type {
  Action,
  ElasticLoadBalancingV2ClientConfig,
  RuleCondition as ElbCondition,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
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
  /** Where its default action forwards to. */
  targets: ForwardTarget[]
}

/** A target group that an action forwards to. */
export interface ForwardTarget {
  targetGroupArn: string
  /** Its share of the sum of all weights; 0: none. */
  weight: number
}

/** A rule of a listener of an application load balancer. */
export interface RuleAnswer {
  /** Of the listener whose rule it is. */
  listenerArn: string
  isDefault: boolean
  /** All of them must be met; empty for the default rule. */
  conditions: RuleCondition[]
  targets: ForwardTarget[]
}

export interface RuleCondition {
  /** `path-pattern`, `host-header`, `http-header`, … */
  field: string
  /** Name of the header, where it is about one. */
  header: string | undefined
  /** One of them must be met; of a query string `key=value`. */
  values: string[]
}

/** How a target is doing: `healthy`, `unhealthy`, `initial`, `draining`, `unused`, … */
export interface TargetHealth {
  id: string
  state: string
  /** Why it is not healthy; empty when it is. */
  reason: string
}

/** What is asked of Elastic Load Balancing, one attempt each. */
export interface LoadBalancing {
  describeListener(listenerArn: string, signal: AbortSignal): Promise<ListenerAnswer | undefined>
  /** Fails with the code `RuleNotFound` when there is none. */
  describeRule(ruleArn: string, signal: AbortSignal): Promise<RuleAnswer | undefined>
  /** Every target that is registered. */
  describeTargetHealth(targetGroupArn: string, signal: AbortSignal): Promise<TargetHealth[]>
  /** The name of a load balancer in DNS; empty when it has none. */
  dnsNameOf(loadBalancerArn: string, signal: AbortSignal): Promise<string>
  close(): void
}

/** A client of Elastic Load Balancing, loaded when it is needed: most releases never need it. */
export async function loadLoadBalancing(config: ElasticLoadBalancingV2ClientConfig): Promise<LoadBalancing> {
  const {
    DescribeListenersCommand,
    DescribeLoadBalancersCommand,
    DescribeRulesCommand,
    DescribeTargetHealthCommand,
    ElasticLoadBalancingV2Client,
  } = await import('@aws-sdk/client-elastic-load-balancing-v2')
  const client = new ElasticLoadBalancingV2Client(config)
  return {
    describeListener: async (listenerArn, abortSignal) => {
      const command = bounded(new DescribeListenersCommand({ ListenerArns: [listenerArn] }))
      const [listener] = (await client.send(command, { abortSignal })).Listeners ?? []
      const { LoadBalancerArn: loadBalancerArn, Protocol: protocol, Port: port, DefaultActions = [] } = listener ?? {}
      return loadBalancerArn === undefined || protocol === undefined || port === undefined
        ? undefined
        : {
            loadBalancerArn,
            protocol,
            port,
            targetGroup: targetGroupOf(DefaultActions),
            targets: forwardTargets(DefaultActions),
          }
    },
    describeRule: async (ruleArn, abortSignal) => {
      const command = bounded(new DescribeRulesCommand({ RuleArns: [ruleArn] }))
      const [rule] = (await client.send(command, { abortSignal })).Rules ?? []
      return rule && readRule(ruleArn, rule)
    },
    describeTargetHealth: async (targetGroupArn, abortSignal) => {
      const command = bounded(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }))
      const { TargetHealthDescriptions = [] } = await client.send(command, { abortSignal })
      return TargetHealthDescriptions.map(({ Target, TargetHealth: health }) => ({
        id: Target?.Id ?? '',
        state: health?.State ?? 'unknown',
        reason: health?.Description ?? health?.Reason ?? '',
      }))
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

/** Every target group that is forwarded to. One without a weight, or named alone, gets everything (documented default 1). */
export function forwardTargets(actions: readonly Action[]): ForwardTarget[] {
  const forward = actions.find(({ Type }) => Type === 'forward')
  const groups = forward?.ForwardConfig?.TargetGroups ?? []
  const alone = forward?.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: forward.TargetGroupArn, Weight: 1 }]
  return (groups.length > 0 ? groups : alone).flatMap(({ TargetGroupArn: targetGroupArn, Weight: weight = 1 }) =>
    targetGroupArn === undefined ? [] : [{ targetGroupArn, weight }],
  )
}

/** The ARN of a rule is that of its listener and an id. Source: Service Authorization Reference, ELB V2. */
function readRule(ruleArn: string, { IsDefault, Conditions = [], Actions = [] }: Rule): RuleAnswer {
  return {
    listenerArn: ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, ''),
    isDefault: IsDefault === true,
    conditions: Conditions.map(readCondition),
    targets: forwardTargets(Actions),
  }
}

function readCondition(condition: ElbCondition): RuleCondition {
  const { Field: field = '', Values: plain = [] } = condition
  const configs = [
    condition.HostHeaderConfig,
    condition.PathPatternConfig,
    condition.HttpHeaderConfig,
    condition.HttpRequestMethodConfig,
    condition.SourceIpConfig,
  ]
  const query = (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value = '' }) =>
    Key === undefined ? Value : `${Key}=${Value}`,
  )
  const values = [...configs.flatMap((config) => config?.Values ?? []), ...query]
  return { field, header: condition.HttpHeaderConfig?.HttpHeaderName, values: values.length > 0 ? values : plain }
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
