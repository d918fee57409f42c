import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { readSnapshot, shareByPrimary, taskSetsWithoutTarget } from '../../src/code-deploy/code-deploy-snapshot.ts'
import { replacementTraffic } from '../../src/follow/snapshot.ts'
import { at } from '../support/snapshots.ts'

const READ = { readAt: at(0), originalTaskSetId: 'ecs-svc/1' }

/** The example of GetDeploymentTarget in AWS's ECS tutorial of 2018, its times as the SDK gives them. */
const documented = JSON.parse(
  readFileSync(new URL('../fixtures/get-deployment-target-2018.json', import.meta.url), 'utf8'),
  (name, value) => (/Time$|At$/.test(name) ? new Date(value * 1000) : value),
).deploymentTarget

test("reads AWS's own documented example, which has no labels and no test events", () => {
  const originalTaskSetId = 'ecs-svc/9223370493425779968'
  const info = { status: 'InProgress' } as const
  const snapshot = readSnapshot({ ...READ, info, target: documented, originalTaskSetId })
  expect(snapshot.events.map(({ name }) => name)).toEqual([
    'BeforeInstall',
    'Install',
    'AfterInstall',
    'BeforeAllowTraffic',
    'AllowTraffic',
    'AfterAllowTraffic',
  ])
  expect(snapshot.eventsAreDone).toBe(true)
  expect(snapshot.taskSets).toMatchObject([
    { role: 'original', state: 'active', trafficPercent: 0 },
    { role: 'replacement', state: 'primary', trafficPercent: 100 },
  ])
  expect(replacementTraffic(snapshot)).toBe(100)
})

test('reads an answer with every member missing as a status that is not known', () => {
  const snapshot = readSnapshot({ ...READ, info: {}, target: {} })
  expect(snapshot).toMatchObject({
    status: 'unknown',
    events: [],
    taskSets: [],
    eventsAreDone: false,
    error: undefined,
  })
  expect(replacementTraffic(snapshot)).toBeUndefined()
})

test('keeps a status word that is newer than the SDK, made harmless', () => {
  const status = '::set-output name=x::y\u001b[31m' as 'Created'
  const snapshot = readSnapshot({ ...READ, info: { status }, target: undefined })
  expect(snapshot.status).toBe('unknown')
  expect(snapshot.statusWord).toBe('::set-output name=x::y')
})

test.each(['constructor', 'toString', '__proto__'])(
  "the word '%s', which every object has a member of, is no status of anything",
  (word) => {
    const target = {
      ecsTarget: {
        lifecycleEvents: [{ lifecycleEventName: 'Install', status: word as 'Pending' }],
        taskSetsInfo: [{ identifer: 'ecs-svc/1', status: word }],
      },
    }
    const snapshot = readSnapshot({ ...READ, info: { status: word as 'Created' }, target })
    expect(snapshot).toMatchObject({
      status: 'unknown',
      events: [{ name: 'Install', status: 'unknown' }],
      taskSets: [{ id: 'ecs-svc/1', state: 'unknown' }],
    })
  },
)

test.each([
  ['Blue', 'PRIMARY', 'original'],
  ['Green', 'ACTIVE', 'replacement'],
] as const)(
  'a task set that is labelled %s is told as that, also while it is %s and the original is gone',
  (taskSetLabel, status, role) => {
    const target = { ecsTarget: { taskSetsInfo: [{ identifer: 'ecs-svc/2', taskSetLabel, status }] } }
    const { taskSets } = readSnapshot({ ...READ, originalTaskSetId: undefined, info: {}, target })
    expect(taskSets.map((taskSet) => taskSet.role)).toEqual([role])
  },
)

test('joins what diagnostics say and leaves out what they do not', () => {
  const event = {
    lifecycleEventName: 'AfterAllowTestTraffic',
    status: 'Failed' as const,
    diagnostics: { errorCode: 'ScriptFailed' as const, scriptName: '', message: 'no answer', logTail: '' },
  }
  const target = { ecsTarget: { lifecycleEvents: [event, { ...event, diagnostics: {} }] } }
  const { events } = readSnapshot({ ...READ, info: { status: 'Failed' }, target })
  expect(events.map(({ diagnostics }) => diagnostics)).toEqual(['ScriptFailed: no answer', undefined])
})

test('a pointer to a rollback may have an id, a message, both or be empty', () => {
  const read = (rollbackInfo: object) =>
    readSnapshot({ ...READ, info: { status: 'Failed', rollbackInfo }, target: undefined })
  expect(read({}).rollback).toBeUndefined()
  expect(read({ rollbackDeploymentId: 'd-R' }).rollback).toEqual({ deploymentId: 'd-R', message: '' })
  expect(read({ rollbackMessage: 'cannot' }).rollback).toEqual({ deploymentId: undefined, message: 'cannot' })
})

test('a task set that the deployment itself made is its replacement, also when it is all that serves', () => {
  const only = { id: 'ecs-svc/2', deploymentId: 'd-OURS', status: 'PRIMARY', taskDefinitionArn: '' }
  const taskSets = taskSetsWithoutTarget([{ ...only, running: 2, pending: 0, desired: 2 }], 'd-OURS', 'ecs-svc/2')
  expect(taskSets).toMatchObject([{ id: 'ecs-svc/2', role: 'replacement' }])
  expect(shareByPrimary(taskSets)).toBe(100)
})

test('without labels, and with the original gone, the task set that serves is the replacement', () => {
  const taskSetsInfo = [
    { identifer: 'ecs-svc/1', status: 'ACTIVE', trafficWeight: 0 },
    { identifer: 'ecs-svc/2', status: 'PRIMARY', trafficWeight: 100 },
  ]
  const target = { ecsTarget: { taskSetsInfo } }
  const snapshot = readSnapshot({ ...READ, originalTaskSetId: undefined, info: { status: 'Succeeded' }, target })
  expect(replacementTraffic(snapshot)).toBe(100)
})

test('takes from ECS which task set is primary when the target cannot be read', () => {
  const common = { taskDefinitionArn: '', running: 2, pending: 0, desired: 2 }
  const taskSets = taskSetsWithoutTarget(
    [
      { ...common, id: 'ecs-svc/1', deploymentId: undefined, status: 'ACTIVE' },
      { ...common, id: 'ecs-svc/2', deploymentId: 'd-OURS', status: 'PRIMARY' },
      { ...common, id: 'ecs-svc/3', deploymentId: 'd-OTHER', status: 'ACTIVE' },
    ],
    'd-OURS',
    'ecs-svc/1',
  )
  expect(taskSets.map(({ id, role, state }) => `${id} ${role} ${state}`)).toEqual([
    'ecs-svc/1 original active',
    'ecs-svc/2 replacement primary',
  ])
})
