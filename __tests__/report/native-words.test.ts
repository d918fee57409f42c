import { describe, expect, test } from '@jest/globals'
import { wordsOf } from '../../src/engines/words.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import type { Release } from '../../src/release-state.ts'
import { renderAnnotation } from '../../src/report/annotation.ts'
import { closingLines, entryLine, heartbeatLine, openingLines, overdueLine } from '../../src/report/log-lines.ts'
import { answerLostLine } from '../../src/report/outage-lines.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { planLines } from '../../src/report/plan-lines.ts'
import { plannedLines } from '../../src/report/planned.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { freeLine, roomStepLine } from '../../src/report/room-lines.ts'
import { verdictSentences } from '../../src/report/sentences.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { occupantOf, roomOf, serviceOf } from '../support/group-parts.ts'
import { callError } from '../support/hand-engine.ts'
import { factOf } from '../support/markdown.ts'
import {
  CHECK,
  CHECK_ARN,
  endedNatively,
  endedRelease,
  NATIVE_ARN,
  NATIVE_ID,
  nativeGroup,
  nativeRelease,
  nativeRollback,
  nativeSnapshot,
  settledWith,
} from '../support/native-releases.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { at, T0, taskSets } from '../support/snapshots.ts'

const CONSOLE =
  'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/demo/services/web/deployments?region=us-east-1'

const BEFORE = 'Service deployment rolled back because '
const AT_TEST = ['POST_TEST_TRAFFIC_SHIFT', 'failed'] as const

const SUCCEEDED = nativeRelease({
  status: 'succeeded',
  snapshot: nativeSnapshot(['BAKE_TIME', 'running'], { eventsAreDone: true, taskSets: taskSets(100) }),
})

const HELD: Snapshot = nativeSnapshot(['POST_TEST_TRAFFIC_SHIFT', 'succeeded'], {
  status: 'ready',
  statusWord: 'AWAITING_ACTION',
  heldAt: 'POST_TEST_TRAFFIC_SHIFT',
  heldUntil: { atMs: T0 + 3_600_000, onTimeout: 'ROLLBACK' },
})

const AWAITING = nativeRelease({ status: 'awaiting-promotion', snapshot: HELD, testUrl: 'https://test.example.org' })

const HOOK_FAILED = endedRelease(
  endedNatively(
    AT_TEST,
    `${BEFORE}POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook target ${CHECK_ARN} returned FAILED status.`,
  ),
)

const ALARM = endedRelease(
  endedNatively(['PRODUCTION_TRAFFIC_SHIFT', 'failed'], `${BEFORE}of one or more active alarms.`, {
    status: 'stopped',
    endReason: 'alarm',
    firingAlarms: ['web-5xx'],
    taskSets: taskSets(10),
  }),
)

const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.'

const ROLLBACK_FAILED = (() => {
  const last = endedNatively(['SCALE_UP', 'failed'], '', { statusWord: 'ROLLBACK_FAILED', error: undefined })
  return endedRelease(last, {
    status: 'rollback-failed',
    settlement: settledWith(last, nativeRollback('failed', NO_CANDIDATE)),
    serviceTroubles: [
      `(service web) (deployment ecs-svc/2) deployment failed: ${BEFORE}the circuit breaker threshold was exceeded.`,
    ],
    taskStops: ['container web: exit code 1'],
  })
})()

const STOPPED = (() => {
  const last = endedNatively(['BAKE_TIME', 'failed'], `${BEFORE}it was stopped by a user.`, {
    status: 'stopped',
    endReason: 'stop-request',
    taskSets: taskSets(100),
  })
  return endedRelease(last, {
    operation: 'stop',
    status: 'stopped',
    stopAccepted: true,
    outcome: { kind: 'stop-asked', snapshot: last },
  })
})()

const TIMED_OUT = nativeRelease({
  status: 'timed-out',
  snapshot: nativeSnapshot(['SCALE_UP', 'running']),
  outcome: {
    kind: 'timed-out',
    snapshot: nativeSnapshot(['SCALE_UP', 'running']),
    phase: { kind: 'provisioning' },
    afterMs: 3_600_000,
  },
  settlement: settledWith(nativeSnapshot(['SCALE_UP', 'running'])),
})

