import type { FilterLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import type { HookPlan, Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { until, withHook, withLiveRehearsal } from './support/live-rehearsal.ts'
import { HOOK } from './support/rehearsal.ts'
import { withOtherServices, withWholeAccount } from './support/whole-account.ts'

const GROUP = `/aws/lambda/${HOOK}`
const INVOKED_MS = SIMULATION_START_MS + 125_400

function planned(plan: Partial<HookPlan>): Scenario {
  const whole: HookPlan = { answer: 'Succeeded', afterSeconds: 20, log: ['checking', 'ERROR got 500', 'done'], ...plan }
  return { ...baseScenario, hookPlans: { [HOOK]: whole } }
}

/** Plays a release as far as that many seconds, and returns what is in the log. */
async function logAt(seconds: number, request: Partial<FilterLogEventsRequest> = {}, scenario = planned({})) {
  let answer: { atMs: number | undefined; message: string | undefined }[] = []
  await withWholeAccount(scenario, async ({ logs, release, to }) => {
    await release()
    to(seconds)
    const { events = [] } = await logs.filterLogEvents({ logGroupName: GROUP, ...request })
    answer = events.map(({ timestamp, message }) => ({ atMs: timestamp, message }))
  })
  return answer
}

function messagesAt(...given: Parameters<typeof logAt>) {
  return logAt(...given).then((events) => events.map(({ message }) => message))
}

const REQUEST_ID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}'
const ENDED = expect.stringMatching(`^END RequestId: ${REQUEST_ID}\n$`)
const REPORTED = expect.stringMatching(`^REPORT RequestId: ${REQUEST_ID}\t`)
const STARTED = expect.stringMatching(`^START RequestId: ${REQUEST_ID} Version: \\$LATEST\n$`)

test('the log of a hook is what it printed, between what Lambda adds', async () => {
  expect(await logAt(150)).toEqual([
    { atMs: INVOKED_MS, message: STARTED },
    { atMs: INVOKED_MS, message: 'checking\n' },
    { atMs: INVOKED_MS, message: 'ERROR got 500\n' },
    { atMs: INVOKED_MS, message: 'done\n' },
    { atMs: INVOKED_MS + 20_000, message: ENDED },
    {
      atMs: INVOKED_MS + 20_000,
      message: expect.stringMatching(
        `^REPORT RequestId: ${REQUEST_ID}\tDuration: 20000.00 ms\tBilled Duration: 20000 ms\tMemory Size: 128 MB\t\n$`,
      ),
    },
  ])
})

test('what still runs has not ended', async () => {
  expect(await messagesAt(130)).toEqual([STARTED, 'checking\n', 'ERROR got 500\n', 'done\n'])
})

test('a hook that answers later than Lambda runs has ended by then', async () => {
  const log = await logAt(1200, {}, planned({ afterSeconds: 3000, log: [] }))
  expect(log.map(({ atMs }) => atMs)).toEqual([INVOKED_MS, INVOKED_MS + 900_000, INVOKED_MS + 900_000])
})

const filters: [string, Partial<FilterLogEventsRequest>, unknown[]][] = [
  ['from a moment on', { startTime: INVOKED_MS + 1, filterPattern: 'END' }, [expect.stringMatching(/^END/)]],
  ['up to a moment', { endTime: INVOKED_MS, filterPattern: 'RequestId' }, [STARTED]],
  ['with a word', { filterPattern: 'ERROR' }, ['ERROR got 500\n']],
  ['with every word', { filterPattern: 'ERROR 500' }, ['ERROR got 500\n']],
  ['with a phrase', { filterPattern: '"got 500"' }, ['ERROR got 500\n']],
  ['with a word in other letters', { filterPattern: 'error' }, []],
  [
    'the latest first',
    { startFromHead: false, startTime: INVOKED_MS, filterPattern: 'RequestId' },
    [REPORTED, ENDED, STARTED],
  ],
  ['of streams of a day', { logStreamNamePrefix: '2026/08/09' }, []],
]

test.each(filters)('events are found %s', async (_, request, expected) => {
  expect(await messagesAt(150, request)).toEqual(expected)
})

test('events come in pages, and each is in the stream of its invocation', () =>
  withWholeAccount(planned({}), async ({ logs, release, to }) => {
    await release()
    to(150)
    const request = { logGroupIdentifier: `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}`, limit: 4 }
    const first = await logs.filterLogEvents(request)
    const second = await logs.filterLogEvents({ ...request, nextToken: first.nextToken })
    expect([first.events?.length, second.events?.length, second.nextToken]).toEqual([4, 2, undefined])
    expect(first.searchedLogStreams).toEqual([])
    const [event = {}] = first.events ?? []
    expect(event).toMatchObject({
      logStreamName: expect.stringMatching(/^2026\/08\/08\/\[\$LATEST\][0-9a-f]{32}$/),
      ingestionTime: INVOKED_MS,
      eventId: expect.stringMatching(/^\d{56}$/),
    })
    const inStream = { logGroupName: GROUP, logStreamNames: [event.logStreamName ?? ''] }
    expect((await logs.filterLogEvents(inStream)).events).toHaveLength(6)
  }))

test('there is no group before the function ran, and none for others', () =>
  withWholeAccount(scenarios.success, async ({ logs, release, to }) => {
    const missing = { name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' }
    await release()
    to(125)
    await expect(logs.filterLogEvents({ logGroupName: GROUP })).rejects.toMatchObject(missing)
    to(126)
    await logs.filterLogEvents({ logGroupName: GROUP })
    await expect(logs.filterLogEvents({ logGroupName: '/aws/lambda/other' })).rejects.toMatchObject(missing)
    const noStream = { logGroupName: GROUP, logStreamNames: ['today'] }
    await expect(logs.filterLogEvents(noStream)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    })
  }))

const refusals: [string, FilterLogEventsRequest][] = [
  ['no group', {}],
  ['a page of nothing', { logGroupName: GROUP, limit: 0 }],
  ['streams by name and prefix', { logGroupName: GROUP, logStreamNames: ['a'], logStreamNamePrefix: 'b' }],
  ['a token of somebody else', { logGroupName: GROUP, nextToken: 'next' }],
  ['the latest first since ever', { logGroupName: GROUP, startFromHead: false }],
]

test.each(refusals)('%s is an InvalidParameterException', (_, request) =>
  withWholeAccount(scenarios.success, async ({ logs, release, to }) => {
    await release()
    to(150)
    await expect(logs.filterLogEvents(request)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  }),
)

test.each(['{ $.level = "error" }', '?ERROR ?WARN', 'ERROR -debug', '%ERR%', '"open', 'd-ABC'])(
  'a filter pattern that is not simulated is refused loudly: %s',
  (filterPattern) =>
    withWholeAccount(scenarios.success, async ({ logs, complaints }) => {
      const message = `The simulator knows filter patterns of words and quoted terms only; got '${filterPattern}'`
      await expect(logs.filterLogEvents({ logGroupName: GROUP, filterPattern })).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message,
      })
      expect(complaints).toEqual([`FilterLogEvents: ${message}.`])
    }),
)

