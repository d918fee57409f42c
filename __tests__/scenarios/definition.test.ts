import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Scenario, TaskDefinitionSeed } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { type SimulatedRelease, simulateRelease } from '../support/simulated-release.ts'

const RUNNING_IMAGE = 'registry.example/web:1.0.0'
const DIGEST = `registry.example/web@sha256:${'a'.repeat(64)}`

/** What is deployed is decided before anything is followed. */
const NO_WAIT = { 'wait-for': 'nothing' } as const

function withRevisions(change: (first: TaskDefinitionSeed) => TaskDefinitionSeed[]): Scenario {
  const [first] = baseScenario.world.taskDefinitions
  if (first === undefined) throw new Error('The demo world has no task definition.')
  return { ...baseScenario, world: { ...baseScenario.world, taskDefinitions: change(first) } }
}

function withImage(seed: TaskDefinitionSeed, image: string): TaskDefinitionSeed {
  const [container] = seed.definition['containerDefinitions'] as Record<string, unknown>[]
  return { ...seed, definition: { ...seed.definition, containerDefinitions: [{ ...container, image }] } }
}

function registered({ calls }: SimulatedRelease): Record<string, unknown> {
  const call = calls.find(({ operation }) => operation === 'RegisterTaskDefinition')
  return (call?.input ?? {}) as Record<string, unknown>
}

function containerOf(definition: Record<string, unknown>): Record<string, unknown> {
  const [container] = definition['containerDefinitions'] as Record<string, unknown>[]
  return container ?? {}
}

test('registers nothing when the running revision asks for the same', async () => {
  const { writes, outputs, log } = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, image: RUNNING_IMAGE },
  })
  expect(writes).toEqual(['CreateDeployment'])
  expect(outputs['task-definition']).toBe('web:1')
  expect(log).toContain('Task definition web:1 asks for the same; nothing to register.')
})

test('registers nothing when the newest revision of the family asks for the same', async () => {
  const scenario = withRevisions((first) => [first, { ...withImage(first, DIGEST), revision: 2 }])
  const { writes, outputs } = await simulateRelease({ scenario, inputs: { ...NO_WAIT, image: DIGEST } })
  expect(writes).toEqual(['CreateDeployment'])
  expect(outputs['task-definition']).toBe('web:2')
})

test('registers anew when the only revision that asks for the same is not ACTIVE', async () => {
  const scenario = withRevisions((first) => [{ ...first, status: 'INACTIVE' }])
  const { outputs } = await simulateRelease({ scenario, inputs: { ...NO_WAIT, image: RUNNING_IMAGE } })
  expect(outputs['task-definition']).toBe('web:2')
})

test('writes nothing with if-unchanged skip when production runs exactly this, pinned by digest', async () => {
  const scenario = withRevisions((first) => [withImage(first, DIGEST)])
  const { writes, outputs } = await simulateRelease({ scenario, inputs: { image: DIGEST, 'if-unchanged': 'skip' } })
  expect(writes).toEqual([])
  expect(outputs.status).toBe('unchanged')
})

test('deploys with if-unchanged skip when an image has a tag, because the same tag can be new code', async () => {
  const { outputs, writes } = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, image: RUNNING_IMAGE, 'if-unchanged': 'skip' },
  })
  expect(outputs.status).toBe('started')
  expect(writes).toEqual(['CreateDeployment'])
})

test('keeps members that are newer than the SDK, says which, and carries the tags over', async () => {
  const scenario = withRevisions((first) => [
    { ...first, definition: { ...first.definition, quantumIsolation: { level: 'high' } } },
  ])
  const result = await simulateRelease({ scenario, inputs: NO_WAIT })
  expect(registered(result)).toMatchObject({
    quantumIsolation: { level: 'high' },
    tags: [
      { key: 'service', value: 'web' },
      { key: 'team', value: 'storefront' },
    ],
  })
  expect(registered(result)).not.toHaveProperty('taskDefinitionArn')
  expect(registered(result)).not.toHaveProperty('registeredAt')
  expect(result.log.filter((line) => line.includes('quantumIsolation'))).toHaveLength(1)
})