const CANCELLED = nativeRelease({
  status: 'cancelled',
  snapshot: nativeSnapshot(['SCALE_UP', 'running']),
  outcome: { kind: 'cancelled', snapshot: nativeSnapshot(['SCALE_UP', 'running']) },
  settlement: settledWith(nativeSnapshot(['SCALE_UP', 'running'])),
})

const RELEASES: Record<string, Release> = {
  succeeded: SUCCEEDED,
  'awaiting promotion': AWAITING,
  'hook failed': HOOK_FAILED,
  'alarm rolled back': ALARM,
  'rollback failed': ROLLBACK_FAILED,
  stopped: STOPPED,
  'timed out': TIMED_OUT,
  cancelled: CANCELLED,
  planned: nativeRelease({ operation: 'plan', status: 'planned', deploymentId: undefined, taskDefinition: undefined }),
  'going on': nativeRelease({
    status: undefined,
    snapshot: nativeSnapshot(['SCALE_UP', 'running']),
    endedAt: undefined,
  }),
}

/** Everything that people read of a release. */
function everythingOf(release: Release): string {
  const entries = (release.timeline ?? []).map((entry) => entryLine(entry, release) ?? '')
  return [
    ...planLines(release),
    ...plannedLines(release),
    ...openingLines(release),
    ...entries,
    ...closingLines(release),
    renderAnnotation(release)?.message ?? '',
    renderSummary(release),
    JSON.stringify(renderOutputs(release, '')),
    renderReport(release),
  ].join('\n')
}

/** What CodeDeploy has and ECS has not; names that outputs, report and inputs have for both are none of it. */
const OF_CODE_DEPLOY =
  /CodeDeploy|aws deploy |\bReady\b|\bInstall\b|AllowTraffic|lifecycle event|deployment group|task set\b|AppSpec|\/rollback|\bd-[A-Z0-9]{9}\b/

test.each(Object.entries(RELEASES))(
  'a release by ECS that is %s is told in no word of CodeDeploy',
  (_name, release) => {
    const found = everythingOf(release)
      .split('\n')
      .filter((line) => OF_CODE_DEPLOY.test(line))
    expect(found).toEqual([])
    expectValidReport(release)
  },
)

