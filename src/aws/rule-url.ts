import { parseArn } from './arn.ts'
import { type Attempts, attempt } from './attempts.ts'
import { type LoadBalancing, listenerUrl, type RuleAnswer } from './load-balancing.ts'

/** Where test traffic goes in. */
export interface TestAddress {
  /** What people open; undefined when nothing in a browser reaches it, or it is not told. */
  url: string | undefined
  /** What else a request must have, as `header x-test: on`; empty: nothing. */
  needs: string[]
}

/**
 * The address that people open to reach a listener, or a rule of one.
 * @param arn of a listener, or of a listener rule
 * @throws CallError
 */
export async function testAddress(attempts: Attempts, elb: LoadBalancing, arn: string): Promise<TestAddress> {
  if (parseArn(arn)?.resource.startsWith('listener-rule/') !== true) {
    return { url: await listenerUrl(attempts, elb, arn), needs: [] }
  }
  const rule = await attempt(attempts, 'elasticloadbalancing:DescribeRules', (signal) => elb.describeRule(arn, signal))
  if (rule === undefined) return { url: undefined, needs: [] }
  const needs = needsOf(rule)
  const url = await listenerUrl(attempts, elb, rule.listenerArn)
  return { url: url === undefined || needs.length > 0 ? undefined : withConditions(url, rule), needs }
}

/** What of a rule is not in an address. */
function needsOf({ conditions }: RuleAnswer): string[] {
  return conditions.flatMap(({ field, header, values }) => {
    if (field === 'path-pattern' || (field === 'host-header' && hostIn(values) !== undefined)) return []
    return [header === undefined ? `${field} ${values.join(' or ')}` : `header ${header}: ${values.join(' or ')}`]
  })
}

function withConditions(url: string, { conditions }: RuleAnswer): string {
  const address = new URL(url)
  for (const { field, values } of conditions) {
    const [first = '/'] = values
    // A pattern that ends with anything is reached by what stands before that.
    if (field === 'path-pattern') address.pathname = first.split(/[*?]/)[0] ?? '/'
    if (field === 'host-header') address.hostname = hostIn(values) ?? address.hostname
  }
  return address.pathname === '/' ? address.origin : address.href
}

/** A name without a wildcard. */
function hostIn(values: readonly string[]): string | undefined {
  return values.find((value) => /^[A-Za-z0-9.-]+$/.test(value))
}
