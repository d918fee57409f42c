import { parseArn } from '../aws/arn.ts'
import { type Attempts, attempt, CallError } from '../aws/attempts.ts'
import type { ForwardTarget, LoadBalancing, TargetHealth } from '../aws/load-balancing.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { EcsDeployments } from '../service/ecs-deployments.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Serving } from './active.ts'

/*
 * ECS reads the rule of production to learn which of its two target groups serves. Where somebody has rewritten the
 * weights since the last deployment, it takes the wrong one for free, registers the replacement beside the original in
 * it, and both listeners serve both versions, with no error (observed). So it is looked at before anything is written.
 */

/** What a look at the rules found; each in a sentence. */
export interface RuleFindings {
  /** What speaks against a deployment. */
  problems: string[]
  /** What could not be seen, and what may be wrong. */
  notes: string[]
}

/** What the rules are compared with. */
export interface RuleFacts {
  ecs: Pick<EcsDeployments, 'productionRule' | 'testRule' | 'targetGroups'>
  serving: Pick<Serving, 'id' | 'targetGroupArn'>
  /** A service that is to have no task has no target either. */
  desiredCount: number
}

/**
 * Whether production goes to one target group only, to that of the revision that serves, with targets in it, and whether
 * both target groups are attached. Two to four reads; what may not be read is a note.
 */
export async function checkRules(
  attempts: Attempts,
  loadBalancing: () => Promise<LoadBalancing>,
  facts: RuleFacts,
): Promise<RuleFindings> {
  const { productionRule } = facts.ecs
  if (productionRule === undefined) return { problems: [], notes: [] }
  const reads = new RuleReads(attempts, await loadBalancing())
  try {
    const targets = await reads.targetsOf(productionRule)
    if (targets === undefined) return { problems: [missing('production', productionRule)], notes: [] }
    const weighted = targets.filter(({ weight }) => weight > 0)
    const mixed = weightProblem(productionRule, weighted, facts)
    const [live] = weighted
    const health = mixed === undefined && live !== undefined ? await healthFindings(reads, live, facts) : NONE
    const unattached = await attachmentProblem(reads, targets, facts)
    const problems = [mixed, ...health.problems, unattached].filter((problem) => problem !== undefined)
    return { problems, notes: health.notes }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const why = describeServiceError(error.operation, error.serviceError)
    return {
      problems: [],
      notes: [`Whether the rules of the load balancer send production to one version only could not be seen. ${why}`],
    }
  }
}

const NONE: RuleFindings = { problems: [], notes: [] }

/** Reads of rules and listeners. */
class RuleReads {
  readonly #attempts: Attempts
  readonly #elb: LoadBalancing

  constructor(attempts: Attempts, elb: LoadBalancing) {
    this.#attempts = attempts
    this.#elb = elb
  }

