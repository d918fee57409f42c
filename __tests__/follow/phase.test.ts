import { expect, test } from '@jest/globals'
import { isSamePhase, type Phase, phaseOf } from '../../src/follow/phase.ts'
import type { EventReading, Hooks, Snapshot } from '../../src/follow/snapshot.ts'
import { events, snapshot } from '../support/snapshots.ts'

const HOOKS: Hooks = { AfterAllowTestTraffic: 'check', AfterAllowTraffic: 'watch' }
const HOOK: Phase = { kind: 'hook', event: 'AfterAllowTestTraffic', hookFunction: 'check' }

function unseen(name: string): EventReading {
  return { name, status: 'unseen', startedAtMs: undefined, endedAtMs: undefined, diagnostics: undefined }
}

test.each<[string, Snapshot | undefined, Phase]>([
  ['that was never read is being provisioned', undefined, { kind: 'provisioning' }],
  ['whose events are not told yet is being provisioned', snapshot(''), { kind: 'provisioning' }],
  ['that is being installed is being provisioned', snapshot('SRPPPPPP'), { kind: 'provisioning' }],
  ['between two events is there', snapshot('SSSPPPPP'), { kind: 'between' }],
  ['in an event without a hook is between', snapshot('SSSSSRPP'), { kind: 'between' }],
  ['in an event with a hook waits for that hook', snapshot('SSSSRPPP'), HOOK],
  ['that shifts is shifting', snapshot('SSSSSSRP'), { kind: 'shift' }],
  ['at Ready is there, also while its hook runs', snapshot('SSSSRPPP', { status: 'ready' }), { kind: 'ready' }],
  ['whose events are all done waits for the termination', snapshot('SSSSSSSS'), { kind: 'termination' }],
  [
    'whose events were all done when they were last seen waits for the termination',
    snapshot('SSSSSSSS', { eventsAreStale: true }),
    { kind: 'termination' },
  ],
  ['whose events cannot be seen is unseen', snapshot('SSSSRPPP', { eventsAreStale: true }), { kind: 'unseen' }],
  [
    'that was adopted after its installing is between two events',
    snapshot('SPPPPPPP', { events: events('SPPPPPPP').with(1, unseen('Install')) }),
    { kind: 'between' },
  ],
  [
    'that is a rollback without events is a rollback',
    snapshot('', { isRollback: true }),
    { kind: 'rollback', hasBegun: true },
  ],
  ['that has failed has ended', snapshot('SSSSFKKK', { status: 'failed' }), { kind: 'ended' }],
  [
    'at Ready is there, also when its events cannot be seen',
    snapshot('', { status: 'ready', eventsAreStale: true }),
    { kind: 'ready' },
  ],
  ['that has succeeded has ended', snapshot('SSSSSSSS', { status: 'succeeded' }), { kind: 'ended' }],
  ['that was stopped unseen has ended', snapshot('', { status: 'stopped', eventsAreStale: true }), { kind: 'ended' }],
])('a deployment %s', (_name, now, phase) => {
  expect(phaseOf(now, HOOKS)).toEqual(phase)
})

test('two hooks are two phases, and any other phase is the same as itself', () => {
  const other: Phase = { kind: 'hook', event: 'AfterAllowTraffic', hookFunction: 'check' }
  expect(isSamePhase(HOOK, { ...HOOK })).toBe(true)
  expect(isSamePhase(HOOK, other)).toBe(false)
  expect(isSamePhase(HOOK, { kind: 'shift' })).toBe(false)
  expect(isSamePhase({ kind: 'shift' }, { kind: 'shift' })).toBe(true)
  expect(isSamePhase({ kind: 'shift' }, { kind: 'between' })).toBe(false)
})
