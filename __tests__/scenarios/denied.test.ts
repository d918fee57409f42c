import { describe, expect, test } from '@jest/globals'
import { readCaller } from '../../src/aws/sts.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const NAMES = {
  'codedeploy-application': 'AppECS-demo-web',
  'codedeploy-deployment-group': 'DgpECS-demo-web',
} as const
const ALL_OF_IT = 10_000

/** A group whose name nobody can guess. */
const ODD_NAMES: Scenario = {
  ...baseScenario,
  world: {
    ...baseScenario.world,
    applications: baseScenario.world.applications.map((application) => ({
      ...application,
      name: 'shop',
      groups: application.groups.map((group) => ({ ...group, name: 'shop-web' })),
    })),
  },
}

const HOLDS: Scenario = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 30 } }),
}

/** A release in which one operation is denied from the beginning to the end, in the words of AWS. */
async function releaseWithout(action: string, options: Partial<SimulatedReleaseOptions> = {}) {
  const [, operation = ''] = action.split(':')
  const result = await simulateRelease({
    scenario: baseScenario,
    ...options,
    inputs: { ...HOOK, ...options.inputs },
    prepare: ({ simulator }) => simulator.addFault(denied(operation, action)),
  })
  expectValidReport(result.release)
  const sentences = result.release.problems.map(({ sentence }) => sentence)
  return { ...result, sentences, told: result.log.filter((line) => line.includes(`${operation} was denied`)) }
}

function denied(operation: string, action: string): Fault {
  const message = `User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ${action} on resource: ${resourceOf(action)} because no identity-based policy allows the ${action} action`
  return {
    operation,
    count: ALL_OF_IT,
    kind: { type: 'error', code: 'AccessDeniedException', message, httpStatus: 400 },
  }
}

function resourceOf(action: string): string {
  return `arn:aws:test:us-east-1:123456789012:${action.replace(':', '/')}`
}

const FILE = {
  inputs: { 'task-definition': 'task.json' },
  files: {
    'task.json': JSON.stringify({
      family: 'web',
      containerDefinitions: [
        { name: 'web', image: 'registry.example/web:1', portMappings: [{ containerPort: 8080 }], memory: 128 },
      ],
    }),
  },
}

