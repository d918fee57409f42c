import { describe, expect, test } from '@jest/globals'
import { Findings } from '../../src/plan/findings.ts'
import { earlierThan, findCodeDeployRollbackTarget, type PastDeployment } from '../../src/plan/rollback-target.ts'
import { groupOf, serviceOf } from '../support/group-parts.ts'
import {
  appSpecOf,
  DENY,
  type HandAccount,
  handAws,
  refuse,
  revision,
  SECONDS_0,
  type WireAnswers,
  wireDefinition,
} from '../support/hand-aws.ts'

/** A deployment that succeeded so many minutes ago. */
function past(minutesAgo: number, number: number | undefined, change: Partial<PastDeployment> = {}): PastDeployment {
  return {
    id: `d-${minutesAgo}`,
    createdAtMs: -minutesAgo * 60_000,
    taskDefinitionArn: number === undefined ? undefined : revision(number),
    isRollback: false,
    ...change,
  }
}

const ROLLBACK = { isRollback: true }

test.each<[string, PastDeployment[], string[]]>([
  ['what was released before, the newest first', [past(3, 1), past(2, 2), past(1, 3)], ['d-2', 'd-3']],
  [
    'only what is older than the first release of what serves',
    [past(9, 1), past(8, 3), past(5, 2), past(1, 3)],
    ['d-9'],
  ],
  ['no rollback', [past(9, 1), past(8, 2, ROLLBACK), past(1, 3)], ['d-9']],
  ['nothing when only a rollback has shipped what serves', [past(9, 1), past(1, 3, ROLLBACK)], []],
  ['nothing when nothing has shipped what serves', [past(9, 1), past(8, 2)], []],
  ['nothing before the first', [past(1, 3)], []],
  ['what shipped a revision that is not known', [past(9, 1), past(8, undefined), past(1, 3)], ['d-8', 'd-9']],
  ['by the name of a revision too', [past(9, 1), past(1, 3, { taskDefinitionArn: 'web:3' })], ['d-9']],
])('production can go back to %s', (_name, deployments, expected) => {
  expect(earlierThan(revision(3), deployments).map(({ id }) => id)).toEqual(expected)
  const inAnotherOrder = deployments.toReversed()
  expect(earlierThan(revision(3), inAnotherOrder).map(({ id }) => id)).toEqual(expected)
})

/** Deployments that shipped these revisions one after the other, an hour apart; the last is what serves. */
function shipped(numbers: number[], change: Partial<HandAccount> = {}): Partial<HandAccount> {
  const ids = numbers.map((_, index) => (index === numbers.length - 1 ? 'd-MAKER0001' : `d-${index}`))
  const deploymentOf = (index: number) => ({
    status: 'Succeeded',
    createTime: SECONDS_0 - (numbers.length - index) * 3600,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: `sum-${numbers[index]}` } },
  })
  return {
    succeeded: ids.toReversed(),
    deployments: Object.fromEntries(ids.map((id, index) => [id, deploymentOf(index)])),
    appSpecs: Object.fromEntries(numbers.map((number) => [`sum-${number}`, appSpecOf(revision(number))])),
    definitions: Object.fromEntries(numbers.map((number) => [`web:${number}`, wireDefinition(number)])),
    ...change,
  }
}

async function targetOf(account: Partial<HandAccount>, answers: WireAnswers = {}, service = serving(3)) {
  const aws = handAws(account, { answers })
  const findings = new Findings()
  const target = await findCodeDeployRollbackTarget(
    { service, group: groupOf(), maker: undefined },
    aws.world,
    findings,
  )
  const { problems, warnings } = findings
  return {
    target: target?.arn,
    properties: target?.properties,
    problems,
    warnings,
    writes: aws.writes(),
    asked: aws.asked,
  }
}

function serving(number: number) {
  const primary = { id: 'ecs-svc/1', taskDefinitionArn: revision(number), deploymentId: 'd-MAKER0001', properties: {} }
  const taskSet = { ...primary, running: 2, pending: 0, desired: 2, status: 'PRIMARY' }
  return serviceOf({ primary, taskSets: [taskSet] })
}

const INACTIVE = { definitions: { 'web:1': wireDefinition(1), 'web:2': wireDefinition(2, { status: 'INACTIVE' }) } }

