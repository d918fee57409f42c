import type { Action, DescribeRulesInput, DescribeRulesOutput, Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Account } from '../model/account.ts'
import { namedListenerArn } from '../names.ts'
import { ruleArn, targetGroupsOf } from '../native/names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import { between, requireConstraints } from './constraints.ts'
import { type LoadBalancer, loadBalancersOf, MAX_PAGE_SIZE } from './load-balancers.ts'
import { pageOf } from './page.ts'

interface KnownRule {
  listener: string
  rule: Wire<Rule> & { RuleArn: string }
}

/** Every listener has its default rule and no other (on purpose), whose weights are those of the two target groups. */
const describeRules = reads<DescribeRulesInput, DescribeRulesOutput>(
  schemaOf('elastic-load-balancing-v2', 'elasticloadbalancingv2', 'DescribeRules'),
  (input, account, atMs) => {
    const { ListenerArn: listener, RuleArns: arns = [], Marker: marker, PageSize: size } = input
    requireConstraints('ValidationError', between('pageSize', size, 1, MAX_PAGE_SIZE))
    if (arns.length > 0 === (listener !== undefined)) {
      throw new AwsError('ValidationError', 'You must specify either listener rule ARNs or a listener ARN')
    }
    const all = loadBalancersOf(account, atMs).flatMap((one) => rulesOf(account, one))
    const wanted = listener === undefined ? arns.map((arn) => requireRule(all, arn)) : ofListener(all, listener)
    const { entries, nextToken } = pageOf(wanted, marker, size ?? MAX_PAGE_SIZE, 'ValidationError')
    return { Rules: entries.map(({ rule }) => rule), ...(nextToken && { NextMarker: nextToken }) }
  },
)

export const listenerRuleOperations: Operation[] = [describeRules]

function requireRule(all: KnownRule[], arn: string): KnownRule {
  if (!arn.includes(':listener-rule/'))
    throw new AwsError('ValidationError', `'${arn}' is not a valid listener rule ARN`)
  const found = all.find(({ rule }) => rule.RuleArn === arn)
  if (!found) throw new AwsError('RuleNotFound', 'One or more rules not found')
  return found
}

function ofListener(all: KnownRule[], arn: string): KnownRule[] {
  if (!arn.includes(':listener/')) throw new AwsError('ValidationError', `'${arn}' is not a valid listener ARN`)
  const found = all.filter(({ listener }) => listener === arn)
  if (found.length === 0) throw new AwsError('ListenerNotFound', 'One or more listeners not found')
  return found
}

function rulesOf({ world }: Account, { lane, service }: LoadBalancer): KnownRule[] {
  const { name } = service.seed
  const { native } = lane
  if (native?.rulesDeleted || native?.loadBalancer === 'none') return []
  const rule = (kind: 'production' | 'test', weights: readonly [number, number]): KnownRule => ({
    listener: namedListenerArn(world, 'app', name, kind),
    rule: {
      RuleArn: ruleArn(world, name, kind, 'application'),
      Priority: 'default',
      Conditions: [],
      Actions: [forwardTo(targetGroupsOf(world, name), weights)],
      IsDefault: true,
    },
  })
  const test = service.test === undefined ? [] : [rule('test', service.test === 0 ? [100, 0] : [0, 100])]
  return [rule('production', service.production), ...test]
}

/** Both target groups are listed, whatever their weights are (observed). */
export function forwardTo(groups: readonly [string, string], weights: readonly [number, number]): Wire<Action> {
  return {
    Type: 'forward',
    Order: 1,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: groups[0], Weight: weights[0] },
        { TargetGroupArn: groups[1], Weight: weights[1] },
      ],
      TargetGroupStickinessConfig: { Enabled: false },
    },
  }
}
