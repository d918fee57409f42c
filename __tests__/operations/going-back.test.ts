import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { operate } from '../../src/operations/operate.ts'
import { endCause } from '../../src/report/end-cause.ts'
import {
  appSpecOf,
  DENY,
  handAws,
  revision,
  SECONDS_0,
  type WireAnswers,
  wireDefinition,
  wireGroup,
} from '../support/hand-aws.ts'
import {
  awsWithDeployment,
  BACK,
  type HandDeployment,
  markerOf,
  OURS,
  type Stretch,
  shiftFrom,
} from '../support/hand-deployment.ts'
import { rawInputs } from '../support/simulated-release.ts'

type Given = Partial<Record<InputName, string>>

async function rolledBack(given: Given, aws: ReturnType<typeof handAws>) {
  const parsed = parseInputs(rawInputs({ cluster: 'demo', service: 'web', operation: 'rollback', ...given }), [])
  const ended = await operate(parsed, aws.world)
  const { status, problems, warnings, deploymentId } = ended
  const reasons = problems.map(({ reason }) => reason)
  return {
    status,
    reasons,
    problems,
    cause: endCause(ended),
    warnings,
    deploymentId,
    writes: aws.writes(),
    asked: aws.asked,
    log: aws.log.join('\n'),
  }
}

const SHIFTING: Stretch[] = [{ from: 0, letters: 'SSSSSSRP', percent: 10 }]

/** A rollback where a deployment is, or was. */
async function besideDeployment(given: Given, deployment: HandDeployment) {
  return await rolledBack(given, awsWithDeployment(deployment))
}

describe('a rollback while something is deployed', () => {
  test.each<[string, HandDeployment]>([
    ['of this run', { course: SHIFTING }],
    ['of anybody else', { course: SHIFTING, description: 'by hand' }],
    ['that is still being installed', { course: [{ from: 0, letters: 'SRPPPPPP' }] }],
    ['that only waits for its termination', { course: [{ from: 0, letters: 'SSSSSSSS', percent: 100 }] }],
  ])('stops a deployment %s with rollback, and deploys nothing', async (_name, deployment) => {
    const { status, writes, deploymentId, asked, reasons } = await besideDeployment({}, deployment)
    expect({ status, writes, deploymentId, reasons }).toEqual({
      status: 'succeeded',
      writes: ['StopDeployment'],
      deploymentId: OURS,
      reasons: [],
    })
    const { input } = asked.find(({ operation }) => operation === 'StopDeployment') ?? {}
    expect(input).toEqual({ deploymentId: OURS, autoRollbackEnabled: true })
  })

  test('says that the deployment was stopped as asked, and of one that had failed before why it did', async () => {
    expect((await besideDeployment({}, { course: SHIFTING })).cause).toMatch(
      /^Deployment d-OURS00001 was stopped.*, as asked\.$/,
    )
    const failed: Stretch[] = [{ from: 0, letters: 'SSSSSSFK', status: 'Failed' }]
    const { cause } = await besideDeployment(
      {},
      { course: failed, group: { lastAttemptedDeployment: { deploymentId: BACK } } },
    )
    expect(cause).toMatch(/^Deployment d-OURS00001 failed at AllowTraffic: .*said by hand/)
  })

  test('of which the rollback fails does not succeed', async () => {
    const { status, writes } = await besideDeployment({}, { course: SHIFTING, rollback: 'Failed' })
    expect({ status, writes }).toEqual({ status: 'rollback-failed', writes: ['StopDeployment'] })
  })

  test.each<[string, Stretch[]]>([
    ['shifts production', SHIFTING],
    ['waits for its termination', [{ from: 0, letters: 'SSSSSSSS', percent: 100 }]],
  ])(
    'warns that stopping a deployment that %s leads to another revision than the one that is named',
    async (_name, course) => {
      const { status, warnings, writes } = await besideDeployment({ 'task-definition': 'web:7' }, { course })
      expect({ status, writes }).toEqual({ status: 'succeeded', writes: ['StopDeployment'] })
      expect(warnings).toEqual([
        expect.stringContaining("Stopping it brings back web:1, not web:7 of 'task-definition'"),
      ])
    },
  )

  test('follows a deployment that goes back already, and writes nothing', async () => {
    const course = [...SHIFTING, ...shiftFrom(20)]
    const { status, writes, deploymentId } = await besideDeployment(
      {},
      { course, description: markerOf(41, 'rollback') },
    )
    expect({ status, writes, deploymentId }).toEqual({ status: 'succeeded', writes: [], deploymentId: OURS })
  })

  test('follows the rollback that runs already after a failure, and writes nothing', async () => {
    const course: Stretch[] = [{ from: 0, letters: 'SSSSSSFK', status: 'Failed' }]
    const { status, writes } = await besideDeployment(
      {},
      { course, group: { lastAttemptedDeployment: { deploymentId: BACK } } },
    )
    expect({ status, writes }).toEqual({ status: 'succeeded', writes: [] })
  })

  test('writes nothing when it was cancelled before', async () => {
    const { status, writes } = await besideDeployment({}, { course: SHIFTING, world: { signal: AbortSignal.abort() } })
    expect({ status, writes }).toEqual({ status: 'cancelled', writes: [] })
  })
})

