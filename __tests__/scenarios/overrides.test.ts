import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { renderReport } from '../../src/report/report-json.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { operate } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'

type Inputs = Partial<Record<InputName, string>>

const DIGEST = `registry.example/web@sha256:${'a'.repeat(64)}`
const NO_WAIT = { 'wait-for': 'nothing' } as const

/** Everything that can be changed in a task definition. */
const EVERYTHING: Inputs = {
  image: DIGEST,
  'environment-variables': 'LEVEL=debug',
  'env-files': 'arn:aws:s3:::config/web.env',
  'docker-labels': 'traefik.rule=Host(`a`)=b',
  command: `sh -c 'exec "$APP"'`,
  'log-configuration-options': 'mode=blocking',
  'task-role-arn': 'arn:aws:iam::123456789012:role/other-task',
  'execution-role-arn': 'arn:aws:iam::123456789012:role/other-execution',
  family: 'shop',
  tags: 'team=shop\nversion=2',
}

function registered(calls: readonly RecordedCall[]): object {
  return calls.find(({ operation }) => operation === 'RegisterTaskDefinition')?.input ?? {}
}

/** The demo account with a second container in every task. */
const twoContainers: Scenario = {
  ...baseScenario,
  world: {
    ...baseScenario.world,
    taskDefinitions: baseScenario.world.taskDefinitions.map((seed) => {
      const containers = seed.definition['containerDefinitions'] as object[]
      const worker = { name: 'worker', image: 'registry.example/worker:1', essential: false }
      return { ...seed, definition: { ...seed.definition, containerDefinitions: [...containers, worker] } }
    }),
  },
}

test('what the inputs say is registered over what runs, in one revision', async () => {
  const { calls, outputs, log } = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...NO_WAIT, ...EVERYTHING },
  })
  expect(outputs).toMatchObject({ status: 'started', 'task-definition': 'shop:1' })
  expect(registered(calls)).toMatchObject({
    family: 'shop',
    taskRoleArn: 'arn:aws:iam::123456789012:role/other-task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/other-execution',
    tags: [
      { key: 'service', value: 'web' },
      { key: 'team', value: 'shop' },
      { key: 'version', value: '2' },
    ],
    containerDefinitions: [
      {
        image: DIGEST,
        command: ['sh', '-c', 'exec "$APP"'],
        dockerLabels: { 'traefik.rule': 'Host(`a`)=b' },
        environmentFiles: [{ value: 'arn:aws:s3:::config/web.env', type: 's3' }],
        logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/web', mode: 'blocking' } },
      },
    ],
  })
  expect(log.filter((line) => line.startsWith('Warning'))).toEqual([])
})

test('what runs with all of it already is unchanged, and one label more is a release', () =>
  inOneAccount(baseScenario, async (account) => {
    const skip = { ...EVERYTHING, 'if-unchanged': 'skip' }
    const first = await operate(account, { ...skip, 'wait-for': 'completion' }, { world: runNumber(41) })
    expect(first.outputs.status).toBe('succeeded')
    const second = await operate(account, skip, { world: runNumber(42) })
    expect(second).toMatchObject({ outputs: { status: 'unchanged' }, writes: [] })
    const more = { ...skip, ...NO_WAIT, 'docker-labels': `${skip['docker-labels']}\nA=` }
    const third = await operate(account, more, { world: runNumber(43) })
    expect(third).toMatchObject({ outputs: { status: 'started', 'task-definition': 'shop:2' } })
  }))

test('a re-run follows the deployment of the first attempt, and another command makes one of its own', () =>
  inOneAccount(baseScenario, async (account) => {
    const inputs = { ...EVERYTHING, ...NO_WAIT }
    const first = await operate(account, inputs, { world: runNumber(42, 1) })
    const again = await operate(account, inputs, { world: runNumber(42, 2) })
    expect(again.writes).toEqual([])
    expect(again.outputs['codedeploy-deployment-id']).toBe(first.outputs['codedeploy-deployment-id'])
    const other = { ...inputs, command: 'other', 'on-active-deployment': 'fail' }
    expect(await operate(account, other, { world: runNumber(42, 3) })).toMatchObject({
      outputs: { status: 'refused', reason: 'busy' },
      writes: [],
    })
  }))

test('a newer revision of another family is not warned of', () =>
  inOneAccount(baseScenario, async (account) => {
    for (const [number, image] of ['registry.example/web:2', 'registry.example/web:3'].entries()) {
      const inputs = { image, 'wait-for': 'completion', ...(number === 0 ? { family: 'shop' } : { family: 'web' }) }
      const { outputs, release } = await operate(account, inputs, { world: runNumber(41 + number) })
      expect(outputs.status).toBe('succeeded')
      expect(release.warnings).toEqual([])
    }
  }))

describe('several containers', () => {
  test('take the image and all that is for a container; the traffic stays where it is', async () => {
    const inputs = { ...NO_WAIT, 'container-name': 'worker,web', image: DIGEST, 'docker-labels': 'A=1' }
    const { calls, release } = await simulateRelease({ scenario: twoContainers, inputs })
    const changed = { image: DIGEST, dockerLabels: { A: '1' } }
    expect(registered(calls)).toMatchObject({ containerDefinitions: [changed, changed] })
    expect(release.plan?.appSpec.containerName).toBe('web')
  })

  test('or one that has not the port, as the render action means it, which is noted', async () => {
    const inputs = { ...NO_WAIT, 'container-name': 'worker', image: DIGEST }
    const { calls, release, log } = await simulateRelease({ scenario: twoContainers, inputs })
    expect(registered(calls)).toMatchObject({
      containerDefinitions: [{ image: 'registry.example/web:1.0.0' }, { image: DIGEST }],
    })
    expect(release.plan?.appSpec.containerName).toBe('web')
    expect(log).toContain(
      "Container 'worker' has no port 8080, so 'container-name' says what image and variables are for; the traffic goes to 'web' as before.",
    )
  })

  test.each<[string, Inputs]>([
    ['with a port of its own', { 'container-name': 'worker', 'container-port': '9090' }],
    ['that is nowhere', { 'container-name': 'wroker' }],
    ['one of which is nowhere', { 'container-name': 'web,wroker' }],
  ])('one container %s is refused', async (_, given) => {
    const { outputs, writes } = await simulateRelease({ scenario: twoContainers, inputs: given })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
    expect(writes).toEqual([])
  })
})