  /** Where a rule forwards to, of a network load balancer the listener; undefined when there is none. @throws CallError */
  async targetsOf(rule: string): Promise<ForwardTarget[] | undefined> {
    const isListener = parseArn(rule)?.resource.startsWith('listener/') === true
    const operation = `elasticloadbalancing:${isListener ? 'DescribeListeners' : 'DescribeRules'}`
    try {
      const read = (signal: AbortSignal): Promise<{ targets: ForwardTarget[] } | undefined> =>
        isListener ? this.#elb.describeListener(rule, signal) : this.#elb.describeRule(rule, signal)
      return (await attempt(this.#attempts, operation, read))?.targets
    } catch (error) {
      const isMissing = error instanceof CallError && MISSING.has(error.serviceError.code)
      if (isMissing) return undefined
      throw error
    }
  }

  /** @throws CallError */
  async healthOf(targetGroupArn: string): Promise<TargetHealth[]> {
    return await attempt(this.#attempts, 'elasticloadbalancing:DescribeTargetHealth', (signal) =>
      this.#elb.describeTargetHealth(targetGroupArn, signal),
    )
  }
}

/** Source: Elastic Load Balancing API Reference, DescribeRules and DescribeListeners. */
const MISSING = new Set(['RuleNotFound', 'ListenerNotFound'])

function weightProblem(rule: string, weighted: readonly ForwardTarget[], facts: RuleFacts): string | undefined {
  const { targetGroups } = facts.ecs
  const { id, targetGroupArn: serving } = facts.serving
  const [live, ...others] = weighted
  if (live === undefined || others.length > 0) {
    const shares = weighted.map(({ targetGroupArn, weight }) => `${nameOf(targetGroupArn)} ${weight}`).join(', ')
    const found = live === undefined ? 'no target group has any weight' : `${weighted.length} have weight (${shares})`
    return `The production rule ${label(rule)} must send everything to one target group before a deployment, but ${found}. ${giveAllTo(serving)}`
  }
  if (!targetGroups.includes(live.targetGroupArn)) {
    const known = targetGroups.map(nameOf).join(' and ')
    return `The production rule ${label(rule)} sends everything to target group ${nameOf(live.targetGroupArn)}, which is none of the service's (${known}). ${giveAllTo(serving)}`
  }
  if (serving === undefined || live.targetGroupArn === serving) return undefined
  return `The production rule ${label(rule)} sends everything to target group ${nameOf(live.targetGroupArn)}, but the revision that serves (${id}) is in ${nameOf(serving)}: somebody has changed the weights since the last deployment, and ECS would mix both versions without an error. ${giveAllTo(serving)}`
}

function giveAllTo(targetGroupArn: string | undefined): string {
  const group = targetGroupArn === undefined ? 'the target group of what serves' : nameOf(targetGroupArn)
  return `Give ${group} all of the weight and the other target group none, and keep other tools from changing the rule.`
}

/** Targets that get no new request. Source: Elastic Load Balancing API Reference, TargetHealth. */
const OUT_OF_USE = new Set(['draining', 'unused', 'unhealthy.draining'])

async function healthFindings(
  reads: RuleReads,
  { targetGroupArn }: ForwardTarget,
  { desiredCount }: RuleFacts,
): Promise<RuleFindings> {
  if (desiredCount === 0) return NONE
  const targets = (await reads.healthOf(targetGroupArn)).filter(({ state }) => !OUT_OF_USE.has(state))
  const group = nameOf(targetGroupArn)
  if (targets.length === 0) {
    const problem = `Production goes to target group ${group}, in which there is no target, so that ECS cannot tell which of the two serves. Give the weight to the target group of what serves, or wait until its tasks are registered.`
    return { problems: [problem], notes: [] }
  }
  // A production that is down may be what the release is to mend.
  if (targets.some(({ state }) => state === 'healthy')) return NONE
  const why = targets.find(({ reason }) => reason !== '')?.reason
  const said = why === undefined ? '' : ` (${inSentence(why, 200)})`
  return { problems: [], notes: [`No target of production's target group ${group} is healthy${said}.`] }
}

/** Both must be in the production rule, or one in each of the two. Source: ECS Developer Guide, on moving from CodeDeploy. */
async function attachmentProblem(
  reads: RuleReads,
  ofProduction: readonly ForwardTarget[],
  { ecs: { testRule, targetGroups } }: RuleFacts,
): Promise<string | undefined> {
  const isIn = (targets: readonly ForwardTarget[]) => (arn: string) =>
    targets.some(({ targetGroupArn }) => targetGroupArn === arn)
  if (targetGroups.every(isIn(ofProduction))) return undefined
  const ofTest = testRule === undefined ? [] : await reads.targetsOf(testRule)
  if (ofTest === undefined) return missing('test', testRule ?? '')
  const left = targetGroups.filter((arn) => !isIn([...ofProduction, ...ofTest])(arn)).map(nameOf)
  if (left.length === 0) return undefined
  const who =
    testRule === undefined
      ? 'the production rule does not forward'
      : 'neither the production nor the test rule forwards'
  return `ECS needs both target groups of the service attached, but ${who} to ${left.join(' and ')}. Add it to the production rule with weight 0.`
}

function missing(kind: 'production' | 'test', rule: string): string {
  return `The ${kind} rule ${label(rule)} of the service does not exist. Correct the load balancer of the service, or make the rule again.`
}

function label(rule: string): string {
  return `'${inSentence(rule, 300)}'`
}

/** Name of a target group. */
function nameOf(arn: string): string {
  return `'${inSentence(/:targetgroup\/([^/]+)\//.exec(arn)?.[1] ?? arn, 300)}'`
}
