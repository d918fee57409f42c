import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { hookExecutionIdOf } from '../../../tools/simulator/identity.ts'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, GROUP, HOOK, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

const named = (name: string) => expect.objectContaining({ name })
const TARGET = 'demo:web'

test('every operation on a deployment checks its id in the same order', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    const calls: ((deploymentId: string | undefined) => Promise<unknown>)[] = [
      (deploymentId) => codeDeploy.getDeployment({ deploymentId }),
      (deploymentId) => codeDeploy.listDeploymentTargets({ deploymentId }),
      (deploymentId) => codeDeploy.getDeploymentTarget({ deploymentId, targetId: TARGET }),
      (deploymentId) => codeDeploy.batchGetDeploymentTargets({ deploymentId, targetIds: [TARGET] }),
      (deploymentId) => codeDeploy.stopDeployment({ deploymentId }),
      (deploymentId) => codeDeploy.continueDeployment({ deploymentId, deploymentWaitType: 'READY_WAIT' }),
      (deploymentId) => codeDeploy.putLifecycleEventHookExecutionStatus({ deploymentId, status: 'Succeeded' }),
    ]
    for (const call of calls) {
      await expect(call(undefined)).rejects.toEqual(named('DeploymentIdRequiredException'))
      await expect(call('42')).rejects.toEqual(named('InvalidDeploymentIdException'))
      await expect(call('d-NOTHING00')).rejects.toEqual(named('DeploymentDoesNotExistException'))
    }
  }))

test('a target is read by cluster and service name, one at a time, and not before the deployment started', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, release, to }) => {
    const deploymentId = await release()
    const get = (targetId: string | undefined) => codeDeploy.getDeploymentTarget({ deploymentId, targetId })
    const batch = (targetIds: string[]) => codeDeploy.batchGetDeploymentTargets({ deploymentId, targetIds })
    await expect(get(undefined)).rejects.toEqual(named('DeploymentNotStartedException'))
    await expect(batch([])).rejects.toEqual(named('DeploymentNotStartedException'))
    await expect(codeDeploy.listDeploymentTargets({ deploymentId })).rejects.toEqual(
      named('DeploymentNotStartedException'),
    )
    to(10)
    await expect(get(undefined)).rejects.toEqual(named('DeploymentTargetIdRequiredException'))
    await expect(get('web')).rejects.toEqual(named('InvalidDeploymentTargetIdException'))
    await expect(get('demo:api')).rejects.toEqual(named('DeploymentTargetDoesNotExistException'))
    await expect(batch([])).rejects.toEqual(named('DeploymentTargetIdRequiredException'))
    await expect(batch([TARGET, TARGET])).rejects.toEqual(named('DeploymentTargetListSizeExceededException'))
    expect((await batch([TARGET])).deploymentTargets).toEqual([(await get(TARGET)).deploymentTarget])
    expect((await codeDeploy.listDeploymentTargets({ deploymentId })).targetIds).toEqual([TARGET])
    const only = (TargetStatus: string[]) =>
      codeDeploy.listDeploymentTargets({ deploymentId, targetFilters: { TargetStatus } })
    expect((await only(['Failed'])).targetIds).toEqual([])
    expect((await only(['InProgress'])).targetIds).toEqual([TARGET])
    await expect(only(['Busy'])).rejects.toEqual(named('InvalidInstanceStatusException'))
  }))

test('a hook is answered once, with its own id and one of two words', () =>
  withRehearsal({ ...baseScenario, hookPlans: {} }, async ({ codeDeploy, release, row, to }) => {
    const deploymentId = await release()
    const ownId = hookExecutionIdOf(deploymentId, 'AfterAllowTestTraffic')
    const put = (status: string, lifecycleEventHookExecutionId?: string) =>
      codeDeploy.putLifecycleEventHookExecutionStatus({
        deploymentId,
        status: status as 'Succeeded',
        lifecycleEventHookExecutionId,
      })
    await expect(put('Succeeded', ownId)).rejects.toEqual(named('InvalidLifecycleEventHookExecutionIdException'))
    to(130)
    await expect(put('Skipped', ownId)).rejects.toEqual(named('InvalidLifecycleEventHookExecutionStatusException'))
    await expect(put('Succeeded', 'x')).rejects.toEqual(named('InvalidLifecycleEventHookExecutionIdException'))
    await expect(put('Succeeded')).rejects.toEqual(named('InvalidLifecycleEventHookExecutionIdException'))
    expect(await row(deploymentId)).toBe('InProgress InProgress SSSSRPPP 100/0')
    expect((await put('Succeeded', ownId)).lifecycleEventHookExecutionId).toBe(ownId)
    expect(await row(deploymentId)).toBe('InProgress InProgress SSSSSPPP 100/0')
    await expect(put('Failed', ownId)).rejects.toEqual(named('LifecycleEventAlreadyCompletedException'))
  }))