test('with live, the log is what the function really printed', () => {
  const source = `
    import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy'
    export const handler = async ({ DeploymentId, LifecycleEventHookExecutionId }, context) => {
      console.log(context.logGroupName, context.logStreamName)
      console.error('on standard error')
      await new CodeDeployClient().send(new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId: DeploymentId, lifecycleEventHookExecutionId: LifecycleEventHookExecutionId, status: 'Succeeded',
      }))
    }`
  return withHook('prints.mjs', source, (scenario) =>
    withLiveRehearsal(scenario, async ({ simulator, release }) => {
      await release({ BeforeInstall: HOOK })
      await until(() => simulator.hookLogs.length === 2)
      await withOtherServices(simulator.url, async ({ logs }) => {
        const read = async () => (await logs.filterLogEvents({ logGroupName: GROUP })).events ?? []
        await until(async () => (await read()).length === 5)
        const events = await read()
        const stream = events[0]?.logStreamName
        const messages = events.map(({ message }) => message)
        expect(messages).toContain(`${GROUP} ${stream}\n`)
        expect(messages).toContain('on standard error\n')
        expect(messages.at(-1)).toMatch(/^REPORT RequestId: \S+\tDuration: [\d.]+ ms\t/)
        expect(new Set(events.map(({ logStreamName }) => logStreamName)).size).toBe(1)
      })
    }),
  )
})

test('invocations one after the other share the stream of an instance until it was idle for long', () =>
  withWholeAccount(planned({ log: [], afterSeconds: 1 }), async ({ logs, release, to }) => {
    await release({ BeforeInstall: HOOK, AfterInstall: HOOK, AfterAllowTraffic: HOOK })
    to(1000)
    const { events = [] } = await logs.filterLogEvents({ logGroupName: GROUP, filterPattern: 'START' })
    const [first, second, last] = events
    expect(new Set(events.map(({ message }) => message)).size).toBe(3)
    expect(second?.logStreamName).toBe(first?.logStreamName)
    expect(last?.logStreamName).not.toBe(first?.logStreamName)
  }))