describe('cause and advice', () => {
  test('of a success is what was released, and until when the original is kept', () => {
    const { cause, remains } = verdictSentences(SUCCEEDED)
    expect(cause).toBe(`Deployment ${NATIVE_ID} released web:2 to demo/web.`)
    expect(remains).toMatch(/^The original \(web:1\) is kept until 12:13:00Z; /)
  })

  test('of a wait for promotion is where it waits, until when, what happens then, and how to continue', () => {
    const { cause, advice } = verdictSentences(AWAITING)
    expect(cause).toBe(
      `Deployment ${NATIVE_ID} serves web:2 on the test listener of demo/web (https://test.example.org) and waits at POST_TEST_TRAFFIC_SHIFT until 2026-08-08 13:00:00Z for somebody to continue it; then ECS rolls it back.`,
    )
    expect(advice).toContain("To shift production: 'operation: promote' or aws ecs continue-service-deployment")
    expect(advice).toContain(`--service-deployment-arn ${NATIVE_ARN} --hook-id HOOK`)
  })

  test('of a wait for promotion that goes on by itself says so', () => {
    const heldUntil = { atMs: T0 + 3_600_000, onTimeout: 'CONTINUE' } as const
    const { cause } = verdictSentences({ ...AWAITING, snapshot: { ...HELD, heldUntil } })
    expect(cause).toMatch(/for somebody to continue it; then it goes on by itself\.$/)
  })

  test('of a hook that answered FAILED are its own words, and where its log is', () => {
    const log = { event: 'POST_TEST_TRAFFIC_SHIFT', hookFunction: CHECK, logGroup: '/aws/lambda/check', omitted: 0 }
    const lines = ['The test listener answered 500 from web:2; expected 200. Reporting Failed']
    const { cause, advice } = verdictSentences({ ...HOOK_FAILED, hookLogs: [{ ...log, lines }] })
    expect(cause).toBe(
      `Deployment ${NATIVE_ID} failed at POST_TEST_TRAFFIC_SHIFT: hook check failed: "The test listener answered 500 from web:2; expected 200." (it returned FAILED). Its rollback succeeded.`,
    )
    expect(advice).toBe(
      'Next: mend what the hook found, then release again. All of its log is in the log group /aws/lambda/check.',
    )
  })

  test('of an alarm say that a firing alarm is not watched', () => {
    const { cause, advice } = verdictSentences(ALARM)
    expect(cause).toMatch(
      /was stopped at PRODUCTION_TRAFFIC_SHIFT: alarm web-5xx went off with 10 % of production traffic shifted\. Its rollback succeeded\.$/,
    )
    expect(advice).toContain('while it is in ALARM, ECS does not watch it for the next deployment.')
  })

  test('of a rollback that failed are the cause, which only events tell, and the reason of the rollback', () => {
    const { cause, advice } = verdictSentences(ROLLBACK_FAILED)
    expect(cause).toBe(
      `Deployment ${NATIVE_ID} failed at SCALE_UP: replacement tasks kept stopping: container web: exit code 1 (the circuit breaker threshold was exceeded). Its rollback failed: No rollback candidate was found to run the rollback.`,
    )
    expect(advice).toBe("To bring production back: 'operation: rollback' with 'task-definition: web:1'.")
  })

  test('of a stop that was asked for say no more than that', () => {
    expect(verdictSentences(STOPPED).cause).toBe(
      `Deployment ${NATIVE_ID} was stopped at BAKE_TIME, as asked. Its rollback succeeded.`,
    )
  })

  test('of a time-out are what was waited for, and the command that shows what became of it', () => {
    const { cause, advice } = verdictSentences(TIMED_OUT)
    expect(cause).toBe(
      `Deployment ${NATIVE_ID} was not done after 1 h, while waiting for the replacement to become healthy (SCALE_UP). It goes on without this step.`,
    )
    expect(advice).toContain(`aws ecs describe-service-deployments --service-deployment-arns ${NATIVE_ARN}`)
    expect(advice).toContain(CONSOLE)
  })

  test('of a cancelled run say that the deployment goes on', () => {
    expect(verdictSentences(CANCELLED).cause).toBe(
      `The workflow run was cancelled; deployment ${NATIVE_ID} goes on without this step.`,
    )
  })
})

/** What is said of a deployment that ECS ended with this reason, by cause and advice. */
function toldOf(statusReason: string, change: Partial<Snapshot> = {}, release: Partial<Release> = {}) {
  const last = endedNatively(AT_TEST, statusReason, change)
  return verdictSentences(endedRelease(last, release))
}

const HOOK_OF = `${BEFORE}POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. `
const INVOKER = 'arn:aws:sts::123456789012:assumed-role/ecs-hooks/ECS-Lambda-Execution'