test('an answer after the time-out, the stop or the end comes too late', () =>
  withRehearsal({ ...baseScenario, hookPlans: {} }, async ({ codeDeploy, release, to }) => {
    const deploymentId = await release()
    to(3726)
    const lifecycleEventHookExecutionId = hookExecutionIdOf(deploymentId, 'AfterAllowTestTraffic')
    const request = { deploymentId, lifecycleEventHookExecutionId, status: 'Succeeded' } as const
    await expect(codeDeploy.putLifecycleEventHookExecutionStatus(request)).rejects.toEqual(
      named('LifecycleEventAlreadyCompletedException'),
    )
  }))

test('deployments are listed newest first, filtered by group, status and time, and in pages', () =>
  withRehearsal(
    { ...scenarios['hook-fails'], assumptions: { listPageSize: 2 } },
    async ({ codeDeploy, release, to }) => {
      const first = await release()
      to(1000)
      const second = await release()
      to(1100)
      const list = async (request: Parameters<typeof codeDeploy.listDeployments>[0]) =>
        (await codeDeploy.listDeployments(request as object)).deployments
      const page = await codeDeploy.listDeployments({})
      expect(page.deployments?.[0]).toBe(second)
      const rest = await codeDeploy.listDeployments({ nextToken: page.nextToken })
      expect([page.deployments?.length, rest.deployments, rest.nextToken]).toEqual([2, [first], undefined])
      const group = { applicationName: APPLICATION, deploymentGroupName: GROUP }
      expect(await list({ ...group, includeOnlyStatuses: ['Failed'] })).toEqual([first])
      expect(await list({ ...group, includeOnlyStatuses: ['InProgress'] })).toEqual([second])
      const start = new Date('2026-08-08T12:16:40Z')
      expect(await list({ ...group, createTimeRange: { start } })).toEqual([second])
      expect(await list({ createTimeRange: { start: new Date(start.getTime() + 1) } })).toEqual([])
      const end = new Date(0)
      await expect(list({ createTimeRange: { start, end } })).rejects.toEqual(named('InvalidTimeRangeException'))
      await expect(list({ applicationName: APPLICATION })).rejects.toEqual(
        named('DeploymentGroupNameRequiredException'),
      )
      await expect(list({ deploymentGroupName: GROUP })).rejects.toEqual(named('ApplicationNameRequiredException'))
      await expect(list({ nextToken: 'x' })).rejects.toEqual(named('InvalidNextTokenException'))
      await expect(list({ includeOnlyStatuses: ['Done' as 'Failed'] })).rejects.toEqual(
        named('InvalidDeploymentStatusException'),
      )
    },
  ))

test('several deployments are read at once, 25 at most', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, deployment, release }) => {
    const id = await release()
    const batch = (deploymentIds: string[]) => codeDeploy.batchGetDeployments({ deploymentIds })
    expect((await batch([id, 'd-NOTHING00'])).deploymentsInfo).toEqual([await deployment(id)])
    await expect(batch([])).rejects.toEqual(named('DeploymentIdRequiredException'))
    await expect(batch(Array(26).fill(id))).rejects.toEqual(named('BatchLimitExceededException'))
  }))

