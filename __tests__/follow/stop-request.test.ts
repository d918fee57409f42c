import { expect, test } from '@jest/globals'
import type { CallError } from '../../src/aws/attempts.ts'
import { StopRequest } from '../../src/follow/stop-request.ts'
import { callError, handEngine, handFollowing } from '../support/hand-engine.ts'
import { snapshot } from '../support/snapshots.ts'

const STOPPED = snapshot('SSSSFKKK', { status: 'stopped', error: { code: 'MANUAL_STOP', message: '' } })
const BY_ALARM = snapshot('SSSSFKKK', { status: 'stopped', error: { code: 'ALARM_ACTIVE', message: '' } })

/** What an attempt of a call was answered whose attempt before got no answer. */
function unansweredAtFirst(code: string): CallError {
  const error = callError('answered', code, true)
  error.hadUnanswered = true
  return error
}

/** A request whose answers are these, one after the other; after them it is accepted. */
function requestWith(answers: (CallError | 'accepted')[]) {
  const { clock, following, told } = handFollowing()
  const engine = handEngine(clock, () => STOPPED, {
    stop: async () => {
      const answer = answers.shift() ?? 'accepted'
      if (answer !== 'accepted') throw answer
    },
  })
  return { clock, told, engine, request: new StopRequest(engine, 'd-ORIGINAL1', following) }
}

test('a stop that is accepted asks for a rollback, is told once and is never sent again', async () => {
  const { request, engine, told, clock } = requestWith([])
  await request.send()
  await clock.sleep(60_000)
  await request.sendAgainIfWorthwhile()
  expect(engine.asked).toEqual([{ atMs: 0, what: 'stop with rollback', deploymentId: 'd-ORIGINAL1' }])
  expect(told.stopsAccepted).toBe(1)
  expect(request.refusal).toBeUndefined()
  expect(request.isRefusedForGood).toBe(false)
  expect(request.hasEnded(STOPPED)).toBe(false)
})

test('a stop that failed for a passing reason is sent again after 10 s, not before', async () => {
  const { request, engine, told, clock } = requestWith([callError('throttled', 'ThrottlingException', true)])
  await request.send()
  expect(request.refusal).toBe('ThrottlingException: message')
  expect(request.problem).toBeDefined()
  expect(request.isRefusedForGood).toBe(false)
  await clock.sleep(9_999)
  await request.sendAgainIfWorthwhile()
  expect(engine.asked).toHaveLength(1)
  await clock.sleep(1)
  await request.sendAgainIfWorthwhile()
  expect(engine.times('stop with rollback')).toEqual([0, 10_000])
  expect(request.refusal).toBeUndefined()
  expect(request.problem).toBeUndefined()
  expect(told.stopsAccepted).toBe(1)
})

test.each<[string, CallError, boolean, boolean]>([
  ['denied', callError('denied', 'AccessDenied', true), true, false],
  ['refused for expired credentials', callError('expired', 'ExpiredToken', true), true, false],
  ['throttled before it was looked at', callError('throttled', 'ThrottlingException', true), false, false],
  ['cut off, so that it may have been carried out', callError('network', 'ECONNRESET'), false, true],
  ['too late', callError('answered', 'DeploymentAlreadyCompleted', true), false, false],
  ['not answered at first and too late when sent again', unansweredAtFirst('DeploymentAlreadyCompleted'), false, true],
])('a stop that was %s is taken for what it is', async (_name, answer, isForGood, mayBeOurs) => {
  const { request, told } = requestWith([answer])
  await request.send()
  expect(request.isRefusedForGood).toBe(isForGood)
  expect(request.hasEnded(STOPPED)).toBe(mayBeOurs)
  expect(request.hasEnded(BY_ALARM)).toBe(false)
  expect(told.stopsAccepted).toBe(0)
})

test('a stop whose answer was lost and that then finds the deployment stopped has stopped it', async () => {
  const { request, clock } = requestWith([
    callError('network', 'ECONNRESET'),
    callError('answered', 'DeploymentAlreadyCompleted', true),
  ])
  await request.send()
  await clock.sleep(10_000)
  await request.sendAgainIfWorthwhile()
  expect(request.hasEnded(STOPPED)).toBe(true)
  expect(request.isRefusedForGood).toBe(false)
})
