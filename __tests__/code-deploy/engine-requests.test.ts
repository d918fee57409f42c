import { describe, expect, test } from '@jest/globals'
import { buildAppSpec } from '../../src/app-spec/app-spec.ts'
import { CallError } from '../../src/aws/attempts.ts'
import { type CodeDeployRelease, codeDeployEngine } from '../../src/code-deploy/code-deploy-engine.ts'
import { type FakeAnswer, fakeCodeDeploy } from '../support/fake-code-deploy.ts'
import { REVISION, serviceOf } from '../support/group-parts.ts'
import { T0 } from '../support/snapshots.ts'

const APP_SPEC = { containerName: 'web', containerPort: 8080, hooks: {}, file: undefined, properties: {} }
const { content, sha256 } = buildAppSpec(APP_SPEC, REVISION)

/** The engine of a release that leaves everything to the deployment group. */
function engineOf(
  answer: (operation: string, input: Record<string, unknown>) => FakeAnswer,
  change: Partial<CodeDeployRelease> = {},
) {
  return codeDeployEngine(fakeCodeDeploy(answer) as never, {
    service: serviceOf(),
    application: 'AppECS-demo-web',
    deploymentGroup: 'DgpECS-demo-web',
    appSpec: APP_SPEC,
    hooks: {},
    description: '[ecs-release run=7.1]',
    earlier: { ids: [], newestCreatedAtMs: undefined },
    deploymentConfig: undefined,
    rollbackOn: undefined,
    alarms: undefined,
    ignoresAlarmTrouble: false,
    onAnswerLost: () => {},
    onTargetLost: () => {},
    onTargetSeen: () => {},
    ...change,
  })
}

const BARE = {
  applicationName: 'AppECS-demo-web',
  deploymentGroupName: 'DgpECS-demo-web',
  description: '[ecs-release run=7.1]',
  revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256 } },
}

describe('a deployment is asked for', () => {
  test.each<[string, Partial<CodeDeployRelease>, object]>([
    ['with nothing that the release leaves to its group', {}, {}],
    [
      'with the deployment configuration of the release',
      { deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' },
      { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' },
    ],
    [
      'with what rolls it back',
      { rollbackOn: ['failure', 'alarm', 'stop'] },
      {
        autoRollbackConfiguration: {
          enabled: true,
          events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
        },
      },
    ],
    [
      'with rollbacks off where nothing rolls it back',
      { rollbackOn: [] },
      { autoRollbackConfiguration: { enabled: false, events: [] } },
    ],
    [
      'with the alarms of the release, and no word on those that cannot be read',
      { alarms: ['errors', 'latency'] },
      { overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }, { name: 'latency' }] } },
    ],
    [
      'with its alarms and the setting of the group, which they would lose',
      { alarms: ['errors'], ignoresAlarmTrouble: true },
      {
        overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }], ignorePollAlarmFailure: true },
      },
    ],
    [
      'with alarms off where the release has none',
      { alarms: [], ignoresAlarmTrouble: true },
      { overrideAlarmConfiguration: { enabled: false, alarms: [] } },
    ],
  ])('%s', async (_what, change, expected) => {
    const sent: unknown[] = []
    const engine = engineOf((_operation, input) => {
      sent.push(input)
      return { deploymentId: 'd-OWN123456' }
    }, change)
    expect(await engine.start(REVISION)).toBe('d-OWN123456')
    expect(sent).toEqual([{ ...BARE, ...expected }])
  })
})

describe('a deployment that an earlier step may have started', () => {
  const found = { status: 'InProgress', createTime: new Date(T0), ...BARE }

  test.each<[string, FakeAnswer, FakeAnswer, string | undefined]>([
    ['is told by its id', { deployments: ['d-OWN123456'] }, {}, 'd-OWN123456'],
    ['is told by its id, although the group cannot be read', { deployments: ['d-OWN123456'] }, 'denied', 'd-OWN123456'],
    ['is not there when nothing is', { deployments: [] }, { deploymentGroupInfo: {} }, undefined],
  ])('%s', async (_what, listed, group, expected) => {
    const engine = engineOf((operation) => {
      if (operation === 'ListDeployments') return listed
      if (operation === 'GetDeploymentGroup') return group === 'denied' ? group : { deploymentGroupInfo: {} }
      return { deploymentInfo: found }
    })
    expect(await engine.findStarted(REVISION)).toBe(expected)
  })

  test('is an error of the read where it could not be looked for', async () => {
    const engine = engineOf(() => 'denied')
    await expect(engine.findStarted(REVISION)).rejects.toBeInstanceOf(CallError)
  })
})

test.each<[string, (engine: ReturnType<typeof engineOf>) => Promise<void>, string, object]>([
  [
    'a stop with rollback says so',
    (engine) => engine.stop('d-1', { rollback: true }),
    'StopDeployment',
    { autoRollbackEnabled: true },
  ],
  [
    'a stop without rollback says so',
    (engine) => engine.stop('d-1', { rollback: false }),
    'StopDeployment',
    { autoRollbackEnabled: false },
  ],
  [
    'a promotion ends the wait at Ready',
    (engine) => engine.promote('d-1'),
    'ContinueDeployment',
    { deploymentWaitType: 'READY_WAIT' },
  ],
  [
    'the end of the termination wait ends that',
    async (engine) => await engine.endTerminationWait?.('d-1'),
    'ContinueDeployment',
    { deploymentWaitType: 'TERMINATION_WAIT' },
  ],
])('%s', async (_what, change, operation, expected) => {
  const sent: unknown[] = []
  await change(
    engineOf((name, input) => {
      sent.push([name, input])
      return {}
    }),
  )
  expect(sent).toEqual([[operation, { deploymentId: 'd-1', ...expected }]])
})
