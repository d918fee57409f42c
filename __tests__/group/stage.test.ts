import { expect, test } from '@jest/globals'
import { type Stage, type StageFacts, stageOf } from '../../src/group/stage.ts'
import { snapshot, taskSets } from '../support/snapshots.ts'

function stage(facts: Partial<StageFacts>): Stage | undefined {
  return stageOf({
    snapshot: snapshot('SRPPPPPP'),
    isSeen: true,
    isRollback: false,
    isPrimary: false,
    isHeldAtReady: true,
    ...facts,
  })
}

const ready = { status: 'ready', statusWord: 'Ready' } as const

test.each<[string, Partial<StageFacts>, Stage | undefined]>([
  ['no event seen yet', { snapshot: snapshot('', { status: 'created' }) }, 'unshifted'],
  ['installing', {}, 'unshifted'],
  ['a hook before the shift', { snapshot: snapshot('SSSSRPPP', { taskSets: taskSets(0) }) }, 'unshifted'],
  [
    'the shift has begun and no weight is seen',
    { snapshot: snapshot('SSSSSSRP', { taskSets: taskSets(0) }) },
    'shifting',
  ],
  ['a tenth is shifted', { snapshot: snapshot('SSSSSSRP', { taskSets: taskSets(10) }) }, 'shifting'],
  ['a hook after the shift', { snapshot: snapshot('SSSSSSSR', { taskSets: taskSets(100) }) }, 'shifting'],
  ['weight although the event is not told', { snapshot: snapshot('SSSSSSPP', { taskSets: taskSets(10) }) }, 'shifting'],
  ['lifecycle events denied', { snapshot: snapshot(''), isSeen: false }, 'shifting'],
  [
    'lifecycle events denied, its task set is PRIMARY',
    { snapshot: snapshot(''), isSeen: false, isPrimary: true },
    'shifted',
  ],
  ['every event done', { snapshot: snapshot('SSSSSSSS') }, 'shifted'],
  ['Ready', { snapshot: snapshot('SSSSSPPP', ready) }, 'held'],
  ['Ready, lifecycle events denied', { snapshot: snapshot('', ready), isSeen: false }, 'held'],
  ['Ready while the test hook still runs', { snapshot: snapshot('SSSSRPPP', ready) }, 'unshifted'],
  [
    'Ready in a group that continues by itself',
    { snapshot: snapshot('SSSSSPPP', ready), isHeldAtReady: false },
    'unshifted',
  ],
  ['a rollback', { isRollback: true }, 'rolling-back'],
  ['a status newer than this version', { snapshot: snapshot('SRPPPPPP', { status: 'unknown' }) }, 'unshifted'],
  ['succeeded', { snapshot: snapshot('SSSSSSSS', { status: 'succeeded' }) }, undefined],
  ['failed', { snapshot: snapshot('SFKKKKKK', { status: 'failed' }) }, undefined],
  ['a rollback that is over', { snapshot: snapshot('SSSSSSSS', { status: 'succeeded' }), isRollback: true }, undefined],
])('%s', (_name, facts, expected) => {
  expect(stage(facts)).toBe(expected)
})