test('warns what a newer revision than the running one would have brought', async () => {
  const scenario = withRevisions((first) => [
    first,
    { ...first, revision: 2, definition: { ...first.definition, memory: '2048' } },
  ])
  const { log, outputs } = await simulateRelease({ scenario, inputs: NO_WAIT })
  expect(log).toContainEqual(
    expect.stringMatching(/^Warning: Revision web:2 is newer than web:1, .* it would have brought: memory\./),
  )
  expect(outputs['task-definition']).toBe('web:3')
})

test('moves a name from the variables to the secrets, and tells names but no values', async () => {
  const result = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, 'environment-variables': 'GREETING=hello=world ', secrets: 'LOG_LEVEL=/web/log-level' },
  })
  const container = containerOf(registered(result))
  expect(container['environment']).toContainEqual({ name: 'GREETING', value: 'hello=world ' })
  expect(JSON.stringify(container['environment'])).not.toContain('LOG_LEVEL')
  expect(container['secrets']).toContainEqual({ name: 'LOG_LEVEL', valueFrom: '/web/log-level' })
  const told = [...result.log, result.summary, JSON.stringify(result.outputs)].join('\n')
  expect(told).toContain('GREETING')
  expect(told).not.toContain('hello=world')
})

test('keeps text of a YAML definition text, and makes numbers where ECS wants them', async () => {
  const yaml = [
    'family: web',
    'cpu: 256',
    'memory: 512',
    'networkMode: awsvpc',
    'requiresCompatibilities: [FARGATE]',
    'executionRoleArn: arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    'containerDefinitions:',
    '  - name: web',
    '    image: registry.example/web:old',
    '    essential: true',
    '    portMappings: [{containerPort: 8080}]',
    '    environment: [{name: BUILD, value: 0123}, {name: EMPTY, value: ""}]',
  ].join('\n')
  const result = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, 'task-definition': 'td.yaml' },
    files: { 'td.yaml': yaml },
  })
  expect(registered(result)).toMatchObject({ cpu: '256', memory: '512' })
  expect(containerOf(registered(result))).toMatchObject({
    image: 'registry.example/web:1.1.0',
    essential: true,
    portMappings: [{ containerPort: 8080 }],
    environment: [
      { name: 'BUILD', value: '0123' },
      { name: 'EMPTY', value: '' },
    ],
  })
})

test('uses a named revision as it is', async () => {
  const scenario = withRevisions((first) => [first, { ...withImage(first, DIGEST), revision: 2 }])
  const { writes, outputs } = await simulateRelease({
    scenario,
    inputs: { ...NO_WAIT, image: '', 'task-definition': 'web:2' },
  })
  expect(writes).toEqual(['CreateDeployment'])
  expect(outputs['task-definition']).toBe('web:2')
})

test("releases with the hook of the official action's appspec.yaml when only uses: has changed", async () => {
  const appspec = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'official-appspec.yaml'), 'utf8')
  const definition = {
    family: 'web',
    revision: 1,
    registeredAt: '2026-01-01T00:00:00Z',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    containerDefinitions: [
      { name: 'web', image: 'registry.example/web:1.1.0', essential: true, portMappings: [{ containerPort: 8080 }] },
    ],
  }
  const result = await simulateRelease({
    scenario: baseScenario,
    inputs: { image: '', 'task-definition': 'task-definition.json', 'wait-for-service-stability': 'true' },
    files: { 'appspec.yaml': appspec, 'task-definition.json': JSON.stringify(definition) },
  })
  expect(result.outputs.status).toBe('succeeded')
  expect(JSON.parse(result.outputs['hook-results'])).toMatchObject([
    { event: 'AfterAllowTestTraffic', function: 'CodeDeployHook_validate', result: 'succeeded' },
  ])
  expect(result.log).toContainEqual(expect.stringContaining("Starting from 'appspec.yaml' of the workspace"))
  const request = JSON.stringify(result.calls.find(({ operation }) => operation === 'CreateDeployment')?.input)
  expect(request).toContain('task-definition/web:2')
})