test('all that is wrong is told at once, and nothing is written', async () => {
  const { release, writes } = await simulateRelease({
    scenario: baseScenario,
    inputs: {
      'docker-labels': 'A',
      command: `it's`,
      'env-files': 'web.env',
      'log-configuration-log-driver': 'none',
      'task-role-arn': 'web',
      family: 'web:1',
      tags: 'aws:a=1',
      'task-definition-revision': '3',
    },
  })
  expect(writes).toEqual([])
  expect(release.problems.map(({ sentence }) => /^Input '(.*?)'/.exec(sentence)?.[1]).sort()).toEqual([
    'command',
    'docker-labels',
    'env-files',
    'family',
    'log-configuration-log-driver',
    'tags',
    'task-definition-revision',
    'task-role-arn',
  ])
})

test('a role of another account is refused before anything is written', async () => {
  const inputs = { 'task-role-arn': 'arn:aws:iam::210987654321:role/web' }
  const { release, writes } = await simulateRelease({ scenario: baseScenario, inputs })
  expect(writes).toEqual([])
  expect(release.problems.map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining('can only have roles of that account'),
  ])
})

test('a revision that ECS does not know is refused by the input that names it', async () => {
  const inputs = { 'task-definition-family': 'shop', 'task-definition-revision': '9' }
  const { release, writes } = await simulateRelease({ scenario: baseScenario, inputs })
  expect(writes).toEqual([])
  expect(release.problems).toEqual([
    {
      reason: 'not-found',
      sentence: expect.stringMatching(
        /^Input 'task-definition-family': 'shop:9' is no task definition that ECS knows \(.*\)\.$/,
      ),
    },
  ])
})

test('a rollback changes nothing in the revision that it goes back to', () =>
  inOneAccount(baseScenario, async (account) => {
    await operate(account, { ...EVERYTHING, 'wait-for': 'completion' }, { world: runNumber(41) })
    const rollback = { ...EVERYTHING, image: '', operation: 'rollback', 'task-definition': 'web:1' }
    const { outputs, writes } = await operate(account, rollback, { world: runNumber(42) })
    expect(writes).toEqual(['CreateDeployment'])
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
  }))

test('a plan tells every member that would change, in the log, in the summary and in the report', async () => {
  const { log, summary, release } = await simulateRelease({
    scenario: twoContainers,
    inputs: { ...EVERYTHING, operation: 'plan', family: '', command: 'run --password hunter2' },
  })
  expect(log.filter((line) => line.startsWith('Changes '))).toEqual([
    'Changes taskRoleArn: arn:aws:iam::123456789012:role/web-task -> arn:aws:iam::123456789012:role/other-task',
    'Changes executionRoleArn: arn:aws:iam::123456789012:role/ecsTaskExecutionRole -> arn:aws:iam::123456789012:role/other-execution',
    'Changes environment of web: adds LEVEL',
    `Changes image of web: registry.example/web:1.0.0 -> ${DIGEST}`,
    'Changes logConfiguration.options.mode of web: absent -> blocking',
    'Changes environmentFiles[0].value of web: absent -> arn:aws:s3:::config/web.env',
    'Changes environmentFiles[0].type of web: absent -> s3',
    'Changes dockerLabels.traefik.rule of web: absent -> Host(`a`)=b',
    'Changes command of web: absent -> ["run","--password","***"]',
    'Changes tags.team: storefront -> shop',
    'Changes tags.version: absent -> 2',
  ])
  expect(summary).toContain('- logConfiguration.options.mode of web: `absent` → `blocking`\n')
  expect(summary).toContain('- tags.team: `storefront` → `shop`\n')
  const told = `${log.join('\n')}${summary}${renderReport(release)}`
  expect(told).not.toMatch(/hunter2|debug/)
  expectValidReport(release)
})

test('a container that is new is told with what is in it, and one that is gone as that', async () => {
  const image = 'registry.example/proxy:1'
  const portMappings = [{ containerPort: 8080 }]
  const containerDefinitions = [
    { name: 'proxy', image, environment: [{ name: 'A', value: 'hunter2' }] },
    { name: 'web', image: 'registry.example/web:1.0.0', portMappings },
  ]
  const { log, summary } = await simulateRelease({
    scenario: twoContainers,
    inputs: { operation: 'plan', image: '', 'task-definition': 'td.json' },
    files: { 'td.json': JSON.stringify({ family: 'web', containerDefinitions }) },
  })
  const at = log.indexOf('Adds container proxy')
  expect(log.slice(at, at + 3)).toEqual([
    'Adds container proxy',
    `Changes image of proxy: absent -> ${image}`,
    'Changes environment of proxy: adds A',
  ])
  expect(log).toContain('Removes container worker')
  expect(summary).toContain('- container proxy: added\n')
  expect(summary).toContain('- container worker: removed\n')
})
