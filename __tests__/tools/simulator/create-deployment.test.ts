import type { CreateDeploymentCommandInput } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, GROUP, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

const content = appSpec('web:1')
const revision = { revisionType: 'AppSpecContent', appSpecContent: { content } } as const
const good: CreateDeploymentCommandInput = { applicationName: APPLICATION, deploymentGroupName: GROUP, revision }

/** In the order in which they are checked: each request has everything wrong that comes later. */
const wrong: [string, Record<string, unknown>][] = [
  ['ApplicationNameRequiredException', { applicationName: undefined, deploymentGroupName: undefined }],
  ['InvalidApplicationNameException', { applicationName: 'a b', deploymentGroupName: undefined }],
  ['InvalidApplicationNameException', { applicationName: 'a'.repeat(101) }],
  ['ApplicationDoesNotExistException', { applicationName: 'nothing', deploymentGroupName: undefined }],
  ['DeploymentGroupNameRequiredException', { deploymentGroupName: undefined, revision: undefined }],
  ['InvalidDeploymentGroupNameException', { deploymentGroupName: 'a/b', revision: undefined }],
  ['DeploymentGroupDoesNotExistException', { deploymentGroupName: 'nothing', revision: undefined }],
  ['RevisionRequiredException', { revision: undefined, deploymentConfigName: 'nothing' }],
  ['InvalidRevisionException', { revision: { revisionType: 'GitHub' }, deploymentConfigName: 'nothing' }],
  ['InvalidRevisionException', { revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '' } } }],
  [
    'InvalidRevisionException',
    { revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: 'a'.repeat(64) } } },
  ],
  ['InvalidDeploymentConfigNameException', { deploymentConfigName: 'a b' }],
  ['DeploymentConfigDoesNotExistException', { deploymentConfigName: 'nothing', description: 'a'.repeat(257) }],
  ['InvalidTrafficRoutingConfigurationException', { deploymentConfigName: 'CodeDeployDefault.OneAtATime' }],
  ['DescriptionTooLongException', { description: 'a'.repeat(257), autoRollbackConfiguration: { enabled: true } }],
  ['InvalidAutoRollbackConfigException', { autoRollbackConfiguration: { enabled: true } }],
  ['InvalidAutoRollbackConfigException', { autoRollbackConfiguration: { enabled: true, events: ['WHENEVER'] } }],
  ['InvalidAlarmConfigException', { overrideAlarmConfiguration: { enabled: true, alarms: [] } }],
  [
    'InvalidAlarmConfigException',
    { overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'a' }, { name: 'a' }] } },
  ],
  [
    'AlarmsLimitExceededException',
    {
      overrideAlarmConfiguration: { enabled: true, alarms: Array.from({ length: 11 }, (_, i) => ({ name: `a${i}` })) },
    },
  ],
]

test('a request that is wrong in one way is refused with the exception of that way, and uses up no id', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    for (const [name, change] of wrong) {
      const request = { ...good, ...change } as CreateDeploymentCommandInput
      await expect(codeDeploy.createDeployment(request)).rejects.toMatchObject({
        name,
        $metadata: { httpStatusCode: 400 },
      })
    }
    expect((await codeDeploy.listDeployments({})).deployments).toEqual([])
  }))

test('what is missing and unknown is said in the words of AWS', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    await expect(codeDeploy.createDeployment({ ...good, revision: undefined })).rejects.toThrow(
      'RevisionLocation must be specified',
    )
    await expect(codeDeploy.createDeployment({ ...good, applicationName: 'shop' })).rejects.toThrow(
      'No application found for name: shop',
    )
    await expect(codeDeploy.createDeployment({ ...good, deploymentGroupName: 'shop' })).rejects.toThrow(
      'No Deployment Group found for name: shop',
    )
  }))

test('what the request says replaces what the group says', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, deployment, simulator, to }) => {
    const { deploymentId: id = '' } = await codeDeploy.createDeployment({
      ...good,
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      description: 'a'.repeat(256),
      autoRollbackConfiguration: { enabled: false },
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'mine' }] },
    })
    expect(await deployment(id)).toMatchObject({
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      description: 'a'.repeat(256),
      autoRollbackConfiguration: { enabled: false, events: [] },
      overrideAlarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'mine' }] },
    })
    simulator.setAlarm('web-5xx', 'ALARM')
    to(100)
    expect((await deployment(id)).status).toBe('InProgress')
    simulator.setAlarm('mine', 'ALARM')
    to(200)
    const { status, errorInformation, rollbackInfo } = await deployment(id)
    expect([status, rollbackInfo]).toEqual(['Stopped', undefined])
    expect(errorInformation?.message).toMatch(/ <mine>$/)
  }))

test('the longest description can be assumed to be 512 characters', () =>
  withRehearsal({ ...baseScenario, assumptions: { descriptionMaxLength: 512 } }, async ({ codeDeploy }) => {
    await expect(codeDeploy.createDeployment({ ...good, description: 'a'.repeat(512) })).resolves.toBeDefined()
  }))

test('a revision in S3 is accepted and then not found', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, deployment, to }) => {
    const s3Location = { bucket: 'releases', key: 'appspec.yaml', bundleType: 'YAML' } as const
    const { deploymentId: id = '' } = await codeDeploy.createDeployment({
      ...good,
      revision: { revisionType: 'S3', s3Location },
    })
    expect((await deployment(id)).revision).toEqual({ revisionType: 'S3', s3Location })
    to(5)
    expect((await deployment(id)).errorInformation?.message).toBe(
      'An AppSpec file is required, but could not be found in the revision',
    )
  }))