describe('the revision to go back to', () => {
  test('is the one before, found with reads only', async () => {
    const { target, problems, warnings, writes } = await targetOf(shipped([1, 2, 3]))
    expect(target).toBe(revision(2))
    expect([problems, warnings, writes]).toEqual([[], [], []])
  })

  test.each<[string, WireAnswers]>([
    ['that is not ACTIVE', {}],
    [
      'that is not there any more',
      {
        DescribeTaskDefinition: ({ taskDefinition }) =>
          taskDefinition === revision(2) ? refuse('ClientException')() : { taskDefinition: wireDefinition(1) },
      },
    ],
  ])('is none %s', async (_name, answers) => {
    const { target, problems } = await targetOf(shipped([1, 2, 3], INACTIVE), answers)
    expect(target).toBe(revision(1))
    expect(problems).toEqual([])
  })

  test('is that of the task set that no deployment has made, while that is there', async () => {
    const service = serving(3)
    const first = { id: 'ecs-svc/0', taskDefinitionArn: revision(1), deploymentId: undefined, status: 'ACTIVE' }
    const counts = { running: 2, pending: 0, desired: 2 }
    const taskSets = [...service.taskSets, { ...first, ...counts }]
    const account = shipped([3], { definitions: { 'web:1': wireDefinition(1), 'web:3': wireDefinition(3) } })
    expect((await targetOf(account, {}, { ...service, taskSets })).target).toBe(revision(1))
  })

  test('is found also before the deployment that serves has ended', async () => {
    const account = shipped([1, 2, 3])
    const { target } = await targetOf({ ...account, succeeded: ['d-1', 'd-0'] })
    expect(target).toBe(revision(2))
  })

  test('has the properties of the AppSpec that shipped it, which is read also while its task set is there', async () => {
    const account = shipped([1, 2, 3])
    expect((await targetOf(account)).properties).toEqual({})
    const service = serving(3)
    const taskSet = { id: 'ecs-svc/2', taskDefinitionArn: revision(2), deploymentId: 'd-1', status: 'ACTIVE' }
    const taskSets = [...service.taskSets, { ...taskSet, running: 2, pending: 0, desired: 2 }]
    expect((await targetOf(account, {}, { ...service, taskSets })).properties).toEqual({})
    const denied = await targetOf(account, { GetApplicationRevision: DENY }, { ...service, taskSets })
    expect(denied).toMatchObject({ target: revision(2), properties: undefined, problems: [] })
    expect(denied.warnings).toEqual([
      'The AppSpec of d-1, which is gone back to, could not be read (codedeploy:GetApplicationRevision, AccessDenied), so the tasks run on the capacity and in the network of those that serve now.',
    ])
  })

  test('is known by the task set where that is still there, whatever became of its AppSpec', async () => {
    const service = serving(3)
    const taskSet = { id: 'ecs-svc/2', taskDefinitionArn: revision(2), deploymentId: 'd-1', status: 'ACTIVE' }
    const taskSets = [...service.taskSets, { ...taskSet, running: 2, pending: 0, desired: 2 }]
    const answers = { GetApplicationRevision: DENY }
    expect((await targetOf(shipped([1, 2, 3]), answers, { ...service, taskSets })).target).toBe(revision(2))
  })
})

test.each<[string, object]>([
  ['by CodeDeploy', { creator: 'codeDeployRollback' }],
  ['of a deployment', { rollbackInfo: { rollbackTriggeringDeploymentId: 'd-X' } }],
  ['by this action', { description: '[ecs-release repo=example/shop run=7.1 op=rollback]' }],
])('a rollback %s is nothing to go back to', async (_name, told) => {
  const account = shipped([1, 2, 3])
  const deployments = { ...account.deployments, 'd-1': { ...account.deployments?.['d-1'], ...told } }
  expect((await targetOf({ ...account, deployments })).target).toBe(revision(1))
})

describe('what is not known', () => {
  const { 'sum-2': _gone, ...others } = shipped([1, 2, 3]).appSpecs ?? {}

  test('is left out with a warning where there is something else', async () => {
    const { target, warnings, problems } = await targetOf(shipped([1, 2, 3], { appSpecs: others }))
    expect(target).toBe(revision(1))
    expect(problems).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^Which revision d-1 shipped is not known: .*RevisionDoesNotExist.* It is left out\.$/)
  })

  test.each<[string, Partial<HandAccount>, WireAnswers, string, RegExp]>([
    [
      'because it is denied',
      {},
      { GetApplicationRevision: DENY },
      'denied',
      /^What to go back to could not be seen in deployment group 'DgpECS-demo-web'/,
    ],
    [
      'because it is gone',
      { appSpecs: {} },
      {},
      'not-found',
      /Which revision .* shipped is not known: .*RevisionDoesNotExist/,
    ],
    [
      'because it names nothing',
      { appSpecs: { 'sum-1': '{}', 'sum-2': '{}', 'sum-3': '{}' } },
      {},
      'not-found',
      /Its AppSpec names no task definition/,
    ],
  ])('%s, of everything, is told as a problem', async (_name, change, answers, reason, sentence) => {
    const { target, problems } = await targetOf(shipped([1, 2, 3], change), answers)
    expect(target).toBeUndefined()
    expect(problems).toEqual([{ reason, sentence: expect.stringMatching(sentence) }])
    expect(problems[0]?.sentence).toContain("Name the revision with 'task-definition'.")
  })

  test('is told of three deployments by name and of the others by number', async () => {
    const { problems } = await targetOf(shipped([1, 2, 4, 5, 6, 3], { appSpecs: {} }))
    expect(problems[0]?.sentence).toContain('Which revision d-4, d-3, d-2 and 2 others shipped is not known')
  })
})

test('a rollback with nothing to go back to is refused with what to do', async () => {
  const { target, problems } = await targetOf(shipped([3]))
  expect(target).toBeUndefined()
  expect(problems).toEqual([
    {
      reason: 'not-found',
      sentence:
        "There is nothing to go back to: no deployment of group 'DgpECS-demo-web' succeeded before the one that first shipped what serves now, with a revision that is still ACTIVE. Name the revision with 'task-definition'.",
    },
  ])
})

test('only the newest hundred deployments are looked at, and it is told how many were not', async () => {
  const { target, problems } = await targetOf(shipped(Array<number>(130).fill(3)))
  expect(target).toBeUndefined()
  expect(problems[0]?.sentence).toContain('(the newest 100 were looked at, 30 more were not)')
})

test('where the deployments of the group may not be listed, naming the revision is the way', async () => {
  const { target, problems } = await targetOf(shipped([1, 2, 3]), { ListDeployments: DENY })
  expect(target).toBeUndefined()
  expect(problems).toEqual([
    {
      reason: 'denied',
      sentence: expect.stringMatching(/Or name the revision to go back to with 'task-definition'\.$/),
    },
  ])
})

test('a revision that may not be described ends the search', async () => {
  const { target, problems, asked } = await targetOf(shipped([1, 2, 3]), { DescribeTaskDefinition: DENY })
  expect(target).toBeUndefined()
  expect(problems.map(({ reason }) => reason)).toEqual(['denied'])
  expect(asked.filter(({ operation }) => operation === 'DescribeTaskDefinition')).toHaveLength(1)
})
