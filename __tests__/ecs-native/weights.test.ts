import { describe, expect, test } from '@jest/globals'
import type { ForwardTarget, LoadBalancing, TargetHealth } from '../../src/aws/load-balancing.ts'
import { loadLoadBalancing } from '../../src/aws/load-balancing.ts'
import { readServing } from '../../src/ecs-native/active.ts'
import { checkRules, type RuleFacts, type RuleFindings } from '../../src/ecs-native/weights.ts'
import { ruleArn, targetGroupsOf } from '../../tools/simulator/native/names.ts'
import { nativeScenarios } from '../../tools/simulator/native/scenarios.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { nativeScenario } from '../tools/simulator/native/support/native-scenario.ts'
import { withNativeService } from './support/native-play.ts'

const [A, B] = targetGroupsOf(baseScenario.world, 'web')
const PRODUCTION = ruleArn(baseScenario.world, 'web', 'production', 'application')
const TEST = ruleArn(baseScenario.world, 'web', 'test', 'application')
const SOUND: RuleFindings = { problems: [], notes: [] }

/** What is found of the rules of a simulated service so many seconds after the start, and what was asked for it. */
async function found(scenario: Scenario, second = 0): Promise<RuleFindings & { asked: string[] }> {
  let result: (RuleFindings & { asked: string[] }) | undefined
  await withNativeService(scenario, async ({ aws, simulator, clock, described, service, group, asked }) => {
    await clock.sleep(second * 1000)
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' }
    const elb = await loadLoadBalancing({ region: 'us-east-1', endpoint: simulator.url, credentials, maxAttempts: 1 })
    const serving = await readServing(aws, await described())
    const { ecs } = group
    if (serving === undefined || ecs === undefined) throw new Error('nothing serves')
    const before = asked().length
    const findings = await checkRules(aws, async () => elb, { ecs, serving, desiredCount: service.desiredCount })
    result = { ...findings, asked: asked().slice(before) }
    elb.close()
  })
  if (result === undefined) throw new Error('nothing was found')
  return result
}

describe('the rules of a simulated service', () => {
  test('are fine when nobody has touched them', async () => {
    expect(await found(nativeScenario())).toEqual({ ...SOUND, asked: ['DescribeRules', 'DescribeTargetHealth'] })
  })

  test('are fine behind a network load balancer, where they are listeners', async () => {
    expect(await found(nativeScenario({ service: { loadBalancer: 'network' } }))).toEqual({
      ...SOUND,
      asked: ['DescribeListeners', 'DescribeTargetHealth'],
    })
  })

  test('are none without a load balancer', async () => {
    expect(await found(nativeScenario({ service: { loadBalancer: 'none' } }))).toEqual({ ...SOUND, asked: [] })
  })

  test('N18: that somebody pointed to the empty target group are told before both versions are mixed', async () => {
    const { problems } = await found(nativeScenarios['native-mixed-traffic'])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(
      /^The production rule 'arn:.*' sends everything to target group 'web-.*', but the revision that serves \(ecs-svc\/\d+\) is in 'web-.*': .* mix both versions without an error\. Give 'web-.*' all of the weight/,
    )
  })

  test('N16: that share production are told with the weights', async () => {
    const { problems } = await found(nativeScenario({ service: { productionWeights: [60, 40] } }))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(
      /must send everything to one target group .*, but 2 have weight \('web-.*' 60, 'web-.*' 40\)/,
    )
  })

  test('that are gone are told as that', async () => {
    const { problems } = await found(nativeScenario({ course: { ruleEdits: [{ atSeconds: 1, deleted: true }] } }), 5)
    expect(problems).toEqual([expect.stringMatching(/^The production rule 'arn:.*' of the service does not exist\./)])
  })

  test.each(['DescribeRules', 'DescribeTargetHealth'])('that may not be read (%s) are a note', async (operation) => {
    const more = { faults: [{ operation, kind: { type: 'denied' as const } }] }
    const { problems, notes } = await found(nativeScenario({ more }))
    expect(problems).toEqual([])
    expect(notes).toEqual([expect.stringContaining(`Allow elasticloadbalancing:${operation}`)])
  })
})

