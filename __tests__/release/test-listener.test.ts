import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, test } from '@jest/globals'
import { type LoadBalancing, targetGroupOf } from '../../src/aws/load-balancing.ts'
import { reachedBy } from '../../src/release/test-listener.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { verdictParagraph } from '../../src/report/sentences.ts'
import type { Assumptions } from '../../tools/simulator/assumptions.ts'
import { targetGroupArn } from '../../tools/simulator/names.ts'
import type { FaultKind, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED, THROTTLED, UNAVAILABLE } from '../support/faults.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const HELD: Scenario = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}
const TO_TEST = { ...HOOK, 'wait-for': 'test-traffic', 'test-url': 'https://test.example.org' } as const
const BLUE = targetGroupArn(baseScenario.world, 'web', 0)
const GREEN = targetGroupArn(baseScenario.world, 'web', 1)

async function releaseWith(options: SimulatedReleaseOptions) {
  const result = await simulateRelease(options)
  expectValidReport(result.release)
  const asked = result.calls.filter(({ operation }) => operation === 'DescribeListeners').length
  return { ...result, asked, test: JSON.parse(renderReport(result.release)).traffic.test }
}

/** What is not asked of a load balancer here. */
const UNASKED = {
  describeRule: async () => undefined,
  describeTargetHealth: async () => [],
  dnsNameOf: async () => '',
  close: () => {},
}

/** A test listener that forwards there, as a load balancer written by hand tells it. */
function forwardingTo(targetGroup: string | undefined, protocol = 'HTTP'): SimulatedReleaseOptions['world'] {
  const elb: LoadBalancing = {
    describeListener: async () => ({ loadBalancerArn: 'arn:lb', protocol, port: 8080, targetGroup, targets: [] }),
    ...UNASKED,
  }
  return { loadBalancing: async () => elb }
}

/** Somebody has released the service an hour ago: until then its test listener would reach nothing. */
function releasedBefore(scenario: Scenario): Scenario {
  return { ...scenario, begun: [{ cluster: 'demo', service: 'web', taskDefinition: 'web:1', secondsAgo: 3600 }] }
}

function withSwitch(scenario: Scenario, assumptions: Partial<Assumptions>): Scenario {
  return { ...scenario, assumptions: { ...scenario.assumptions, ...assumptions } }
}

describe('what the test listener reaches is told as it is read', () => {
  test.each([
    ['former', 'original', 'The test listener reaches the original (web:1), as read at '],
    ['replacement', 'empty', 'The test listener reaches the empty target group (503), as read at '],
  ] as const)('after a rollback that leaves it at the %s', async (testListenerAfterRollback, reaches, text) => {
    const scenario = withSwitch(releasedBefore(scenarios['hook-fails']), { testListenerAfterRollback })
    const { outputs, summary, test } = await releaseWith({ scenario, inputs: HOOK })
    expect(outputs.status).toBe('rolled-back')
    expect(test).toBe(reaches)
    expect(summary).toContain(text)
  })

  test('after a failure that nothing rolls back', async () => {
    const scenario = scenarios['hook-fails-no-rollback']
    const { annotation, test } = await releaseWith({ scenario, inputs: HOOK })
    expect(test).toBe('replacement')
    expect(annotation?.message).toContain('The test listener reaches the replacement (web:2).')
  })

  test('before the first release ever, when it points at the target group that nobody uses yet', async () => {
    const { summary, test } = await releaseWith({ scenario: scenarios['hook-fails'], inputs: HOOK })
    expect(test).toBe('empty')
    expect(summary).toContain('The test listener reaches the empty target group (503)')
  })

  test('of a network load balancer, which answers nothing for an empty target group', async () => {
    const world = forwardingTo(GREEN, 'TCP')
    const { summary } = await releaseWith({ scenario: scenarios['hook-fails'], inputs: HOOK, world: { ...world } })
    expect(summary).toContain('The test listener reaches the empty target group, as read at ')
  })

  test('at a release that waits at Ready, once', async () => {
    const { release, outputs, test, asked } = await releaseWith({ scenario: HELD, inputs: TO_TEST })
    expect([outputs.status, test, asked]).toEqual(['awaiting-promotion', 'replacement', 1])
    expect(verdictParagraph(release)).not.toContain('The test listener reaches')
  })

  test('a test listener that somebody has changed contradicts a release that waits at Ready for tests', async () => {
    const { release, summary } = await releaseWith({
      scenario: HELD,
      inputs: TO_TEST,
      world: { ...forwardingTo(BLUE) },
    })
    expect(verdictParagraph(release)).toContain('The test listener reaches the original (web:1).')
    expect(summary).not.toContain('reaches the replacement')
  })

  test('a test listener that reaches several target groups, or something else, is not told from lifecycle events', async () => {
    const world = { ...forwardingTo(undefined) }
    const { annotation, summary, test } = await releaseWith({
      scenario: scenarios['hook-fails-no-rollback'],
      inputs: HOOK,
      world,
    })
    expect(test).toBeNull()
    expect(`${annotation?.message} ${summary}`).not.toMatch(/test listener reaches|Test traffic goes/)
  })
})

