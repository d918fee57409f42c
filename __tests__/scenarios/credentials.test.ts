import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { assumeRole } from '../../src/aws/assume-role.ts'
import { signedBy } from '../../src/aws/clients.ts'
import { OwnSession } from '../../src/aws/session.ts'
import { callerOf, loadSts, readCaller, type Sts } from '../../src/aws/sts.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import type { Release } from '../../src/release-state.ts'
import { tokenFor } from '../../tools/rehearsal/token-issuer.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Fault } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { clientsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'
import {
  callerAnswer,
  errorAnswer,
  sessionAnswer,
  startTokenService,
  type TokenAnswer,
  type TokenService,
} from '../support/token-service.ts'
import type { VirtualClock } from '../support/virtual-clock.ts'

const ROLE = 'arn:aws:iam::123456789012:role/release-web'
const DENIED = errorAnswer('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
const BUSY = errorAnswer('ServiceUnavailable', 'later', 503)
const LONG_WAIT = { ...baseScenario, world: withGroup(baseScenario.world, { terminationWaitMinutes: 180 }) }

/** What STS answers, and when; each test says. */
let answer: (clock: VirtualClock, earlier: number) => TokenAnswer
let service: TokenService
let sts: Sts
let clock: VirtualClock | undefined

beforeEach(async () => {
  answer = (at, earlier) => sessionAnswer(`S${earlier + 1}`, at.now())
  service = await startTokenService((_, earlier) => (clock === undefined ? undefined : answer(clock, earlier)))
  sts = await loadSts({
    region: 'us-east-1',
    endpoint: service.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  })
})

afterEach(async () => {
  sts.close()
  await service.close()
})

async function releaseWith(options: Partial<SimulatedReleaseOptions>) {
  const result = await simulateRelease({ scenario: baseScenario, ...options })
  expectValidReport(result.release)
  return { ...result, sentences: result.release.problems.map(({ sentence }) => sentence) }
}

/** A world whose requests are signed by a session that the release takes itself. */
function asRole(place: { url: string; clock: VirtualClock }): Partial<ReleaseWorld> {
  clock = place.clock
  const request = {
    clock: place.clock,
    roleArn: ROLE,
    audience: 'sts.amazonaws.com',
    sessionName: 'example-shop-7.1',
    askForToken: async () => tokenFor('repo:example/shop:ref:refs/heads/main'),
    sts: async () => sts,
    onSecret: () => {},
  }
  const session = new OwnSession(place.clock, async () => await assumeRole(request))
  return {
    ...clientsFor(place.url, signedBy(session)),
    readCaller: async () => callerOf((await session.current()).callerArn),
    renewCredentials: () => {
      session.expire()
      return true
    },
  }
}

/** A world with credentials of the environment, of this account as STS tells it. */
function withCaller(given: TokenAnswer) {
  return (place: { url: string; clock: VirtualClock }): Partial<ReleaseWorld> => {
    clock = place.clock
    answer = () => given
    return { readCaller: async (attempts) => await readCaller(attempts, async () => sts) }
  }
}

function fault(operation: string, code: string, count = 1): Fault {
  return { operation, count, kind: { type: 'error', code, message: 'text', httpStatus: 400 } }
}

describe('with a role', () => {
  test('one session serves all clients, and is renewed as often as a long wait needs', async () => {
    const { outputs, log } = await releaseWith({
      scenario: LONG_WAIT,
      inputs: { 'wait-for': 'completion' },
      connect: asRole,
    })
    expect(outputs.status).toBe('succeeded')
    expect(service.requests).toHaveLength(5)
    expect(log.join('\n')).not.toMatch(/secret-S|token-S/)
    expect(log).toContain('As arn:aws:sts::123456789012:assumed-role/release-web/S1.')
  })

  test('a session that AWS calls expired before its time is renewed, in reads and in writes', async () => {
    const { outputs, calls, log } = await releaseWith({
      connect: asRole,
      prepare: ({ simulator, clock: at }) => {
        simulator.addFault(fault('CreateDeployment', 'ExpiredTokenException'))
        at.atSecond(100, () => simulator.addFault(fault('*', 'ExpiredTokenException')))
      },
    })
    expect(outputs.status).toBe('succeeded')
    expect(calls.filter(({ operation }) => operation === 'CreateDeployment')).toHaveLength(2)
    expect(log.join('\n')).not.toContain('failed (')
  })

  test('STS being away for longer than the session lasts ends nothing', async () => {
    answer = (at, earlier) => {
      const minute = (at.now() - startMs) / 60_000
      return earlier > 0 && minute > 40 && minute < 90 ? BUSY : sessionAnswer('S', at.now())
    }
    let startMs = 0
    const { outputs, log } = await releaseWith({
      scenario: LONG_WAIT,
      inputs: { 'wait-for': 'completion' },
      connect: (place) => {
        startMs = place.clock.now()
        return asRole(place)
      },
    })
    expect(outputs.status).toBe('succeeded')
    const told = log.filter((line) => /failed \(|succeed again/.test(line))
    expect(told).toHaveLength(2)
    expect(told[0]).toContain('sts:AssumeRoleWithWebIdentity failed (ServiceUnavailable: later); looking again')
  })

  test('a role that may not be assumed is one refusal, and AWS is asked nothing else', async () => {
    answer = () => DENIED
    const { outputs, sentences, calls } = await releaseWith({ connect: asRole })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
    expect(sentences).toEqual([expect.stringContaining(`Role '${ROLE}' could not be assumed (AccessDenied: Not auth`)])
    expect(calls).toEqual([])
  })

  test('a role that is taken away in the wait ends it when its last session does', async () => {
    answer = (at, earlier) => (earlier === 0 ? sessionAnswer('S', at.now()) : DENIED)
    const { outputs, annotation } = await releaseWith({
      scenario: LONG_WAIT,
      inputs: { 'wait-for': 'completion' },
      connect: asRole,
    })
    expect(outputs.status).toBe('unknown')
    expect(annotation?.message).toContain('could not be assumed (AccessDenied')
  })

  test('a role of another account than the expected one is refused before any call', async () => {
    const { outputs, calls } = await releaseWith({
      inputs: { 'role-to-assume': ROLE, 'expected-account-id': '999999999999' },
      connect: asRole,
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'wrong-account' })
    expect(calls).toEqual([])
    expect(service.requests).toEqual([])
  })
})

describe('the expected account', () => {
  const EXPECTED = { 'expected-account-id': '123456789012' } as const

  test('is released to, and who we are is told in the first lines', async () => {
    const { outputs, log, summary, release } = await releaseWith({
      inputs: EXPECTED,
      connect: withCaller(callerAnswer('123456789012')),
    })
    expect(outputs.status).toBe('succeeded')
    expect(log[1]).toBe('As arn:aws:sts::123456789012:assumed-role/release-web/somebody.')
    expect(log.find((line) => line.startsWith('Deployment d-'))).toMatch(
      /in us-east-1, account 123456789012, by run 7 of example\/shop, as arn:aws:sts::/,
    )
    expect(summary).toContain('arn:aws:sts::123456789012:assumed-role/release-web/somebody')
    expect(release.warnings).toEqual([])
  })

  test('is compared before anything else is looked at; another is refused with both named', async () => {
    const { outputs, sentences, calls } = await releaseWith({
      inputs: EXPECTED,
      connect: withCaller(callerAnswer('210987654321')),
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'wrong-account' })
    expect(sentences).toEqual([
      "Input 'expected-account-id' is 123456789012, but the credentials are of account 210987654321 (arn:aws:sts::210987654321:assumed-role/release-web/somebody). Check the step that provides the credentials.",
    ])
    expect(calls).toEqual([])
  })

  test.each([
    ['is denied', errorAnswer('AccessDenied', 'no', 403)],
    ['is out of order', BUSY],
    ['is not there', errorAnswer('UnknownOperationException', 'no STS here')],
  ])('is compared with that of the service when STS %s, with a warning', async (_, given) => {
    const { outputs, release } = await releaseWith({ inputs: EXPECTED, connect: withCaller(given) })
    expect(outputs.status).toBe('succeeded')
    expect(release.warnings).toEqual([expect.stringContaining('the account is that of the service')])
    const other = await releaseWith({
      inputs: { 'expected-account-id': '999999999999' },
      connect: withCaller(given),
    })
    expect(other.outputs).toMatchObject({ status: 'refused', reason: 'wrong-account' })
    expect(other.sentences).toEqual([
      "Input 'expected-account-id' is 999999999999, but service 'web' is in account 123456789012.",
    ])
    expect(other.writes).toEqual([])
  })

  test('is not known when the credentials have expired', async () => {
    const { outputs, calls } = await releaseWith({
      inputs: EXPECTED,
      connect: withCaller(errorAnswer('ExpiredToken', 'expired', 403)),
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
    expect(calls).toEqual([])
  })
})

test.each([
  ['denied', errorAnswer('AccessDenied', 'no', 403)],
  ['out of order', BUSY],
  ['not there', errorAnswer('UnknownOperationException', 'no STS here')],
  ['talking nonsense', { status: 200, body: '<html>' }],
])('who we are is not told when STS is %s, and that is all', async (_, given) => {
  const { outputs, release, log } = await releaseWith({ connect: withCaller(given) })
  expect(outputs.status).toBe('succeeded')
  expect(release.warnings).toEqual([])
  expect(log.join('\n')).not.toContain('assumed-role')
  expect(service.requests).toHaveLength(1)
})

describe('credentials that end', () => {
  const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }

  /** A release whose credentials end so many minutes after it began. */
  const endingAfter = async (minutes: number, inputs = {}, more: Partial<SimulatedReleaseOptions> = {}) =>
    await releaseWith({
      ...more,
      inputs: { ...HOOK, ...inputs },
      connect: ({ clock: at }) => {
        const endMs = at.now() + minutes * 60_000
        return { credentialsEnd: async () => endMs }
      },
    })

  const ENDS = /^The credentials end at \d\d:\d\d:\d\dZ, and a release like this takes about 20 min: when/

  test('before a release like this usually does are warned of once, and on its page until it was seen to its end', async () => {
    let onPage: readonly string[] = []
    const onRelease = (told: Release) => {
      if (told.status === undefined && told.deploymentId !== undefined) onPage = told.warnings
    }
    const { release, outputs, log } = await endingAfter(15, {}, { world: { onRelease } })
    expect(onPage).toEqual([expect.stringMatching(ENDS)])
    expect(outputs.status).toBe('succeeded')
    expect(release.warnings).toEqual([])
    expect(log.filter((line) => line.includes('The credentials end at'))).toHaveLength(1)
  })

  test('credentials that are gone before the release is over stay on its page, since they are why its end was not seen', async () => {
    const { release, outputs } = await endingAfter(
      15,
      {},
      {
        prepare: ({ simulator, clock: at }) =>
          at.atSecond(300, () => simulator.addFault(fault('*', 'ExpiredTokenException', 10_000))),
      },
    )
    expect(outputs.status).toBe('unknown')
    expect(release.warnings).toEqual([expect.stringMatching(ENDS)])
  })

  test('only before the longest wait are mentioned', async () => {
    const { release, log } = await endingAfter(60)
    expect(release.warnings).toEqual([])
    expect(log).toContainEqual(expect.stringContaining('a deployment that still runs then can no longer be followed'))
  })

  test.each([
    ['after the longest wait', 600, {}],
    ['when nothing is waited for', 15, { 'wait-for': 'nothing' }],
  ])('%s are no matter', async (_, minutes, inputs) => {
    const { log } = await endingAfter(minutes, inputs)
    expect(log.join('\n')).not.toContain('The credentials end at')
  })

  test.each([
    [90, 'are warned of'],
    [10, 'are no matter'],
  ])('at a time that nobody tells, with a release of about %d min more, %s', async (minutes, what) => {
    const world = withGroup(baseScenario.world, { terminationWaitMinutes: minutes })
    const { release, log } = await releaseWith({
      scenario: { ...baseScenario, world },
      inputs: { ...HOOK, 'wait-for': 'completion' },
      world: { credentialsEnd: async () => 'not-told' },
    })
    const warning = expect.stringMatching(
      /^Warning: A release like this takes about .*AWS_CREDENTIAL_EXPIRATION.* is not set/,
    )
    expect(log.filter((line) => line.includes('AWS_CREDENTIAL_EXPIRATION'))).toEqual(
      what === 'are warned of' ? [warning] : [],
    )
    expect(release.warnings).toEqual([])
  })

  test('in the wait end it at once, with the deployment, its address, and how to look and go on', async () => {
    const { outputs, annotation, calls } = await releaseWith({
      prepare: ({ simulator, clock: at }) =>
        at.atSecond(100, () => simulator.addFault(fault('*', 'ExpiredTokenException', 10_000))),
    })
    const id = outputs['codedeploy-deployment-id']
    expect(outputs.status).toBe('unknown')
    expect(annotation?.message).toContain(
      `Lost sight of deployment ${id}, which may go on in CodeDeploy without this step: when it was last read at `,
    )
    expect(annotation?.message).toContain('because the credentials have expired (ExpiredToken: text)')
    expect(annotation?.message).toContain(`aws deploy get-deployment --deployment-id ${id} --region us-east-1`)
    expect(annotation?.message).toContain(outputs['console-url'])
    expect(annotation?.message).toContain('running this job again takes it up where it is by then')
    const refused = calls.filter(({ httpStatus, atMs }) => httpStatus === 400 && atMs >= SIMULATION_START_MS + 100_000)
    expect(refused.map(({ operation }) => operation)).toEqual(['GetDeploymentTarget', 'DescribeServices'])
  })
})