/** An account in which `web:2` serves after `web:1`, and nothing is deployed. */
function atRest(answers: WireAnswers = {}, group: Record<string, unknown> = {}) {
  const revisionOf = (sha256: string) => ({ revisionType: 'AppSpecContent', appSpecContent: { sha256 } })
  const created: Record<string, unknown>[] = []
  const ended = (input: Record<string, unknown> | undefined) => ({
    ...input,
    status: 'Succeeded',
    startTime: SECONDS_0,
    completeTime: SECONDS_0 + 1,
  })
  const aws = handAws(
    {
      group: wireGroup(group),
      succeeded: ['d-MAKER0001', 'd-OLDER0001'],
      definitions: { 'web:0': wireDefinition(0), 'web:1': wireDefinition(1) },
      appSpecs: { zero: appSpecOf(revision(0)), one: appSpecOf(revision(1)) },
      deployments: {
        'd-OLDER0001': { status: 'Succeeded', createTime: SECONDS_0 - 7200, revision: revisionOf('zero') },
        'd-MAKER0001': { status: 'Succeeded', createTime: SECONDS_0 - 3600, revision: revisionOf('one') },
        'd-CREATED01': { deploymentId: 'd-CREATED01', ...ended(undefined), createTime: SECONDS_0 },
        'd-CREATED02': { deploymentId: 'd-CREATED02', ...ended(undefined), createTime: SECONDS_0 },
      },
    },
    {
      answers: {
        CreateDeployment: (input) => {
          created.push(input)
          return { deploymentId: `d-CREATED0${created.length}` }
        },
        ...answers,
      },
    },
  )
  return { aws, created }
}

function taskDefinitionOf(request: Record<string, unknown> | undefined): unknown {
  const { revision: sent } = (request ?? {}) as { revision?: { appSpecContent?: { content?: string } } }
  return JSON.parse(sent?.appSpecContent?.content ?? '{}').Resources?.[0]?.TargetService?.Properties?.TaskDefinition
}

