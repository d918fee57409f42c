import { describe, expect, test } from '@jest/globals'
import { type RoomFacts, type RoomStep, roomStep } from '../../src/group/room-policy.ts'
import type { Stage } from '../../src/group/stage.ts'
import type { RoomPolicy } from '../../src/inputs/choices.ts'

const FACTS: RoomFacts = {
  stage: 'unshifted',
  isOwnRollback: false,
  freeInMs: undefined,
  asked: new Set(),
  leftMs: 600_000,
}

describe('a deployment in the way', () => {
  test.each<[RoomPolicy, Stage, RoomStep]>([
    ['wait', 'unshifted', 'wait'],
    ['wait', 'shifting', 'wait'],
    ['wait', 'held', 'refuse'],
    ['wait', 'shifted', 'wait'],
    ['wait', 'rolling-back', 'wait'],
    ['replace', 'unshifted', 'stop'],
    ['replace', 'shifting', 'wait'],
    ['replace', 'held', 'stop'],
    ['replace', 'shifted', 'end-termination-wait'],
    ['replace', 'rolling-back', 'wait'],
    ['fail', 'unshifted', 'refuse'],
    ['fail', 'shifting', 'refuse'],
    ['fail', 'held', 'refuse'],
    ['fail', 'shifted', 'refuse'],
    ['fail', 'rolling-back', 'refuse'],
  ])('%s, %s: %s', (policy, stage, step) => {
    expect(roomStep(policy, { ...FACTS, stage })).toBe(step)
  })

  test('is waited for under fail when it rolls back an earlier attempt of this very job', () => {
    expect(roomStep('fail', { ...FACTS, stage: 'rolling-back', isOwnRollback: true })).toBe('wait')
  })

  test.each<[RoomPolicy, Stage]>([
    ['wait', 'unshifted'],
    ['wait', 'shifting'],
    ['wait', 'rolling-back'],
    ['replace', 'shifting'],
    ['replace', 'unshifted'],
    ['replace', 'shifted'],
  ])('is not waited for beyond the budget: %s, %s', (policy, stage) => {
    expect(roomStep(policy, { ...FACTS, stage, leftMs: 0 })).toBe('refuse')
  })

  test('in its termination wait is waited for when that ends within the budget, else not at all', () => {
    expect(roomStep('wait', { ...FACTS, stage: 'shifted', freeInMs: 600_000 })).toBe('wait')
    expect(roomStep('wait', { ...FACTS, stage: 'shifted', freeInMs: 600_001 })).toBe('refuse')
  })

  test('is asked once and then waited for, however long its termination wait was', () => {
    const asked = new Set<RoomStep>(['stop', 'end-termination-wait'])
    expect(roomStep('replace', { ...FACTS, asked })).toBe('wait')
    expect(roomStep('replace', { ...FACTS, stage: 'shifted', freeInMs: 9_000_000, asked })).toBe('wait')
    expect(roomStep('replace', { ...FACTS, asked, leftMs: 0 })).toBe('refuse')
  })
})