describe('what the test listener reaches is not asked', () => {
  test('by a release that succeeds', async () => {
    const { asked, outputs } = await releaseWith({ scenario: baseScenario, inputs: HOOK })
    expect([outputs.status, asked]).toEqual(['succeeded', 0])
  })

  test('where there is no test listener', async () => {
    const world = withGroup(scenarios['never-healthy'].world, { testListener: false })
    const { asked, outputs } = await releaseWith({ scenario: { ...scenarios['never-healthy'], world } })
    expect([outputs.status, asked]).toEqual(['rolled-back', 0])
  })

  test('by a step that is being cancelled', async () => {
    const { asked, outputs } = await releaseWith({
      scenario: baseScenario,
      inputs: HOOK,
      prepare: ({ clock, abort }) => clock.atSecond(200, abort),
    })
    expect([outputs.status, asked]).toEqual(['cancelled', 0])
  })
})

const withoutAddress = (log: readonly string[]) => log.filter((line) => !line.startsWith('This is not AWS'))

test.each<[string, FaultKind]>([
  ['is denied', DENIED],
  ['is throttled', THROTTLED],
  ['is out of order', UNAVAILABLE],
  ['cannot be reached', { type: 'drop' }],
  ['talks nonsense', { type: 'malformed', how: 'not-json' }],
])('a load balancer that %s costs one call and two seconds at most, and no word', async (_, kind) => {
  const scenario = scenarios['hook-fails']
  const inputs = { ...HOOK, 'hook-logs': 'never' }
  const good = await releaseWith({ scenario, inputs })
  const faulty = { ...scenario, faults: [{ operation: 'DescribeListeners', kind }] }
  const { outputs, release, summary, log, asked, test } = await releaseWith({ scenario: faulty, inputs })
  expect(outputs).toEqual(good.outputs)
  expect([asked, test]).toEqual([1, null])
  expect(release.warnings).toEqual([])
  expect(withoutAddress(log)).toEqual(withoutAddress(good.log))
  expect(summary).not.toContain('test listener reaches')
  const tookMs = (one: typeof release) => (one.endedAt?.monotonicMs ?? 0) - one.startedAt.monotonicMs
  expect(tookMs(release)).toBeLessThanOrEqual(tookMs(good.release) + 2_000)
})

test('a load balancer that does not answer is waited for no longer than two seconds', async () => {
  const scenario = scenarios['hook-fails']
  let askedAtMs = 0
  const { release, outputs, test } = await releaseWith({
    scenario,
    inputs: { ...HOOK, 'hook-logs': 'never' },
    connect: ({ clock }) => ({
      loadBalancing: async () => ({
        describeListener: async (_, signal) => {
          askedAtMs = clock.monotonicMs()
          await clock.sleep(3_600_000, signal)
          throw new Error('aborted')
        },
        ...UNASKED,
      }),
    }),
  })
  expect([outputs.status, test, ...release.warnings]).toEqual(['rolled-back', null])
  expect((release.endedAt?.monotonicMs ?? 0) - askedAtMs).toBe(2_000)
})

