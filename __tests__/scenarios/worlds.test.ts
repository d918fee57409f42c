import { DescribeServicesCommand, type DescribeTasksResponse } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { parseWorldFile } from '../../tools/simulator/world-file/world-file.ts'
import { clientsFor, inOneAccount, type SimulatedAccount, simulateRelease } from '../support/simulated-release.ts'

/** What real set-ups have, each in a small world that the action releases. */

function world(text: string): Scenario {
  return parseWorldFile(text, 'world.yaml')
}

/** A world of the service `web` with these lines more. */
function web(lines: string, rest = ''): Scenario {
  const more = lines
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
  return world(`services:\n  - name: web\n    image: registry.example/web:1.0.0\n${more.join('\n')}\n${rest}`)
}

const BEGUN = "begun: [{ service: web, task-definition: 'web:1', seconds-ago: 0 }]"

function play(scenario: Scenario, inputs: Partial<Record<InputName, string>> = {}) {
  return simulateRelease({ scenario, inputs })
}

/** The task set that serves; members that matter here are `null` when they are absent. */
async function serving({ simulator }: SimulatedAccount): Promise<Record<string, unknown>> {
  const { ecs } = clientsFor(simulator)
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'demo', services: ['web'] }))
  const primary = services[0]?.taskSets?.find(({ status }) => status === 'PRIMARY')
  return { launchType: null, platformVersion: null, ...primary }
}

/** `null`: there is no such member. */
const CAPACITIES: [string, string, Record<string, unknown>][] = [
  ['launch type EC2', 'launch-type: EC2', { launchType: 'EC2', platformVersion: null }],
  ['instances of its own', 'launch-type: EXTERNAL', { launchType: 'EXTERNAL', platformVersion: null }],
  [
    'capacity providers',
    'capacity-providers: [{ name: FARGATE, base: 1, weight: 1 }, { name: FARGATE_SPOT, weight: 3 }]',
    {
      launchType: null,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
      ],
    },
  ],
  [
    'a capacity provider of its own instances',
    'capacity-providers: [{ name: gpu, weight: 1 }]',
    { capacityProviderStrategy: [{ capacityProvider: 'gpu', weight: 1 }], platformVersion: null },
  ],
  ['a platform version', "platform-version: '1.3.0'", { launchType: 'FARGATE', platformVersion: '1.3.0' }],
]

describe('what a service runs on is kept by a release', () => {
  test.each(CAPACITIES)('%s', (_, line, expected) => {
    const scenario = web(line)
    return inOneAccount(scenario, async (account) => {
      expect(await serving(account)).toMatchObject(expected)
      const { outputs, release } = await simulateRelease({ scenario, account })
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(release.warnings).toEqual([])
      expect(await serving(account)).toMatchObject({ ...expected, externalId: outputs['codedeploy-deployment-id'] })
    })
  })
})

describe('tasks that nothing can take', () => {
  test('are told as ECS tells them, and the release fails with that after an hour', async () => {
    const { outputs, log } = await play(web('replacement: { health: unplaced }'))
    expect(outputs).toMatchObject({ status: 'rolled-back', production: 'web:1' })
    expect(
      log.filter((line) => line.includes('was unable to place a task. Reason: Capacity is unavailable')),
    ).toHaveLength(1)
  })

  test('have the reason that the world gives', async () => {
    const reason = 'No Container Instances were found in your cluster.'
    const { log } = await play(web(`launch-type: EC2\nreplacement: { health: unplaced, unplaced-reason: ${reason} }`))
    expect(log.join('\n')).toContain(`was unable to place a task. Reason: ${reason}`)
  })
})