interface Rules {
  production?: ForwardTarget[]
  test?: ForwardTarget[]
  health?: TargetHealth[]
}

const HEALTHY: TargetHealth = { id: '10.0.0.1', state: 'healthy', reason: '' }
const weighing = (...weights: [string | undefined, number][]): ForwardTarget[] =>
  weights.map(([targetGroupArn = '', weight]) => ({ targetGroupArn, weight }))

/** What is found of rules written by hand. */
async function foundOf(rules: Rules, change: Partial<RuleFacts> = {}): Promise<RuleFindings> {
  const { production = weighing([A, 1], [B, 0]), test = [], health = [HEALTHY] } = rules
  const elb: LoadBalancing = {
    describeListener: async () => undefined,
    describeRule: async (arn) => ({
      listenerArn: '',
      isDefault: true,
      conditions: [],
      targets: arn === PRODUCTION ? production : test,
    }),
    describeTargetHealth: async () => health,
    dnsNameOf: async () => '',
    close: () => {},
  }
  const attempts = { clock: virtualClock(), random: () => 0, maxAttempts: 1 }
  return await checkRules(attempts, async () => elb, {
    ecs: { productionRule: PRODUCTION, testRule: TEST, targetGroups: [A, B] },
    serving: { id: 'ecs-svc/1', targetGroupArn: A },
    desiredCount: 2,
    ...change,
  })
}

describe('rules', () => {
  const OTHER = A.replace(/targetgroup\/[^/]+/, 'targetgroup/stranger')

  test.each<[string, Rules, Partial<RuleFacts>]>([
    ['with one target group in each of the two', { production: weighing([A, 1]), test: weighing([B, 1]) }, {}],
    ['whose serving target group is not told', {}, { serving: { id: 'ecs-svc/1', targetGroupArn: undefined } }],
    ['of a service that is to have no task', { health: [] }, { desiredCount: 0 }],
    ['with a target that is healthy beside others', { health: [{ ...HEALTHY, state: 'unhealthy' }, HEALTHY] }, {}],
  ])('%s are fine', async (_, rules, change) => {
    expect(await foundOf(rules, change)).toEqual(SOUND)
  })

  test.each<[string, Rules, Partial<RuleFacts>, RegExp]>([
    ['without any weight', { production: weighing([A, 0], [B, 0]) }, {}, /but no target group has any weight\./],
    [
      'that send production elsewhere',
      { production: weighing([OTHER, 1], [A, 0], [B, 0]) },
      {},
      /to target group 'stranger', which is none of the service's \('web-.*' and 'web-.*'\)/,
    ],
    ['that send it to a target group without targets', { health: [] }, {}, /in which there is no target/],
    [
      'that send it to one whose targets are on their way out',
      { health: [{ ...HEALTHY, state: 'draining' }] },
      {},
      /in which there is no target/,
    ],
    [
      'that lack a target group',
      { production: weighing([A, 1]), test: weighing([A, 1]) },
      {},
      /neither the production nor the test rule forwards to 'web-/,
    ],
    [
      'that lack one where there is no test rule',
      { production: weighing([A, 1]) },
      { ecs: { productionRule: PRODUCTION, testRule: undefined, targetGroups: [A, B] } },
      /the production rule does not forward to 'web-.*weight 0\./,
    ],
  ])('%s are told', async (_, rules, change, expected) => {
    const { problems, notes } = await foundOf(rules, change)
    expect(problems).toEqual([expect.stringMatching(expected)])
    expect(notes).toEqual([])
  })

  test('of a production that is down are a note, because the release may be what mends it', async () => {
    const health = [{ ...HEALTHY, state: 'unhealthy', reason: 'Health checks failed' }]
    expect(await foundOf({ health })).toEqual({
      problems: [],
      notes: [
        expect.stringMatching(
          /^No target of production's target group 'web-.*' is healthy \(Health checks failed\)\.$/,
        ),
      ],
    })
  })
})
