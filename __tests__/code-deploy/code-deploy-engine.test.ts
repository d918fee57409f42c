import type {
  CodeDeployClient,
  DeploymentInfo,
  DeploymentTarget,
  LifecycleEventStatus,
} from '@aws-sdk/client-codedeploy'
import type { ECSClient, TaskSet } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { type CodeDeployRelease, codeDeployEngine } from '../../src/code-deploy/code-deploy-engine.ts'
import { replacementTraffic } from '../../src/follow/snapshot.ts'
import { EVENT_NAMES } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const ID = 'd-OURS'

/** What AWS answers, or throws, at a second of the test. */
interface Answers {
  target(second: number): DeploymentTarget | Error
  info?(second: number): DeploymentInfo | Error
  taskSets?(second: number): TaskSet[] | Error
}

/** A target whose events are as the letters say: S done, R running, P still to come, F failed. */
function targetWith(letters: string, change: Partial<DeploymentTarget['ecsTarget']> = {}): DeploymentTarget {
  const words: Record<string, LifecycleEventStatus> = { S: 'Succeeded', R: 'InProgress', P: 'Pending', F: 'Failed' }
  const lifecycleEvents = [...letters].map((letter, at) => ({
    lifecycleEventName: EVENT_NAMES[at],
    status: words[letter] ?? 'Succeeded',
  }))
  return { ecsTarget: { status: 'InProgress', lifecycleEvents, ...change } }
}

function awsError(name: string): Error {
  return Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: name === 'Unavailable' ? 503 : 400 } })
}

const DENIED = awsError('AccessDeniedException')

/** The engine with AWS answering so, from second 0 on. */
function engineWith(
  { target, info = () => ({}), taskSets = () => [] }: Answers,
  change: Partial<CodeDeployRelease> = {},
) {
  const clock = virtualClock()
  const startMs = clock.now()
  const asked: string[] = []
  const told = { lost: 0, seen: 0 }
  const answer = async (command: { constructor: { name: string } }) => {
    const second = (clock.now() - startMs) / 1000
    const name = command.constructor.name.replace('Command', '')
    asked.push(name)
    const answers = {
      GetDeploymentTarget: () => target(second),
      GetDeployment: () => info(second),
      DescribeServices: () => taskSets(second),
    }
    const found = answers[name as keyof typeof answers]()
    if (found instanceof Error) throw found
    if (name === 'GetDeploymentTarget') return { deploymentTarget: found }
    if (name === 'GetDeployment') return { deploymentInfo: { deploymentId: ID, status: 'InProgress', ...found } }
    return { services: [{ taskSets: found }] }
  }
  const send = answer as unknown
  const engine = codeDeployEngine(
    {
      clock,
      random: () => 0.5,
      maxAttempts: 1,
      codeDeploy: { send } as CodeDeployClient,
      ecs: { send } as ECSClient,
    },
    {
      service: { clusterName: 'demo', name: 'web', arn: 'arn', primary: { id: 'ecs-svc/1' } },
      hooks: {},
      onTargetLost: () => (told.lost += 1),
      onTargetSeen: () => (told.seen += 1),
      ...change,
    } as unknown as CodeDeployRelease,
  )
  /** Looks once at this second. */
  let before: Awaited<ReturnType<typeof engine.observe>> | undefined
  const lookAt = async (second: number, statusOnly?: 'status-only') => {
    const restMs = startMs + second * 1000 - clock.now()
    if (restMs > 0) await clock.sleep(restMs)
    asked.length = 0
    before = await engine.observe(ID, before, statusOnly)
    return before
  }
  return { lookAt, asked, told }
}

const OURS: TaskSet = { id: 'ecs-svc/2', externalId: ID, status: 'PRIMARY' }
const ORIGINAL: TaskSet = { id: 'ecs-svc/1', status: 'ACTIVE' }

test('asks for the status again only when it is 30 s old, while the target says that the deployment runs', async () => {
  const { lookAt, asked, told } = engineWith({ target: () => targetWith('SRPPPPPP') })
  await lookAt(0)
  expect(asked).toEqual(['GetDeploymentTarget', 'GetDeployment'])
  await lookAt(29)
  expect(asked).toEqual(['GetDeploymentTarget'])
  await lookAt(31)
  expect(asked).toEqual(['GetDeploymentTarget', 'GetDeployment'])
  expect(told).toEqual({ lost: 0, seen: 0 })
})

