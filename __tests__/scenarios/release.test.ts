import { ListDeploymentsCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { renderReport } from '../../src/report/report-json.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Fault } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { clientsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

async function releaseWith(options: Partial<SimulatedReleaseOptions> = {}) {
  const result = await simulateRelease({ scenario: baseScenario, ...options, inputs: { ...HOOK, ...options.inputs } })
  expectValidReport(result.release)
  return result
}

describe('a release that goes well', () => {
  test('ends at production traffic and says what serves, what the hook said, and how long the original is kept', async () => {
    const { outputs, writes, summary, log, annotation } = await releaseWith()
    expect(outputs).toMatchObject({
      status: 'succeeded',
      reason: '',
      'task-definition-arn': 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2',
      'task-definition': 'web:2',
      'previous-task-definition': 'web:1',
      'replacement-traffic': '100',
      production: 'web:2',
      'rollback-status': 'none',
      'original-kept-until': new Date(SIMULATION_START_MS + 748_150).toISOString(),
    })
    expect(outputs['codedeploy-deployment-id']).toMatch(/^d-[A-Z0-9]{9}$/)
    expect(JSON.parse(outputs['hook-results'])).toEqual([
      { event: 'AfterAllowTestTraffic', function: 'CodeDeployHook_validate', result: 'succeeded', durationSeconds: 20 },
    ])
    expect(writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment'])
    expect(annotation).toBeUndefined()
    expect(summary).toContain('## ✅ Released: web 1.1.0 → demo/web\n')
    expect(summary).toMatch(
      /\n- AfterAllowTestTraffic: succeeded in 20 s, .*; hook \[CodeDeployHook_validate\]\(.* succeeded\n/,
    )
    expect(log.filter((line) => line.includes('Z  Install '))).toHaveLength(2)
  })

  test('sends an AppSpec with the hook, its hash, and a description that names the run', async () => {
    const { calls } = await releaseWith({ inputs: { 'codedeploy-deployment-description': 'Friday release' } })
    const request = calls.find(({ operation }) => operation === 'CreateDeployment')?.input
    expect(request).toMatchObject({
      applicationName: 'AppECS-demo-web',
      deploymentGroupName: 'DgpECS-demo-web',
      description: 'Friday release [ecs-release repo=example/shop run=7.1 op=release]',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    })
    expect(JSON.stringify(request)).toContain('AfterAllowTestTraffic')
    expect(request).not.toHaveProperty('deploymentConfigName')
    expect(request).not.toHaveProperty('autoRollbackConfiguration')
  })

  test('waits for the original to be terminated when the finish line is completion', async () => {
    const { outputs, release } = await releaseWith({ inputs: { 'wait-for': 'completion' } })
    expect(outputs.status).toBe('succeeded')
    expect(release.snapshot?.status).toBe('succeeded')
    expect(outputs['original-kept-until']).toBe('')
  })

  test('starts and does not wait when the finish line is nothing', async () => {
    const { outputs, calls } = await releaseWith({ inputs: { 'wait-for': 'nothing' } })
    expect(outputs.status).toBe('started')
    expect(calls.some(({ operation }) => operation === 'GetDeploymentTarget')).toBe(false)
  })

  test('continues a held deployment by itself with auto-promote', async () => {
    const ready = { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } as const
    const scenario = { ...baseScenario, world: withGroup(baseScenario.world, { ready }) }
    const { outputs, writes } = await releaseWith({ scenario, inputs: { 'auto-promote': 'true' } })
    expect(outputs.status).toBe('succeeded')
    expect(writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment', 'ContinueDeployment'])
  })

  test('passes the deployment configuration, the rollback setting and the alarms on', async () => {
    const { calls, log } = await releaseWith({
      inputs: {
        'codedeploy-deployment-config': 'CodeDeployDefault.ECSAllAtOnce',
        'rollback-on': 'failure, stop',
        alarms: 'web-5xx\nweb-latency',
      },
    })
    expect(calls.find(({ operation }) => operation === 'CreateDeployment')?.input).toMatchObject({
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'] },
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'web-5xx' }, { name: 'web-latency' }] },
    })
    expect(log.join('\n')).toContain('codedeploy:UpdateDeploymentGroup')
  })

  test('turns rollback off for the deployment with rollback-on: never', async () => {
    const { calls } = await releaseWith({ inputs: { 'rollback-on': 'never' } })
    const request = calls.find(({ operation }) => operation === 'CreateDeployment')?.input
    expect(request).toMatchObject({ autoRollbackConfiguration: { enabled: false, events: [] } })
    expect(request).not.toHaveProperty('overrideAlarmConfiguration')
  })

  test('says how long it can take, how to stop it, and that this is not AWS', async () => {
    const { log } = await releaseWith()
    expect(log).toContainEqual(
      expect.stringMatching(
        /^To stop it: aws deploy stop-deployment --deployment-id d-\w+ --auto-rollback-enabled --region us-east-1$/,
      ),
    )
    expect(log).toContainEqual(
      expect.stringMatching(/^Waiting until production traffic is shifted .* for at most 2 h 20 min\.$/),
    )
    expect(log).toContainEqual(expect.stringMatching(/^This is not AWS: requests go to http:\/\/127\.0\.0\.1:\d+/))
  })
})

describe('a release that CodeDeploy ends', () => {
  test('says which hook failed, follows the rollback to its end, and that production never left the original', async () => {
    const { outputs, annotation } = await releaseWith({ scenario: scenarios['hook-fails'] })
    expect(outputs).toMatchObject({
      status: 'rolled-back',
      'rollback-status': 'succeeded',
      'replacement-traffic': '0',
      production: 'web:1',
    })
    expect(outputs['rollback-deployment-id']).toMatch(/^d-/)
    expect(outputs['rollback-deployment-id']).not.toBe(outputs['codedeploy-deployment-id'])
    expect(annotation?.message).toBe(
      `Deployment ${outputs['codedeploy-deployment-id']} failed at AfterAllowTestTraffic: hook CodeDeployHook_validate failed: "The test listener answered 500 from web:2; expected 200." (HOOK_EXECUTION_FAILURE). ` +
        `Rollback ${outputs['rollback-deployment-id']} succeeded. ` +
        'Next: mend what the hook found, then release again. All of its log is in the log group /aws/lambda/CodeDeployHook_validate. ' +
        'Production traffic never left the original (web:1).',
    )
  })

  test('names the log group alone when the log of the hook is not shown', async () => {
    const { annotation } = await releaseWith({
      scenario: scenarios['hook-fails'],
      inputs: { 'hook-logs': 'never' },
    })
    expect(annotation?.message).toMatch(
      /Next: see why the hook failed, then release again\. Its log is in the log group \/aws\/lambda\/CodeDeployHook_validate, unless the function has another\./,
    )
  })

  test('finds a rollback that shows twelve seconds after the failure', async () => {
    const scenario = { ...scenarios['hook-fails'], timings: { rollbackGap: 12 } }
    const { outputs } = await releaseWith({ scenario })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  })

  test('says where test and production traffic are when nothing rolls back', async () => {
    const { outputs, annotation, summary } = await releaseWith({ scenario: scenarios['hook-fails-no-rollback'] })
    expect(outputs).toMatchObject({ status: 'failed', 'rollback-status': 'none', production: 'web:1' })
    expect(annotation?.message).toContain('There was no rollback: no setting asks for one after this')
    expect(annotation?.message).toContain('The test listener reaches the replacement (web:2).')
    expect(annotation?.message).toContain('The replacement task set still runs (2 of 2 tasks).')
    expect(summary).toContain('- Test listener: The test listener reaches the replacement (web:2), as read at ')
  })

  test('names the alarm, with a link, and how far traffic had shifted', async () => {
    const { outputs, annotation, summary } = await releaseWith({ scenario: scenarios.alarm })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'replacement-traffic': '0', production: 'web:1' })
    expect(annotation?.message).toContain(
      'alarm web-5xx went off with 10 % of production traffic shifted (ALARM_ACTIVE).',
    )
    expect(summary).toContain(
      '([in the console](https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/web-5xx))',
    )
    expect(annotation?.message).toMatch(/Production runs web:1 again \(read \d\d:\d\d:\d\dZ\)\./)
  })

  test('says that production is split when an alarm ends it and nothing rolls back', async () => {
    const world = withGroup(baseScenario.world, { rollbackOn: ['DEPLOYMENT_FAILURE'] })
    const { outputs, annotation } = await releaseWith({ scenario: { ...scenarios.alarm, world } })
    expect(outputs).toMatchObject({
      status: 'failed',
      production: 'web:1 90% / web:2 10%',
      'replacement-traffic': '10',
    })
    expect(annotation?.message).toContain('Production runs web:1 90% / web:2 10%')
  })

  test('gives up on tasks that keep stopping, with their reason first, and rolls back', async () => {
    const { outputs, annotation, writes } = await releaseWith({ scenario: scenarios['never-healthy'] })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
    expect(writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment', 'StopDeployment'])
    expect(annotation?.message).toMatch(
      /^Deployment d-\w+ was stopped at Install: 3 replacement tasks stopped for the same reason before any was healthy: container web: exit code 1, .*Cannot find module/,
    )
  })

  test("leaves the verdict to CodeDeploy with fail-fast 0, and tells its code and the tasks' reason", async () => {
    const { outputs, annotation, writes, log } = await releaseWith({
      scenario: scenarios['never-healthy'],
      inputs: { 'fail-fast': '0' },
    })
    expect(outputs.status).toBe('rolled-back')
    expect(writes).not.toContain('StopDeployment')
    expect(annotation?.message).toContain(
      "failed at Install: replacement tasks kept stopping: container web: exit code 1, Error: Cannot find module '/app/server.js' (TIMEOUT).",
    )
    expect(log.filter((line) => line.includes('Still waiting for the replacement')).length).toBeGreaterThan(8)
  })

  test("tells CodeDeploy's own words about an AppSpec it cannot read, and never a success", async () => {
    const { outputs, annotation } = await releaseWith({ scenario: scenarios['bad-appspec'] })
    expect(outputs).toMatchObject({ status: 'failed', production: 'web:1', 'replacement-traffic': '0' })
    expect(annotation?.message).toContain('INVALID_REVISION: The deployment failed because the AppSpec file')
    expect(annotation?.message).toContain('There was nothing to roll back')
  })

  test('says first and loudest that a rollback failed', async () => {
    const { outputs, annotation, summary } = await releaseWith({
      scenario: { ...scenarios['hook-fails'], rollbackFails: true },
    })
    expect(outputs).toMatchObject({ status: 'rollback-failed', 'rollback-status': 'failed' })
    expect(annotation?.title).toBe('ROLLBACK FAILED: demo/web')
    expect(summary).toContain('> [!CAUTION]')
  })

  test('calls a stop by somebody else without a rollback stopped', async () => {
    const { outputs } = await releaseWith({
      scenario: { ...baseScenario, world: withGroup(baseScenario.world, { rollbackOn: [] }) },
      prepare: ({ simulator, clock }) => clock.atSecond(200, () => stopActiveDeployment(simulator.url)),
    })
    expect(outputs).toMatchObject({ status: 'stopped', production: 'web:1 90% / web:2 10%' })
  })
})