test.each<[string, string, RegExp, RegExp]>([
  [
    'whose function answers without a hookStatus',
    `${HOOK_OF}ECS was unable to parse the response from ${CHECK_ARN} due to: HookStatus must not be null.`,
    /: hook check gave no hookStatus that ECS takes \(HookStatus must not be null\)\. Its rollback/,
    /^Next: have the function return \{"hookStatus": "SUCCEEDED"\}, or FAILED, in every case/,
  ],
  [
    'whose function answers with a hookStatus that is none',
    `${HOOK_OF}ECS was unable to parse the response from ${CHECK_ARN} due to: HookStatus 'OK' is not valid.`,
    /: hook check gave no hookStatus that ECS takes \(HookStatus 'OK' is not valid\)\./,
    /^Next: have the function return/,
  ],
  [
    'whose hook role cannot be assumed',
    `${HOOK_OF}ECS was unable to assume role arn:aws:iam::123456789012:role/ecs-hooks`,
    /: hook check could not be invoked: ECS may not assume role ecs-hooks\./,
    /^Next: let ecs\.amazonaws\.com assume role ecs-hooks \(its trust policy\), then release again\.$/,
  ],
  [
    'whose hook role may not invoke the function',
    `${HOOK_OF}ECS was unable to invoke hook target ${CHECK_ARN} due to User: ${INVOKER} is not authorized to perform: lambda:InvokeFunction on resource: ${CHECK_ARN}`,
    /: hook check could not be invoked: role ecs-hooks may not invoke it \(lambda:InvokeFunction\)\./,
    /^Next: allow role ecs-hooks lambda:InvokeFunction on the function, then release again\.$/,
  ],
  [
    'whose function took too long',
    `${HOOK_OF}Lifecycle hook target ${CHECK_ARN} timed out.`,
    /: hook check did not end within the time that the service gives it\./,
    /^Next: see why the function took so long/,
  ],
  [
    'whose infrastructure role may not change rules',
    `${BEFORE}TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:aws:sts::123456789012:assumed-role/ecs-infra/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyListener on resource: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/web/1/2`,
    /: ECS could not move traffic as the service is set up: User: .* is not authorized to perform: elasticloadbalancing:ModifyListener/,
    /^Next: attach the managed policy AmazonECSInfrastructureRolePolicyForLoadBalancers to the role/,
  ],
  [
    'whose production rule has weight on both target groups',
    `${BEFORE}of invalid networking configuration. Production listener rule should have exactly one target group serving traffic but found 2 target groups which are serving traffic`,
    /: ECS could not move traffic as the service is set up: Production listener rule should have exactly one target group/,
    /^Next: give all of the weight of the production rule to the target group of the tasks that serve and none to the other;.* then release again\.$/,
  ],
  [
    'whose networking is wrong in a way that is new',
    `${BEFORE}of invalid networking configuration. The moon is full.`,
    /: ECS could not move traffic as the service is set up: The moon is full\./,
    /^Next: put that right \(https:.*\), then release again\.$/,
  ],
  [
    'whose replacement never became healthy',
    `${BEFORE}the circuit breaker threshold was exceeded.`,
    /: the circuit breaker threshold was exceeded\. Its rollback succeeded\.$/,
    /^Next: see why the tasks of web:2 do not get or stay healthy/,
  ],
  [
    'whose pause nobody answered',
    `${BEFORE}POST_TEST_TRAFFIC_SHIFT pause hook timed out.`,
    /: nobody continued it in time \(POST_TEST_TRAFFIC_SHIFT pause hook timed out\)\./,
    /^Next: release again and continue it in time/,
  ],
  [
    'which ended for a reason that is new',
    `${BEFORE}the stars were not right. They never are.`,
    /: the stars were not right\. They never are\. Its rollback succeeded\.$/,
    /^Next: put that right/,
  ],
  [
    'which ended with a text that is not even a sentence',
    'x',
    /failed at POST_TEST_TRAFFIC_SHIFT: x\. Its rollback/,
    /^Next: put that right/,
  ],
  ['of which ECS says nothing', '', /: ECS gave no reason\. Its rollback/, /^Next: put that right/],
])('a deployment %s is told with what to do', (_name, statusReason, cause, advice) => {
  const told = toldOf(statusReason)
  expect(told.cause).toMatch(cause)
  expect(told.advice).toMatch(advice)
})

test('a wait that is over is told by what ended it, also when that counts as a stop', () => {
  const { cause } = toldOf(`${BEFORE}POST_TEST_TRAFFIC_SHIFT pause hook timed out.`, {
    status: 'stopped',
    endReason: 'ready-wait-over',
  })
  expect(cause).toContain('was stopped at POST_TEST_TRAFFIC_SHIFT: nobody continued it in time')
})

test('a stop by somebody else leads to who asked for it', () => {
  const { cause, advice } = toldOf(
    `${BEFORE}it was stopped by a user.`,
    { status: 'stopped', endReason: 'stop-request' },
    { status: 'rolled-back' },
  )
  expect(cause).toContain('by somebody else, or by another job. Its rollback succeeded.')
  expect(advice).toContain('ECS does not say; CloudTrail does (aws cloudtrail lookup-events')
  expect(advice).toContain('AttributeValue=StopServiceDeployment')
})

