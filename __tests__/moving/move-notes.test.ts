import { expect, test } from '@jest/globals'
import { type MoveNote, moveNotes } from '../../src/moving/move-notes.ts'
import { movingOf } from '../../src/moving/moving.ts'
import type { CodeDeployService } from '../../src/moving/native-equivalent.ts'
import { groupOf, serviceOf } from '../support/group-parts.ts'
import { movingService } from './parts.ts'

const MINUTE_MS = 60_000

const LINEAR = { kind: 'linear', durationMs: 27 * MINUTE_MS, stepPercent: 10, stepMs: 3 * MINUTE_MS } as const
const HELD = { holdsAtReady: true, readyWaitMs: 60 * MINUTE_MS }

/** The only note with these words, as `kind: sentence`; undefined when there is none. */
function noteWith(words: RegExp, change: Partial<CodeDeployService>): string | undefined {
  const found = moveNotes(movingService(change)).filter(({ sentence }) => words.test(sentence))
  expect(found.length).toBeLessThan(2)
  return found.map(({ kind, sentence }) => `${kind}: ${sentence}`)[0]
}

test.each<[string, RegExp, Partial<CodeDeployService>, MoveNote['kind']]>([
  ['an original that is kept for good', /for good/, { group: groupOf({ terminationWaitMs: undefined }) }, 'missing'],
  [
    'a termination wait of over a day',
    /of 2880 min: the bake time has 1440 min at most/,
    { group: groupOf({ terminationWaitMs: 2_880 * MINUTE_MS }) },
    'missing',
  ],
  ['a wait at Ready that is over', /Nobody continues within 60 min/, { group: groupOf(HELD) }, 'differs'],
  ['a wait at Ready of no time', /at least 1 min/, { group: groupOf({ ...HELD, readyWaitMs: 0 }) }, 'missing'],
  [
    'a wait that goes on by itself',
    /lasts 60 min unless/,
    { group: groupOf({ ...HELD, holdsAtReady: false }) },
    'differs',
  ],
  ['a pause and a shift in steps', /before each step/, { group: groupOf(HELD), shift: LINEAR }, 'differs'],
  [
    'no rollback on a failure: its hooks',
    /always rolls back/,
    { hooks: { AfterInstall: 'a' }, rollbackOn: [] },
    'missing',
  ],
  ['no rollback on a failure: its tasks', /never gets healthy/, { rollbackOn: ['stop'] }, 'differs'],
  ['no rollback on a stop', /A stop without rollback/, { rollbackOn: ['failure'] }, 'missing'],
  ['no rollback on an alarm', /leaves traffic as it is/, { alarms: ['web-5xx'], rollbackOn: ['failure'] }, 'differs'],
  ['alarms that may fire already', /fires already/, { alarms: ['web-5xx'] }, 'differs'],
  [
    'alarms whose state cannot be read',
    /ignorePollAlarmFailure/,
    { alarms: ['web-5xx'], group: groupOf({ ignoresAlarmTrouble: true }) },
    'missing',
  ],
  [
    'hooks that call back',
    /CodeDeployHook_validate would fail/,
    { hooks: { AfterInstall: 'CodeDeployHook_validate' } },
    'prepare',
  ],
  ['hooks of one deployment', /Hooks of one deployment/, { hooks: { AfterInstall: 'a' } }, 'missing'],
  [
    'hooks that are not awaited for an hour',
    /a day unless told otherwise/,
    { hooks: { AfterInstall: 'a' } },
    'differs',
  ],
  [
    'a hook before each of ten steps',
    /each of the 10 steps/,
    { hooks: { BeforeAllowTraffic: 'a' }, shift: LINEAR },
    'differs',
  ],
  [
    'a hook before both steps of a canary',
    /each of the 2 steps/,
    { hooks: { BeforeAllowTraffic: 'a' }, shift: { ...LINEAR, kind: 'canary' } },
    'differs',
  ],
  ['a network load balancer', /ten minutes/, { group: groupOf({ isBehindNetwork: true }) }, 'differs'],
  [
    'a service without a test listener',
    /weight 1 and the other with weight 0/,
    { group: groupOf({ hasTestListener: false }) },
    'prepare',
  ],
  [
    'several load balancers',
    /admin:9000 needs a second target group/,
    { service: serviceOf({ otherContainers: [{ name: 'admin', port: 9000 }] }) },
    'prepare',
  ],
  [
    'an AppSpec that the service cannot say',
    /Odd of the AppSpec/,
    { appSpec: { containerName: 'web', containerPort: 8080, properties: { Odd: 1 } } },
    'prepare',
  ],
  [
    'a deployment configuration that could not be read',
    /could not be read: strategy/,
    { shift: { ...LINEAR, kind: 'unknown', durationMs: 2_880 * MINUTE_MS } },
    'prepare',
  ],
  ['steps of one percent', /Steps of 1 %/, { shift: { ...LINEAR, stepPercent: 1 } }, 'missing'],
  ['steps of two days', /2880 min between steps/, { shift: { ...LINEAR, stepMs: 2_880 * MINUTE_MS } }, 'missing'],
  [
    'waits that CloudFormation refuses',
    /CloudFormation refuses/,
    { group: groupOf({ ...HELD, readyWaitMs: 7_200 * MINUTE_MS }), shift: LINEAR },
    'differs',
  ],
])('%s is told, and only where it is so', (_, words, change, kind) => {
  expect(noteWith(words, change)).toMatch(new RegExp(`^${kind}: `))
  expect(noteWith(words, {})).toBeUndefined()
})

test('a service that could hardly be simpler has its role and rule to do, and what is true of all services', () => {
  const simplest = movingService({ group: groupOf({ terminationWaitMs: 0 }) })
  expect(movingOf(simplest).notes.map(({ kind, sentences }) => [kind, sentences.length])).toEqual([
    ['prepare', 2],
    ['missing', 1],
    ['differs', 3],
  ])
})

test('is told in whole sentences, whatever names are in them', () => {
  const service = serviceOf({
    otherContainers: [
      { name: 'x'.repeat(500), port: 1 },
      { name: 'a\nb', port: 2 },
    ],
  })
  const notes = moveNotes(
    movingService({
      service,
      hooks: {
        BeforeAllowTraffic: 'f'.repeat(64),
        AfterInstall: `arn:aws:lambda:us-east-1:1:function:${'g'.repeat(64)}:live`,
      },
      shift: { ...LINEAR, stepPercent: 1, stepMs: 1e12 },
      group: groupOf({ ...HELD, terminationWaitMs: undefined, ignoresAlarmTrouble: true }),
      rollbackOn: [],
      alarms: ['web-5xx'],
    }),
  )
  expect(notes.length).toBeGreaterThan(15)
  for (const { sentence } of notes) expect(sentence).toMatch(/^[A-Za-z0-9][^\n]{20,500}\.$/)
})

test('counts what there is to know', () => {
  expect(movingOf(movingService()).inShort).toContain(
    '2 to do before, 2 without an equivalent and 3 that go another way',
  )
})