test('applications and groups are listed and described', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    expect((await codeDeploy.listApplications({})).applications).toEqual([APPLICATION])
    expect((await codeDeploy.getApplication({ applicationName: APPLICATION })).application).toMatchObject({
      applicationName: APPLICATION,
      computePlatform: 'ECS',
    })
    const listed = await codeDeploy.listDeploymentGroups({ applicationName: APPLICATION })
    expect(listed).toMatchObject({ applicationName: APPLICATION, deploymentGroups: [GROUP] })
    const batch = await codeDeploy.batchGetDeploymentGroups({
      applicationName: APPLICATION,
      deploymentGroupNames: [GROUP, 'other'],
    })
    expect(batch.deploymentGroupsInfo?.map((group) => group.deploymentGroupName)).toEqual([GROUP])
    expect(batch.errorMessage).toBe('No Deployment Group found for name: other')
  }))

test('a group remembers its last deployment and its last good one', () =>
  withRehearsal(scenarios['hook-fails'], async ({ codeDeploy, release, to }) => {
    const group = async () =>
      (await codeDeploy.getDeploymentGroup({ applicationName: APPLICATION, deploymentGroupName: GROUP }))
        .deploymentGroupInfo
    expect(await group()).not.toHaveProperty('lastAttemptedDeployment')
    const id = await release()
    expect(await group()).toMatchObject({ lastAttemptedDeployment: { deploymentId: id, status: 'Created' } })
    expect(await group()).not.toHaveProperty('lastSuccessfulDeployment')
    to(200)
    const { lastAttemptedDeployment, lastSuccessfulDeployment } = (await group()) ?? {}
    expect(lastAttemptedDeployment).toEqual(lastSuccessfulDeployment)
    expect(lastAttemptedDeployment).toMatchObject({ status: 'Succeeded', endTime: new Date('2026-08-08T12:02:29Z') })
    expect(lastAttemptedDeployment?.deploymentId).not.toBe(id)
  }))

test('deployment configurations show how they move traffic', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    const config = async (deploymentConfigName: string | undefined) =>
      (await codeDeploy.getDeploymentConfig({ deploymentConfigName })).deploymentConfigInfo
    expect(await config('CodeDeployDefault.ECSCanary10Percent5Minutes')).toMatchObject({
      computePlatform: 'ECS',
      trafficRoutingConfig: { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 } },
    })
    expect(await config('CodeDeployDefault.ECSLinear10PercentEvery3Minutes')).toMatchObject({
      trafficRoutingConfig: { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 10, linearInterval: 3 } },
    })
    expect(await config('CodeDeployDefault.ECSAllAtOnce')).toMatchObject({
      trafficRoutingConfig: { type: 'AllAtOnce' },
    })
    await expect(config(undefined)).rejects.toEqual(named('DeploymentConfigNameRequiredException'))
    await expect(config('mine')).rejects.toEqual(named('DeploymentConfigDoesNotExistException'))
  }))

test('the AppSpec of a deployment is read back by the hash that the deployment shows', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, create, deployment }) => {
    const content = appSpec('web:1', { AfterInstall: HOOK })
    const { revision } = await deployment(await create(content))
    expect(revision).toEqual({
      revisionType: 'AppSpecContent',
      appSpecContent: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    const found = await codeDeploy.getApplicationRevision({ applicationName: APPLICATION, revision })
    expect(found.revision?.appSpecContent?.content).toBe(content)
    expect(found.revisionInfo).toMatchObject({ deploymentGroups: [GROUP], firstUsedTime: expect.any(Date) })
    const other = { revisionType: 'AppSpecContent', appSpecContent: { sha256: '0'.repeat(64) } } as const
    await expect(codeDeploy.getApplicationRevision({ applicationName: APPLICATION, revision: other })).rejects.toEqual(
      named('RevisionDoesNotExistException'),
    )
  }))

test('a revision can be registered before it is used', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    const content = appSpec('web:1')
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { content } } as const
    await codeDeploy.registerApplicationRevision({ applicationName: APPLICATION, revision, description: 'mine' })
    const sha256 = createHash('sha256').update(content).digest('hex')
    const known = await codeDeploy.getApplicationRevision({
      applicationName: APPLICATION,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256 } },
    })
    expect(known.revisionInfo).toMatchObject({ description: 'mine', deploymentGroups: [] })
  }))