test.each([
  ['ECSAllAtOnce', { status: 'succeeded', production: 'web:2' }],
  ['ECSCanary10Percent5Minutes', { status: 'rolled-back', production: 'web:1' }],
])('tasks that fail the checks of the load balancer: %s ends as AWS lets it', async (config, outputs) => {
  const ended = await play(
    web(
      `group: { deployment-config: CodeDeployDefault.${config} }\nreplacement: { health: unhealthy, answers-with: 503 }`,
    ),
  )
  expect(ended.outputs).toMatchObject(outputs)
})

const STOPPED = `
replacement:
  health: never
  stopped: { stop-code: TaskFailedToStart, reason: 'ResourceInitializationError: unable to pull secrets: status code: 400, request id: {uuid}, task {task}' }
`

test('tasks that stop have ids of their own in their reasons, as in AWS', async () => {
  const { outputs, log, calls } = await play(web(STOPPED), { 'fail-fast': '2' })
  expect(outputs).toMatchObject({ production: 'web:1' })
  expect(log.filter((line) => line.includes('ResourceInitializationError')).length).toBeGreaterThan(0)
  const described = calls.flatMap(({ operation, output }) =>
    operation === 'DescribeTasks' ? ((output as DescribeTasksResponse).tasks ?? []) : [],
  )
  const reasons = new Map(described.map(({ taskArn, stoppedReason }) => [taskArn, stoppedReason]))
  expect(reasons.size).toBeGreaterThan(1)
  expect(new Set(reasons.values()).size).toBe(reasons.size)
  for (const [arn = '', reason] of reasons) {
    expect(reason).toMatch(/request id: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}, task [0-9a-f]{32}$/)
    expect(arn.endsWith(reason?.slice(-32) ?? '')).toBe(true)
  }
})

describe('a deployment that ends with a code and a text of its own', () => {
  const ends = (event: string, code: string) =>
    web(
      'group: { termination-wait-minutes: 0 }',
      `ends: { event: ${event}, code: ${code}, message: Something is out of order. }`,
    )

  test.each([
    ['Created', 'INVALID_ECS_SERVICE', 'failed'],
    ['BeforeInstall', 'INTERNAL_ERROR', 'failed'],
    ['Install', 'ECS_UPDATE_ERROR', 'rolled-back'],
    ['AllowTestTraffic', 'ELASTIC_LOAD_BALANCING_INVALID', 'rolled-back'],
    ['AllowTraffic', 'NEW_CODE', 'rolled-back'],
    ['AfterAllowTraffic', 'THROTTLED', 'rolled-back'],
  ])('at %s is told with both', async (event, code, status) => {
    const { outputs, annotation } = await play(ends(event, code))
    expect(outputs).toMatchObject({ status, production: 'web:1' })
    expect(annotation?.message).toContain(`${code}: Something is out of order.`)
  })
})