test.each(['stopped', 'rolled-back'] as const)(
  'a deployment that another one took over and that counts as %s is told so, and nothing of a rollback',
  (status) => {
    const last = endedNatively(
      ['SCALE_UP', 'failed'],
      'Service deployment stopped because it was replaced by a newer service deployment',
      {
        status: 'stopped',
        statusWord: 'STOPPED',
        endReason: 'stop-request',
        rollback: { deploymentId: undefined, message: '' },
      },
    )
    const rollback = status === 'rolled-back' ? nativeRollback('succeeded') : undefined
    const { cause, advice } = verdictSentences(endedRelease(last, { status, settlement: settledWith(last, rollback) }))
    expect(cause).toBe(
      `Deployment ${NATIVE_ID} was stopped at SCALE_UP: another UpdateService began a newer deployment of the service (it was replaced by a newer service deployment).`,
    )
    expect(advice).toBe(
      'Next: see what the newer deployment brings (aws ecs list-service-deployments --cluster demo --service web --region us-east-1), and release again if this is wanted all the same.',
    )
  },
)

test('an alarm without a rollback is told by the settings that do not ask for one', () => {
  const last = endedNatively(
    ['PRODUCTION_TRAFFIC_SHIFT', 'failed'],
    'Service deployment stopped because of one or more active alarms.',
    {
      status: 'stopped',
      statusWord: 'STOPPED',
      endReason: 'alarm',
      rollback: undefined,
    },
  )
  const { cause } = verdictSentences(endedRelease(last, { status: 'failed', settlement: settledWith(last) }))
  expect(cause).toMatch(
    /: an alarm went off .*There was no rollback: no setting asks for one after this \(alarms and circuit breaker of the service\)\.$/,
  )
})

test('of several functions at a stage only the one that is named has failed', () => {
  const plan = HOOK_FAILED.plan && { ...HOOK_FAILED.plan, hooks: { POST_TEST_TRAFFIC_SHIFT: `other, ${CHECK}` } }
  const results = JSON.parse(renderOutputs({ ...HOOK_FAILED, plan }, '')['hook-results'])
  expect(results).toMatchObject([
    { event: 'POST_TEST_TRAFFIC_SHIFT', function: 'other', result: 'unknown' },
    { event: 'POST_TEST_TRAFFIC_SHIFT', function: CHECK, result: 'failed' },
  ])
})

describe('outputs', () => {
  test('name the deployment once for both, and once more for CodeDeploy only', () => {
    expect(renderOutputs(SUCCEEDED, '')).toMatchObject({
      'deployment-controller': 'ECS',
      'deployment-id': NATIVE_ID,
      'codedeploy-deployment-id': '',
      'console-url': CONSOLE,
      'original-kept-until': '2026-08-08T12:13:00.000Z',
      'rollback-deployment-id': '',
    })
    const service = serviceOf()
    expect(renderOutputs({ ...SUCCEEDED, service, deploymentId: 'd-AAAAAAAAA' }, '')).toMatchObject({
      'deployment-controller': 'CODE_DEPLOY',
      'deployment-id': 'd-AAAAAAAAA',
      'codedeploy-deployment-id': 'd-AAAAAAAAA',
    })
  })

  test('of a rollback name the same deployment, and until when a pause can be continued', () => {
    expect(renderOutputs(HOOK_FAILED, '')).toMatchObject({
      'rollback-deployment-id': NATIVE_ID,
      'rollback-status': 'succeeded',
    })
    expect(renderOutputs(AWAITING, '')['promote-by']).toBe('2026-08-08T13:00:00.000Z')
  })

  test('are as empty as nothing is known before the service was read', () => {
    const release = nativeRelease({ service: undefined, deploymentId: undefined })
    expect(renderOutputs(release, '')).toMatchObject({
      'deployment-controller': '',
      'deployment-id': '',
      'codedeploy-deployment-id': '',
    })
  })
})

test('the report names who deploys, no deployment group, and the rollback by the id of its deployment', () => {
  const report = JSON.parse(renderReport(HOOK_FAILED))
  expect(report).toMatchObject({
    deploymentController: 'ECS',
    deploymentGroup: null,
    appSpec: null,
    deployment: { id: NATIVE_ID, status: 'ROLLBACK_SUCCESSFUL' },
    rollback: { status: 'succeeded', deployment: { id: NATIVE_ID } },
  })
})