test('a hook input replaces the same hook of the file, and the other hooks stay', async () => {
  const appspec = [
    'version: 0.0',
    'Resources: [{TargetService: {Type: "AWS::ECS::Service", Properties: {}}}]',
    'Hooks: [{AfterAllowTestTraffic: old}, {BeforeAllowTraffic: CodeDeployHook_validate}]',
  ].join('\n')
  const { release } = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' },
    files: { 'appspec.yaml': appspec },
  })
  expect(release.plan?.hooks).toEqual({
    AfterAllowTestTraffic: 'CodeDeployHook_validate',
    BeforeAllowTraffic: 'CodeDeployHook_validate',
  })
})

test("builds the AppSpec without the workspace's file with codedeploy-appspec none", async () => {
  const { release } = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, 'codedeploy-appspec': 'none' },
    files: { 'appspec.yaml': 'this is [no AppSpec' },
  })
  expect(release.plan?.hooks).toEqual({})
})

test('a revision that ECS cannot register because another one is being registered is asked for again', async () => {
  const message = 'Too many concurrent attempts to create a new revision of the specified family.'
  const kind = { type: 'error', code: 'ClientException', message, httpStatus: 400 } as const
  const { outputs, writes } = await simulateRelease({
    scenario: { ...baseScenario, faults: [{ operation: 'RegisterTaskDefinition', count: 1, kind }] },
    inputs: { 'wait-for': 'nothing' },
  })
  expect(outputs).toMatchObject({ status: 'started', 'task-definition': 'web:2' })
  expect(writes).toEqual(['RegisterTaskDefinition', 'RegisterTaskDefinition', 'CreateDeployment'])
})

test("alarms of a release keep the group's setting for alarms that cannot be read", async () => {
  const sent = async (ignoresAlarmTrouble: boolean, inputs: Record<string, string>) => {
    const world = withGroup(baseScenario.world, { ignoresAlarmTrouble })
    const given = { 'wait-for': 'nothing', ...inputs }
    const { calls } = await simulateRelease({ scenario: { ...baseScenario, world }, inputs: given })
    const create = calls.find(({ operation }) => operation === 'CreateDeployment')
    return (create?.input as { overrideAlarmConfiguration?: object } | undefined)?.overrideAlarmConfiguration
  }
  const alarms = [{ name: 'my-alarm' }]
  expect(await sent(true, { alarms: 'my-alarm' })).toEqual({ enabled: true, alarms, ignorePollAlarmFailure: true })
  expect(await sent(false, { alarms: 'my-alarm' })).toEqual({ enabled: true, alarms })
  expect(await sent(true, {})).toBeUndefined()
})

test('an AppSpec that is the input itself is deployed with the new revision, and its wrong container is told by the input', async () => {
  const appSpec = (container: string) =>
    `version: 0.0\nResources:\n  - Web:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: x\n        LoadBalancerInfo: {ContainerName: ${container}, ContainerPort: 8080}\n`
  const given = (container: string) => ({ ...NO_WAIT, 'codedeploy-appspec': appSpec(container) })
  const { calls, outputs } = await simulateRelease({ scenario: baseScenario, inputs: given('web') })
  expect(outputs.status).toBe('started')
  const created = JSON.stringify(calls.find(({ operation }) => operation === 'CreateDeployment')?.input)
  expect(created).toContain('task-definition/web:2')
  expect(created).toContain('\\"Web\\":')
  const wrong = await simulateRelease({ scenario: baseScenario, inputs: given('wbe') })
  expect(wrong.writes).toEqual([])
  expect(wrong.release.problems.map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(/Check 'ContainerName' in the AppSpec of 'codedeploy-appspec'\.$/),
  ])
})