describe('a service behind a network load balancer', () => {
  const NETWORK = 'load-balancer: network'

  test('is released all at once', async () => {
    const scenario = web(`${NETWORK}\ngroup: { deployment-config: CodeDeployDefault.ECSAllAtOnce }`)
    const { outputs } = await play(scenario, { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
  })

  test('is refused a canary before anything is written, whether the group or an input asks for it', async () => {
    for (const [scenario, inputs] of [
      [web(NETWORK), {}],
      [
        web(`${NETWORK}\ngroup: { deployment-config: CodeDeployDefault.ECSAllAtOnce }`),
        { 'codedeploy-deployment-config': 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' },
      ],
    ] as const) {
      const { outputs, writes, release } = await play(scenario, inputs)
      expect([outputs.status, outputs.reason, ...writes]).toEqual(['refused', 'invalid-input'])
      expect(release.problems.map(({ sentence }) => sentence)).toEqual([
        expect.stringMatching(
          / shifts traffic in steps, which a network load balancer cannot do, and .* CodeDeployDefault\.ECSAllAtOnce'\.$/,
        ),
      ])
    }
  })

  test('fails a canary that somebody else deploys with the words of AWS', () =>
    inOneAccount(web(`${NETWORK}\ngroup: { alarms: [] }`, BEGUN), async ({ simulator, clock }) => {
      await clock.sleep(60_000)
      expect(simulator.lane('demo:web')?.deployments[0]).toMatchObject({
        status: 'Failed',
        // Observed in a public report.
        error: { message: expect.stringMatching(/^Only ALB supports gradual traffic routing, use AllAtOnce /) },
      })
    }))
})

describe('a service behind several load balancers', () => {
  const OTHERS = 'other-load-balancers: [{ target-group: web-admin, container: web, port: 9090 }]'

  test('is refused with all of them named, as only a person knows which one CodeDeploy moves', async () => {
    const { outputs, writes, annotation } = await play(web(OTHERS))
    expect([outputs.status, outputs.reason, ...writes]).toEqual(['refused', 'invalid-input'])
    expect(annotation?.message).toContain('of which CodeDeploy moves one (web:9090, web:8080)')
  })

  test('is released when the inputs say which', async () => {
    const { outputs, release } = await play(web(OTHERS), { 'container-name': 'web', 'container-port': '8080' })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    expect(release.warnings).toEqual([])
  })
})

test('the address of a test listener with a certificate is https, with its port', async () => {
  const scenario = web('https: true\ngroup: { ready: { action: STOP_DEPLOYMENT, wait-minutes: 60 } }')
  const { outputs } = await play(scenario, { 'wait-for': 'test-traffic' })
  expect(outputs.status).toBe('awaiting-promotion')
  expect(outputs['test-url']).toMatch(/^https:\/\/web-\d+\.us-east-1\.elb\.amazonaws\.com:8443$/)
})

const OUTCOMES: [string, string, Record<string, string>, Record<string, string>][] = [
  ['goes well', '', {}, { status: 'succeeded', production: 'web:2' }],
  [
    'is rolled back for its hook',
    'hooks: [{ name: CodeDeployHook_validate, plan: { answer: Failed } }]',
    { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' },
    { status: 'rolled-back', production: 'web:1' },
  ],
  [
    'is stopped by an alarm',
    'alarms: [{ name: web-5xx, after: { event: AllowTraffic, seconds: 60 } }]',
    {},
    { status: 'rolled-back', production: 'web:1' },
  ],
]

describe('a release ends as it would', () => {
  describe.each([90, -90, 3600])('when the clock of AWS is %s s ahead of the runner', (seconds) => {
    test.each(OUTCOMES)('and it %s', async (_, rest, inputs, outputs) => {
      const ended = await play(web('desired-count: 2', `${rest}\nclock-offset-seconds: ${seconds}`), inputs)
      expect(ended.outputs).toMatchObject(outputs)
      const level = await play(web('desired-count: 2', rest), inputs)
      const tookMs = ({ release }: typeof level) => (release.endedAt?.monotonicMs ?? 0) - release.startedAt.monotonicMs
      expect(Math.abs(tookMs(ended) - tookMs(level))).toBeLessThan(60_000)
    })
  })

  describe.each([
    ['all reads', '*'],
    ['the service', 'DescribeServices'],
    ['the deployment', 'GetDeployment'],
    ['the list of deployments', 'ListDeployments'],
    ['the deployment group', 'GetDeploymentGroup'],
  ])('when what is read of %s is 8 s behind', (_, operation) => {
    test.each(OUTCOMES)('and it %s', async (_what, rest, inputs, outputs) => {
      const behind = `behind: [{ operation: '${operation}', seconds: 8 }]`
      const ended = await play(web('desired-count: 2', `${rest}\n${behind}`), inputs)
      expect(ended.outputs).toMatchObject(outputs)
      expect(ended.writes.filter((write) => write === 'CreateDeployment')).toHaveLength(1)
    })
  })
})

describe('a service that a person released from a file in S3', () => {
  const BY_HAND = world(`
services: [{ name: web, task-definition: 'web:1' }]
task-definitions:
  - { family: web, image: 'registry.example/web:1.0.0' }
  - { family: web, revision: 2, image: 'registry.example/web:1.0.1' }
begun:
  - { service: web, task-definition: 'web:2', seconds-ago: 3600, s3: { bucket: releases, key: appspec.json } }
`)

  test('is released as any other, and brought back to it by its name', () =>
    inOneAccount(BY_HAND, async (account) => {
      expect(await serving(account)).toMatchObject({
        taskDefinition: expect.stringMatching(/:task-definition\/web:2$/),
      })
      const released = await simulateRelease({ scenario: BY_HAND, account })
      expect(released.outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
      await account.clock.sleep(3_600_000)
      const back = await simulateRelease({ scenario: BY_HAND, account, inputs: { operation: 'rollback' } })
      expect([back.outputs.status, ...back.writes]).toEqual(['refused'])
      expect(back.annotation?.message).toContain(
        "CodeDeploy does not keep its AppSpec. Name the revision with 'task-definition'.",
      )
      const inputs = { operation: 'rollback', 'task-definition': 'web:2' }
      const named = await simulateRelease({ scenario: BY_HAND, account, inputs })
      expect(named.outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    }))
})

describe('a deployment group whose service is gone', () => {
  const GONE = web(
    'desired-count: 2',
    'applications: [{ name: Old, groups: [{ service: shop, name: shop, service-gone: true }] }]',
  )

  test('is in the way of nobody else', async () => {
    expect((await play(GONE)).outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
  })

  test('is refused by name for another service, and its service is not found', async () => {
    const named = { 'codedeploy-application': 'Old', 'codedeploy-deployment-group': 'shop' }
    const other = await play(GONE, named)
    expect([other.outputs.status, ...other.writes]).toEqual(['refused'])
    expect(other.annotation?.message).toContain("releases 'demo/shop', not 'demo/web'")
    const own = await play(GONE, { ...named, service: 'shop' })
    expect([own.outputs.status, own.outputs.reason, ...own.writes]).toEqual(['refused', 'not-found'])
  })
})

describe('a person who deploys from the console', () => {
  const twoRevisions = (rest: string) =>
    world(`
services: [{ name: web, task-definition: 'web:1' }]
task-definitions:
  - { family: web, image: 'registry.example/web:1.0.0' }
  - { family: web, revision: 2, image: 'registry.example/web:1.0.1' }
${rest}
`)

  test('in the middle of a release is refused by CodeDeploy, and the release goes on', async () => {
    const scenario = twoRevisions("later: [{ service: web, task-definition: 'web:2', at-seconds: 60 }]")
    const { outputs } = await play(scenario)
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
  })

  test('right before a release creates its own makes it wait, and it is released after that', async () => {
    const scenario = twoRevisions(`
later: [{ service: web, task-definition: 'web:2', at-seconds: 0.2 }]
faults: [{ operation: RegisterTaskDefinition, kind: throttle, count: 2 }]`)
    const { outputs, calls, log } = await play(scenario)
    expect(calls.filter(({ error }) => error?.code === 'DeploymentLimitExceededException')).toHaveLength(1)
    expect(log.join('\n')).toContain('web:2')
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
  })

  test('between a release and its rollback is not undone by it', () =>
    inOneAccount(
      twoRevisions("later: [{ service: web, task-definition: 'web:2', at-seconds: 3600 }]"),
      async (account) => {
        const scenario = twoRevisions('')
        const released = await simulateRelease({ scenario, account })
        expect(released.outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
        await account.clock.sleep(2 * 3_600_000)
        expect(await serving(account)).toMatchObject({ taskDefinition: expect.stringMatching(/web:2$/) })
        const back = await simulateRelease({ scenario, account, inputs: { operation: 'rollback' } })
        expect([back.outputs.status, back.outputs.production]).toEqual(['succeeded', 'web:3'])
      },
    ))
})