test('the summary has the stages with what is known of them, and one link to the service', () => {
  const events = SUCCEEDED.snapshot?.events.map((event) =>
    event.name === 'PRE_SCALE_UP'
      ? { ...event, status: 'unseen' as const, startedAtMs: undefined, endedAtMs: undefined }
      : event,
  )
  const snapshot = SUCCEEDED.snapshot && { ...SUCCEEDED.snapshot, events: events ?? [] }
  const markdown = renderSummary({ ...SUCCEEDED, snapshot })
  expect(markdown).toContain('<summary>Lifecycle stages and hooks</summary>\n\nECS tells only the stage that it is in')
  expect(markdown).toContain('- PRE_SCALE_UP: not seen\n')
  expect(factOf(markdown, 'Deployment')).toMatch(
    / by ECS: IN_PROGRESS \(the original is kept until the bake time is over\)/,
  )
  expect(markdown).toMatch(
    /\*\*Lifecycle stages as last seen at [\d:]+Z:\*\* SCALE_UP 1 min → .* → BAKE_TIME \(running\)\n/,
  )
  expect(markdown.split(CONSOLE).length - 1).toBe(2)
  expect(factOf(renderSummary(HOOK_FAILED), 'Rollback')).toBe('succeeded in 40 s')
})

test('the log begins with where to see the deployment, how to stop it, and what is waited for', () => {
  expect(openingLines(SUCCEEDED).slice(1)).toEqual([
    `Console: ${CONSOLE}`,
    `To stop it: aws ecs stop-service-deployment --service-deployment-arn ${NATIVE_ARN} --stop-type ROLLBACK --region us-east-1`,
    'Waiting until production traffic is shifted and every hook is done, for at most 1 h.',
  ])
})

test('changes of a rollback are told as those of the rollback, without an id', () => {
  const entry = {
    kind: 'status',
    deploymentId: `${NATIVE_ID}/rollback`,
    atMs: T0,
    status: 'running',
    statusWord: 'ROLLBACK_IN_PROGRESS',
  } as const
  expect(entryLine(entry, { ...HOOK_FAILED, timeline: [entry] })).toBe(
    '12:00:00Z  Rollback                ROLLBACK_IN_PROGRESS',
  )
})

test('a function that goes on for longer than Lambda runs one is told to be called again, not to be late', () => {
  const words = wordsOf('ECS')
  const phase = { kind: 'hook', event: 'POST_TEST_TRAFFIC_SHIFT', hookFunction: CHECK } as const
  const snapshot = nativeSnapshot(['POST_TEST_TRAFFIC_SHIFT', 'running'])
  expect(overdueLine(phase, snapshot, words, T0)).toContain('it answers IN_PROGRESS and is called again')
  const heartbeat = { phase, inPhaseMs: 1_200_000, atMostMs: 3_600_000, snapshot, sinceLastReadMs: 5_000 }
  expect(heartbeatLine(heartbeat, words, T0)).toContain(
    'Still waiting for hook check to answer (POST_TEST_TRAFFIC_SHIFT): 20 min of at most 1 h',
  )
})

test('what is in the way, and an answer that was lost, are told of the service and of UpdateService', () => {
  const words = wordsOf('ECS')
  const room = roomOf({ service: serviceOf({ controller: 'ECS' }), group: nativeGroup() })
  expect(roomStepLine('wait', occupantOf(), room, at(60))).toMatch(/Service 'demo\/web' is busy\. Waiting, at most/)
  expect(freeLine(60_000, words, T0)).toContain('The service is free after 1 min.')
  expect(answerLostLine(callError('network'), words, T0)).toMatch(
    /The answer to UpdateService was lost \(.*\)\. Looking whether the service has a deployment of this revision\.$/,
  )
})

test('a plan is to be written by UpdateService, with the settings of the service', () => {
  const lines = plannedLines(RELEASES['planned'] ?? SUCCEEDED)
  expect(lines).toContain('1. Deploy web:2 to demo/web (UpdateService).')
  expect(lines).toContain('Waits at a PAUSE hook: at most 1 h, for somebody to continue.')
  expect(lines).toContain('SCALE_UP: usually 10 min, at most 10 min.')
  expect(lines).toContain('PAUSE hook: usually moments, at most 10 min.')
  expect(planLines(SUCCEEDED)).toContain(
    'Deployments by ECS: test listener; for this deployment: rollback on failure, stop and alarm, alarms web-5xx.',
  )
})