test('a step that is cancelled while its load balancer is asked does not wait for the answer', async () => {
  const scenario = scenarios['hook-fails']
  const inputs = { ...HOOK, 'hook-logs': 'never' }
  let askedAtMs = 0
  let cancel = () => {}
  const { release } = await releaseWith({
    scenario,
    inputs,
    prepare: ({ abort }) => {
      cancel = abort
    },
    connect: ({ clock }) => ({
      loadBalancing: async () => ({
        describeListener: () => {
          askedAtMs = clock.monotonicMs()
          cancel()
          return new Promise(() => {})
        },
        ...UNASKED,
      }),
    }),
  })
  expect(askedAtMs).toBeGreaterThan(0)
  expect(release.endedAt?.monotonicMs).toBe(askedAtMs)
})

describe('the target group of a listener', () => {
  const group = (arn: string, Weight?: number) => ({ TargetGroupArn: arn, ...(Weight !== undefined && { Weight }) })
  const forward = (...TargetGroups: ReturnType<typeof group>[]): Action => ({
    Type: 'forward',
    ForwardConfig: { TargetGroups },
  })

  test.each<[string, Action[], string | undefined]>([
    ['is that with all the weight', [forward(group('a', 0), group('b', 100))], 'b'],
    ['is that with all the weight, whichever comes first', [forward(group('a', 100), group('b', 0))], 'a'],
    ['is the only one', [forward(group('a', 1))], 'a'],
    ['is the only one, also without a weight', [forward(group('a'))], 'a'],
    ['is named alone by older listeners', [{ Type: 'forward', TargetGroupArn: 'a' }], 'a'],
    ['stands behind a login', [{ Type: 'authenticate-oidc' }, forward(group('a', 1), group('b', 0))], 'a'],
    ['is none of two that share it', [forward(group('a', 90), group('b', 10))], undefined],
    ['is none of two of which neither has a weight', [forward(group('a'), group('b'))], undefined],
    ['is none where nothing has weight', [forward(group('a', 0), group('b', 0))], undefined],
    ['is none where the answer is fixed', [{ Type: 'fixed-response' }], undefined],
    ['is none without an action', [], undefined],
  ])('%s', (_, actions, arn) => {
    expect(targetGroupOf(actions)).toBe(arn)
  })
})

describe('whose tasks a target group has', () => {
  const sides = { deploymentId: 'd-1', originalId: 'ecs-svc/1', targetGroups: ['web-0', 'web-1'] }
  const arn = (name: string) =>
    `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/0123456789abcdef`
  const original = {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    runningCount: 2,
    loadBalancers: [{ targetGroupArn: arn('web-0') }],
  }
  const replacement = {
    id: 'ecs-svc/2',
    externalId: 'd-1',
    status: 'ACTIVE',
    runningCount: 2,
    loadBalancers: [{ targetGroupArn: arn('web-1') }],
  }

  test.each([
    ['the original', 'web-0', [original, replacement], 'original'],
    ['the replacement', 'web-1', [original, replacement], 'replacement'],
    ['the replacement once it serves', 'web-1', [{ ...replacement, status: 'PRIMARY' }], 'replacement'],
    ['nobody: the replacement is gone', 'web-1', [original], 'empty'],
    [
      'nobody: the replacement is being taken down',
      'web-1',
      [original, { ...replacement, status: 'DRAINING' }],
      'empty',
    ],
    ['nobody: no task of the replacement runs', 'web-1', [original, { ...replacement, runningCount: 0 }], 'empty'],
    ['somebody else', 'web-1', [original, { ...replacement, externalId: 'd-2' }], undefined],
    ['several', 'web-0', [original, { ...replacement, loadBalancers: original.loadBalancers }], undefined],
    ['those of another service, so that it is not known', 'other', [original, replacement], undefined],
    ['those of a task set that does not tell', 'web-1', [original, { ...replacement, loadBalancers: [] }], undefined],
  ])('%s', (_, group, taskSets, reaches) => {
    expect(reachedBy(arn(group), taskSets, sides)).toBe(reaches)
  })

  test('is not known of an original that was gone before', () => {
    expect(reachedBy(arn('web-0'), [original], { ...sides, originalId: undefined })).toBeUndefined()
  })
})