describe('a release that loses its way', () => {
  test('rides out throttled reads, with one line when they begin and one when they end', async () => {
    const { outputs, log } = await releaseWith({
      prepare: ({ simulator, clock }) =>
        clock.atSecond(60, () => simulator.addFault(throttling('GetDeploymentTarget', 12))),
    })
    expect(outputs.status).toBe('succeeded')
    expect(log.filter((line) => line.includes('failed (Throttling'))).toHaveLength(1)
    expect(log.filter((line) => line.includes('Reads succeed again'))).toHaveLength(1)
  })

  test('follows by status and task sets when the lifecycle events are denied, with one warning', async () => {
    const { outputs, log, release } = await releaseWith({
      prepare: ({ simulator }) => simulator.addFault(denied('GetDeploymentTarget', 10_000)),
    })
    expect(outputs.status).toBe('succeeded')
    expect(log.filter((line) => line.includes('GetDeploymentTarget was denied'))).toHaveLength(1)
    expect(release.warnings).toContainEqual(expect.stringContaining('GetDeploymentTarget was denied'))
  })

  test('ends as unknown, with the deployment and the way to look, when the credentials expire', async () => {
    const { outputs, annotation, writes } = await releaseWith({
      prepare: ({ simulator, clock }) => clock.atSecond(100, () => simulator.addFault(expired())),
    })
    expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
    expect(annotation?.message).toContain(`Lost sight of deployment ${outputs['codedeploy-deployment-id']}`)
    expect(annotation?.message).toContain('aws deploy get-deployment --deployment-id')
    expect(writes).not.toContain('StopDeployment')
  })

  test('times out where it is, and leaves the deployment alone', async () => {
    const { outputs, annotation, writes } = await releaseWith({ inputs: { 'wait-for-minutes': '1' } })
    expect(outputs.status).toBe('timed-out')
    expect(annotation?.message).toMatch(
      /^Deployment d-\w+ was not done after 1 min, while waiting for the replacement task set to become healthy \(Install\)\. It goes on without this step\./,
    )
    expect(writes).not.toContain('StopDeployment')
  })

  test('follows its own deployment when the answer to CreateDeployment is lost', async () => {
    const { outputs, calls } = await releaseWith({
      prepare: ({ simulator }) =>
        simulator.addFault({ operation: 'CreateDeployment', count: 1, kind: { type: 'drop-after-accept' } }),
    })
    expect(outputs.status).toBe('succeeded')
    expect(calls.filter(({ operation }) => operation === 'CreateDeployment')).toHaveLength(1)
  })

  test('sends CreateDeployment again when it surely was not accepted', async () => {
    const { outputs, calls } = await releaseWith({
      prepare: ({ simulator }) => simulator.addFault(throttling('CreateDeployment', 1)),
    })
    expect(outputs.status).toBe('succeeded')
    expect(calls.filter(({ operation }) => operation === 'CreateDeployment')).toHaveLength(2)
  })

  test('names the action and the resource when a write is denied, and the revision that is left', async () => {
    const { outputs, annotation } = await releaseWith({
      prepare: ({ simulator }) => simulator.addFault(denied('CreateDeployment', 1)),
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'denied', 'task-definition': 'web:2' })
    expect(annotation?.message).toContain(
      'Allow codedeploy:CreateDeployment on arn:aws:codedeploy:us-east-1:1:x in the role',
    )
    expect(annotation?.message).toContain('Nothing was deployed. Task definition web:2 was registered and is not used.')
  })
})