describe('a read that is denied and that a release can do without is one warning, in the summary too:', () => {
  const CAN_DO_WITHOUT: [string, string, Partial<SimulatedReleaseOptions>][] = [
    ['codedeploy:ListDeployments', 'Could not look for active deployments', {}],
    ['codedeploy:GetDeploymentConfig', 'its name says how traffic shifts', {}],
    ['codedeploy:GetDeploymentTarget', 'lifecycle events and hooks cannot be seen', {}],
    [
      'ecs:DescribeTaskDefinition',
      'what changes, which tags to keep, and whether a revision asks for the same already',
      FILE,
    ],
    ['ecs:ListTasks', 'why replacement tasks stop cannot be seen', { scenario: scenarios['never-healthy'] }],
    ['ecs:DescribeTasks', 'why replacement tasks stop cannot be seen', { scenario: scenarios['never-healthy'] }],
  ]

  test.each(CAN_DO_WITHOUT)('%s', async (action, text, options) => {
    const { outputs, told, release, summary } = await releaseWithout(action, options)
    expect(outputs.status).toBe(options.scenario === undefined ? 'succeeded' : 'rolled-back')
    expect(told).toHaveLength(1)
    expect(release.warnings.filter((warning) => warning.includes(text))).toHaveLength(1)
    expect(summary).toMatch(/### Warnings\n|<summary>1 warning<\/summary>/)
  })

  test('a deployment configuration of its own kind: the wait is as long as CodeDeploy allows', async () => {
    const world = withGroup(baseScenario.world, { deploymentConfig: 'Own' })
    const routing = { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 20 } as const
    const deploymentConfigs = [...world.deploymentConfigs, { name: 'Own', computePlatform: 'ECS' as const, routing }]
    const { outputs, release } = await releaseWithout('codedeploy:GetDeploymentConfig', {
      scenario: { ...baseScenario, world: { ...world, deploymentConfigs } },
    })
    expect(outputs.status).toBe('succeeded')
    expect(release.warnings).toContainEqual(expect.stringContaining('how long traffic shifts is not known'))
  })

  test('what changes is not called nothing when it could not be seen', async () => {
    const { log, summary } = await releaseWithout('ecs:DescribeTaskDefinition', FILE)
    expect(log).toContain('Changes: could not be seen.')
    expect(summary).toContain('That could not be seen.')
  })

  test('sts:GetCallerIdentity is not even that', async () => {
    const { outputs, release } = await releaseWithout('sts:GetCallerIdentity', {
      connect: () => ({
        readCaller: async (attempts) =>
          await readCaller(attempts, async () => {
            throw Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
          }),
      }),
    })
    expect(outputs.status).toBe('succeeded')
    expect(release.warnings).toEqual([])
  })
})

describe('a read that is denied and that a release needs refuses it, before anything is written:', () => {
  const NEEDED: [string, Partial<SimulatedReleaseOptions>][] = [
    ['ecs:DescribeServices', {}],
    ['ecs:DescribeTaskDefinition', {}],
    ['ecs:DescribeTaskDefinition', { inputs: { 'task-definition': 'web:1' } }],
    ['codedeploy:GetDeploymentGroup', { inputs: NAMES }],
    ['codedeploy:ListApplications', { scenario: ODD_NAMES }],
    ['codedeploy:ListDeploymentGroups', { scenario: ODD_NAMES }],
    ['codedeploy:BatchGetDeploymentGroups', { scenario: ODD_NAMES }],
  ]

  test.each(NEEDED)('%s (%#)', async (action, options) => {
    const { outputs, sentences, writes, summary } = await releaseWithout(action, options)
    expect(outputs).toMatchObject({ status: 'refused', reason: 'denied' })
    expect(sentences).not.toEqual([])
    for (const sentence of sentences) {
      expect(sentence).toContain(`is not authorized to perform: ${action} on resource: ${resourceOf(action)}`)
      expect(sentence).toContain(`Allow ${action} on ${resourceOf(action)} in the role of this job.`)
    }
    expect(writes).toEqual([])
    expect(summary).toContain('Refused')
  })

  test('a group that may not be read by its usual name is found by a search', async () => {
    const { outputs } = await releaseWithout('codedeploy:GetDeploymentGroup')
    expect(outputs.status).toBe('succeeded')
  })

  test('of a read and a search that are both denied the first denial is reported', async () => {
    const { outputs, release } = await simulateRelease({
      scenario: baseScenario,
      prepare: ({ simulator }) => {
        simulator.addFault(denied('GetDeploymentGroup', 'codedeploy:GetDeploymentGroup'))
        simulator.addFault(denied('ListApplications', 'codedeploy:ListApplications'))
      },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'denied' })
    expect(release.problems[0]?.sentence).toContain(
      `Allow codedeploy:GetDeploymentGroup on ${resourceOf('codedeploy:GetDeploymentGroup')}`,
    )
  })
})

test('without codedeploy:GetDeployment sight is lost at once, with the action and the resource', async () => {
  const { outputs, annotation } = await releaseWithout('codedeploy:GetDeployment')
  expect(outputs.status).toBe('unknown')
  expect(annotation?.message).toContain(
    `Allow codedeploy:GetDeployment on ${resourceOf('codedeploy:GetDeployment')} in the role of this job.`,
  )
})

describe('a write that is denied says which action on which resource:', () => {
  test.each(['ecs:RegisterTaskDefinition', 'iam:PassRole', 'ecs:TagResource'])('%s', async (action) => {
    const { outputs, annotation, writes } = await simulateRelease({
      scenario: baseScenario,
      prepare: ({ simulator }) => simulator.addFault(denied('RegisterTaskDefinition', action)),
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'denied', 'task-definition': '' })
    expect(annotation?.message).toContain(`Allow ${action} on ${resourceOf(action)} in the role of this job.`)
    expect(annotation?.message).toContain('Nothing was deployed.')
    expect(writes).toEqual(['RegisterTaskDefinition'])
  })

  test.each([
    'codedeploy:CreateDeployment',
    'codedeploy:UpdateDeploymentGroup',
    'codedeploy:RegisterApplicationRevision',
  ])('%s', async (action) => {
    const { outputs, annotation } = await simulateRelease({
      scenario: baseScenario,
      prepare: ({ simulator }) => simulator.addFault(denied('CreateDeployment', action)),
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'denied', 'task-definition': 'web:2' })
    expect(annotation?.message).toContain(`Allow ${action} on ${resourceOf(action)} in the role of this job.`)
    expect(annotation?.message).toContain('Task definition web:2 was registered and is not used.')
  })

  test('codedeploy:StopDeployment, and the deployment is followed on', async () => {
    const { annotation, outputs } = await releaseWithout('codedeploy:StopDeployment', {
      scenario: scenarios['never-healthy'],
    })
    expect(outputs.status).toBe('timed-out')
    expect(annotation?.message).toContain(
      `is not authorized to perform: codedeploy:StopDeployment on resource: ${resourceOf('codedeploy:StopDeployment')}`,
    )
  })

  test('codedeploy:ContinueDeployment, and the deployment is followed on', async () => {
    const { outputs, release, calls, told } = await releaseWithout('codedeploy:ContinueDeployment', {
      scenario: HOLDS,
      inputs: { 'auto-promote': 'true' },
    })
    expect(outputs.status).not.toBe('unknown')
    expect(told).toHaveLength(1)
    expect(release.warnings).toContainEqual(
      expect.stringContaining(`Allow codedeploy:ContinueDeployment on ${resourceOf('codedeploy:ContinueDeployment')}`),
    )
    expect(calls.filter(({ operation }) => operation === 'ContinueDeployment')).toHaveLength(1)
  })
})