describe('a rollback while nothing is deployed', () => {
  test.each<[string, Given, string]>([
    ['the one before', {}, revision(0)],
    ['the one that is named', { 'task-definition': 'web:0' }, revision(0)],
  ])('deploys a revision all at once and without hooks: %s', async (_name, given, arn) => {
    const { aws, created } = atRest()
    const { status, writes } = await rolledBack({ 'after-install-hook': 'hook', ...given }, aws)
    expect({ status, writes }).toEqual({ status: 'succeeded', writes: ['CreateDeployment'] })
    expect(taskDefinitionOf(created[0])).toBe(arn)
    expect(created[0]).toMatchObject({ deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' })
    expect(JSON.stringify(created[0])).not.toContain('AfterInstall')
    expect(created[0]?.['description']).toContain('op=rollback')
  })

  test('keeps hooks with keep-strategy', async () => {
    const { aws, created } = atRest()
    await rolledBack({ 'after-install-hook': 'hook', 'keep-strategy': 'true' }, aws)
    expect(JSON.stringify(created[0])).toContain('AfterInstall')
    expect(taskDefinitionOf(created[0])).toBe(revision(0))
  })

  test('is refused without a write where there is nothing to go back to', async () => {
    const { aws } = atRest({ ListDeployments: () => ({ deployments: [] }) })
    const { status, writes, reasons } = await rolledBack({}, aws)
    expect({ status, writes, reasons }).toEqual({ status: 'refused', writes: [], reasons: ['not-found'] })
  })

  test('is refused without a write where the service cannot be seen', async () => {
    const { aws } = atRest({ DescribeServices: DENY })
    const { status, writes, reasons } = await rolledBack({}, aws)
    expect({ status, writes, reasons }).toEqual({ status: 'refused', writes: [], reasons: ['denied'] })
  })

  const stoppedByAlarm = {
    deploymentId: 'd-CREATED01',
    status: 'Stopped',
    createTime: SECONDS_0,
    startTime: SECONDS_0,
    completeTime: SECONDS_0 + 1,
    errorInformation: { code: 'ALARM_ACTIVE', message: 'an alarm' },
    autoRollbackConfiguration: { enabled: false },
  }
  const firing: WireAnswers = {
    GetDeployment: ({ deploymentId }) => ({
      deploymentInfo:
        deploymentId === 'd-CREATED01'
          ? stoppedByAlarm
          : { deploymentId, status: 'Succeeded', createTime: SECONDS_0 - 3600 },
    }),
  }
  const ALARMED = { alarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }] } }

  test('a rollback that an alarm of the group stops is deployed once more with alarms off', async () => {
    const { aws, created } = atRest(firing, ALARMED)
    const { status, writes, deploymentId, log } = await rolledBack({ 'task-definition': 'web:0' }, aws)
    expect({ status, writes }).toEqual({ status: 'succeeded', writes: ['CreateDeployment', 'CreateDeployment'] })
    expect(deploymentId).toBe('d-CREATED02')
    expect(created[0]?.['overrideAlarmConfiguration']).toBeUndefined()
    expect(created[1]?.['overrideAlarmConfiguration']).toMatchObject({ enabled: false })
    expect(log).toContain('Deploying once more with alarms off for this deployment')
  })

  test('a rollback that an alarm of the inputs stops is not deployed again', async () => {
    const { aws } = atRest(firing, ALARMED)
    const { status, writes } = await rolledBack({ 'task-definition': 'web:0', alarms: 'errors' }, aws)
    expect(writes).toEqual(['CreateDeployment'])
    expect(['succeeded', 'unchanged']).not.toContain(status)
  })

  test('whose second try without alarms is refused tells of both', async () => {
    let creations = 0
    const { aws } = atRest(
      { ...firing, CreateDeployment: () => (creations++ === 0 ? { deploymentId: 'd-CREATED01' } : DENY()) },
      ALARMED,
    )
    const { status, problems } = await rolledBack({ 'task-definition': 'web:0' }, aws)
    expect(status).toBe('refused')
    expect(problems[0]?.sentence).toMatch(
      /^An alarm of deployment group 'DgpECS-demo-web' is firing and stopped the rollback/,
    )
  })
})

describe('a rollback a moment after another one', () => {
  /** A deployment that was stopped so long before the rollback. */
  const stopped = (letters: string, minutes: number): HandDeployment => ({
    course: [{ from: -minutes * 60, letters, status: 'Stopped' }],
  })

  test('writes nothing where production was brought back', async () => {
    const { status, writes, warnings } = await besideDeployment({}, stopped('SSSSSSFK', 2))
    expect({ status, writes }).toEqual({ status: 'succeeded', writes: [] })
    expect(warnings).toEqual([expect.stringMatching(/^Production was brought back 1 min .* ago already/)])
  })

  test('is refused where the deployment had never moved production', async () => {
    const { status, writes, reasons } = await besideDeployment({}, stopped('SFKKKKKK', 2))
    expect({ status, writes, reasons }).toEqual({ status: 'refused', writes: [], reasons: ['not-found'] })
  })

  test('goes further back five minutes later, or to the revision that is named', async () => {
    const later = await besideDeployment({}, stopped('SSSSSSFK', 6))
    expect(later.warnings).not.toContainEqual(expect.stringContaining('was brought back'))
    const named = await besideDeployment({ 'task-definition': 'web:2' }, stopped('SSSSSSFK', 2))
    expect(named.writes).toEqual(['CreateDeployment'])
  })
})