test.each([
  ['a deployment at Ready', { info: () => ({ status: 'Ready' as const }), target: () => targetWith('SSSSSPPP') }],
  ['a deployment whose events are all done', { target: () => targetWith('SSSSSSSS') }],
  ['a target that has ended', { target: () => targetWith('SSSSSSSS', { status: 'Succeeded' }) }],
])('asks for the status at every look at %s', async (_, answers) => {
  const { lookAt, asked } = engineWith(answers)
  await lookAt(0)
  await lookAt(1)
  expect(asked).toContain('GetDeployment')
})

test('reads the events again when the deployment has ended since they were read', async () => {
  let looks = 0
  const { lookAt } = engineWith({
    target: () => (++looks === 1 ? targetWith('SSSSRPPP') : targetWith('SSSSFPPP', { status: 'Failed' })),
    info: () => ({ status: 'Failed' }),
  })
  const { events, eventsAreStale, status } = await lookAt(0)
  expect({ status, eventsAreStale, at: events[4]?.status }).toEqual({
    status: 'failed',
    eventsAreStale: false,
    at: 'failed',
  })
})

test('does not read the events again that already show how it ended', async () => {
  const { lookAt, asked } = engineWith({
    target: () => targetWith('SSSSFPPP', { status: 'Failed' }),
    info: () => ({ status: 'Failed' }),
  })
  expect(await lookAt(0)).toMatchObject({ status: 'failed', eventsAreStale: false })
  expect(asked).toEqual(['GetDeploymentTarget', 'GetDeployment'])
})

test('does not take the events before the end for how it ended when they cannot be read again', async () => {
  let looks = 0
  const { lookAt } = engineWith({
    target: () => (++looks === 1 ? targetWith('SSSSRPPP') : awsError('ThrottlingException')),
    info: () => ({ status: 'Failed' }),
  })
  expect(await lookAt(0)).toMatchObject({ status: 'failed', eventsAreStale: true })
})

test('a denied target is told once, tried again after three minutes, and told when it is seen', async () => {
  const { lookAt, asked, told } = engineWith({ target: (second) => (second < 200 ? DENIED : targetWith('SRPPPPPP')) })
  expect(await lookAt(0)).toMatchObject({ status: 'running', eventsAreStale: true })
  await lookAt(170)
  expect(asked).not.toContain('GetDeploymentTarget')
  await lookAt(181)
  expect(asked).toContain('GetDeploymentTarget')
  expect(told).toEqual({ lost: 1, seen: 0 })
  expect(await lookAt(362)).toMatchObject({ eventsAreStale: false })
  expect(told).toEqual({ lost: 1, seen: 1 })
})

test('a target that fails for a passing reason is gone without only after five looks, and tried again after a minute', async () => {
  const { lookAt, asked, told } = engineWith({ target: () => awsError('ThrottlingException') })
  for (const second of [0, 5, 10, 15]) await expect(lookAt(second)).rejects.toThrow('Throttling')
  expect(told.lost).toBe(0)
  expect(await lookAt(20)).toMatchObject({ eventsAreStale: true })
  expect(told.lost).toBe(1)
  await lookAt(79)
  expect(asked).not.toContain('GetDeploymentTarget')
  await lookAt(81)
  expect(asked).toContain('GetDeploymentTarget')
})

test('credentials that have expired are never followed without the target', async () => {
  const { lookAt } = engineWith({ target: () => awsError('ExpiredTokenException') })
  for (const second of [0, 1, 2, 3, 4, 5, 6]) await expect(lookAt(second)).rejects.toThrow('ExpiredToken')
})

test.each(['DeploymentNotStarted', 'DeploymentTargetDoesNotExist'].map((name) => [`${name}Exception`]))(
  'before there is a target (%s) nothing is seen, and nothing is lost',
  async (name) => {
    const { lookAt, told } = engineWith({ target: () => awsError(name), info: () => ({ status: 'Created' }) })
    expect(await lookAt(0)).toMatchObject({ status: 'created', eventsAreStale: false, events: [], taskSets: [] })
    expect(told.lost).toBe(0)
  },
)

test('reads nothing but the status when only that is asked for', async () => {
  const { lookAt, asked } = engineWith({ target: () => targetWith('SSSSSSSS'), info: () => ({ status: 'Succeeded' }) })
  expect(await lookAt(0, 'status-only')).toMatchObject({ status: 'succeeded', eventsAreStale: true })
  expect(asked).not.toContain('GetDeploymentTarget')
})