test.each([
  ['registered', { type: 'drop-after-accept' }],
  ['not registered', { type: 'drop' }],
] as const)('says that a revision may have been registered when the answer is lost (%s)', async (_, kind) => {
  const { outputs, annotation, writes } = await releaseWith({
    prepare: ({ simulator }) => simulator.addFault({ operation: 'RegisterTaskDefinition', count: 1, kind }),
  })
  expect(outputs).toMatchObject({ status: 'refused', 'task-definition': '' })
  expect(annotation?.message).toContain(
    'Nothing was deployed. Whether a new revision of web was registered could not be seen; nothing uses it.',
  )
  expect(writes).not.toContain('CreateDeployment')
})

test('tells the rollback status in the report as in the outputs when there is no settlement', async () => {
  const { outputs, release } = await releaseWith({
    prepare: ({ simulator }) => simulator.addFault({ operation: 'CreateDeployment', count: 5, kind: { type: 'drop' } }),
  })
  expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
  expect(JSON.parse(renderReport(release)).rollback.status).toBe('unknown')
})

function throttling(operation: string, count: number): Fault {
  return {
    operation,
    count,
    kind: { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 },
  }
}

function expired(): Fault {
  const message = 'The security token included in the request is expired'
  return {
    operation: '*',
    count: 10_000,
    kind: { type: 'error', code: 'ExpiredTokenException', message, httpStatus: 400 },
  }
}

function denied(operation: string, count: number): Fault {
  const message = `User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: codedeploy:${operation} on resource: arn:aws:codedeploy:us-east-1:1:x because no identity-based policy allows it`
  return { operation, count, kind: { type: 'error', code: 'AccessDeniedException', message, httpStatus: 400 } }
}

/** What a person does in the console. */
async function stopActiveDeployment(url: string): Promise<void> {
  const { codeDeploy } = clientsFor(url)
  const { deployments } = await codeDeploy.send(
    new ListDeploymentsCommand({ applicationName: 'AppECS-demo-web', deploymentGroupName: 'DgpECS-demo-web' }),
  )
  await codeDeploy.send(new StopDeploymentCommand({ deploymentId: deployments?.[0], autoRollbackEnabled: false }))
  codeDeploy.destroy()
}
