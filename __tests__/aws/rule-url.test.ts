import { expect, test } from '@jest/globals'
import type { LoadBalancing, RuleCondition } from '../../src/aws/load-balancing.ts'
import { testAddress } from '../../src/aws/rule-url.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/web/1/2'
const RULE = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/web/1/2/3'

/** The address of a rule with these conditions, or of the listener, port 8443. */
async function addressOf(arn: string, conditions: RuleCondition[] = []) {
  const elb: LoadBalancing = {
    describeListener: async (listenerArn) => {
      expect(listenerArn).toBe(LISTENER)
      return { loadBalancerArn: 'lb', protocol: 'HTTPS', port: 8443, targetGroup: undefined, targets: [] }
    },
    describeRule: async () => ({ listenerArn: LISTENER, isDefault: conditions.length === 0, conditions, targets: [] }),
    describeTargetHealth: async () => [],
    dnsNameOf: async () => 'web-1.elb.amazonaws.com',
    close: () => {},
  }
  return await testAddress({ clock: virtualClock(), random: () => 0.5, maxAttempts: 1 }, elb, arn)
}

const path = (...values: string[]): RuleCondition => ({ field: 'path-pattern', header: undefined, values })
const host = (...values: string[]): RuleCondition => ({ field: 'host-header', header: undefined, values })

test.each<[string, string, RuleCondition[], string | undefined, string[]]>([
  ['a listener', LISTENER, [], 'https://web-1.elb.amazonaws.com:8443', []],
  ['the default rule', RULE, [], 'https://web-1.elb.amazonaws.com:8443', []],
  ['a path', RULE, [path('/next/*')], 'https://web-1.elb.amazonaws.com:8443/next/', []],
  ['a host', RULE, [host('*.example.org', 'test.example.org')], 'https://test.example.org:8443', []],
  ['only a host with a wildcard', RULE, [host('*.example.org')], undefined, ['host-header *.example.org']],
  [
    'a header',
    RULE,
    [path('/*'), { field: 'http-header', header: 'x-test', values: ['on', 'yes'] }],
    undefined,
    ['header x-test: on or yes'],
  ],
])('test traffic at %s has the address that reaches it', async (_what, arn, conditions, url, needs) => {
  expect(await addressOf(arn, conditions)).toEqual({ url, needs })
})