test('a deployment at Ready whose events are denied is blind', async () => {
  const { lookAt } = engineWith({ target: () => DENIED, info: () => ({ status: 'Ready' }) })
  expect(await lookAt(0)).toMatchObject({ status: 'ready', eventsAreStale: true, eventsAreDone: false })
})

test.each([
  ['not yet 8 s after the replacement became PRIMARY', 7, {}, false],
  ['8 s after the replacement became PRIMARY', 9, {}, true],
  ['never by that when the last event has a hook', 60, { hooks: { AfterAllowTraffic: 'check' } }, false],
] as const)('without the target production is shifted: %s', async (_, seconds, change, isShifted) => {
  const { lookAt } = engineWith({ target: () => DENIED, taskSets: () => [ORIGINAL, OURS] }, change)
  expect(await lookAt(0)).toMatchObject({ eventsAreDone: false })
  expect((await lookAt(seconds)).eventsAreDone).toBe(isShifted)
})

test.each([
  ['all of production when the replacement is PRIMARY', [ORIGINAL, OURS], 100],
  ['all of production when nothing else is left', [OURS], 100],
  ['nothing when there is no replacement', [{ ...ORIGINAL, status: 'PRIMARY' }], 0],
  [
    'nothing when it drains',
    [
      { ...ORIGINAL, status: 'PRIMARY' },
      { ...OURS, status: 'DRAINING' },
    ],
    0,
  ],
  [
    'what nobody can see while both run',
    [
      { ...ORIGINAL, status: 'PRIMARY' },
      { ...OURS, status: 'ACTIVE' },
    ],
    undefined,
  ],
  [
    'what nobody can see when another deployment serves',
    [{ ...OURS, id: 'ecs-svc/3', externalId: 'd-OTHER' }],
    undefined,
  ],
])('without the target the replacement has %s', async (_, sets, share) => {
  const { lookAt } = engineWith({ target: () => DENIED, taskSets: () => sets })
  expect(replacementTraffic(await lookAt(0))).toBe(share)
})

test('without the target the share of a rollback is told only at its end', async () => {
  const { lookAt } = engineWith({
    target: () => DENIED,
    info: (second) => ({
      status: second < 10 ? 'InProgress' : 'Succeeded',
      rollbackInfo: { rollbackTriggeringDeploymentId: 'd-UNDONE' },
    }),
    taskSets: () => [{ ...ORIGINAL, status: 'PRIMARY' }],
  })
  expect(replacementTraffic(await lookAt(0))).toBeUndefined()
  expect(replacementTraffic(await lookAt(10))).toBe(0)
})

test('what was seen before is kept when neither the target nor the service can be read', async () => {
  const taskSetsInfo = [
    { identifer: 'ecs-svc/1', taskSetLabel: 'Blue' as const, trafficWeight: 90 },
    { identifer: 'ecs-svc/2', taskSetLabel: 'Green' as const, trafficWeight: 10 },
  ]
  const { lookAt } = engineWith({
    target: (second) => (second < 40 ? targetWith('SSSSSSRP', { taskSetsInfo }) : DENIED),
    taskSets: () => DENIED,
  })
  const seen = await lookAt(0)
  const blind = await lookAt(40)
  expect(blind).toMatchObject({
    eventsAreStale: true,
    trafficReadAt: seen.trafficReadAt,
    eventsReadAt: seen.eventsReadAt,
  })
  expect(replacementTraffic(blind)).toBe(10)
})

test('without the target the original has whatever of production the replacement does not have', async () => {
  const { lookAt } = engineWith({ target: () => DENIED, taskSets: () => [OURS, ORIGINAL] })
  const shares = (await lookAt(0)).taskSets.map(({ role, trafficPercent }) => [role, trafficPercent])
  expect(Object.fromEntries(shares)).toEqual({ original: 0, replacement: 100 })
})

test('without the target an ECS that does not answer either takes nothing away of what is known', async () => {
  const { lookAt } = engineWith({ target: () => DENIED, taskSets: () => awsError('Unavailable') })
  expect(await lookAt(0)).toMatchObject({ status: 'running', eventsAreStale: true, taskSets: [] })
})

test('a fault of our own while ECS is asked is not taken for an answer', async () => {
  // An answer that no service gives, which is read after the call.
  const { lookAt } = engineWith({ target: () => DENIED, taskSets: () => [null as unknown as TaskSet] })
  await expect(lookAt(0)).rejects.toThrow(TypeError)
})
