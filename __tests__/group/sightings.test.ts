import { expect, test } from '@jest/globals'
import { Sightings } from '../../src/group/sightings.ts'
import { at, snapshot, T0 } from '../support/snapshots.ts'

type Seen = [second: number, letters: string, status: 'running' | 'ready' | 'failed']

/** A wait at Ready, before and after which the deployment runs. */
const WAITS: Seen = [40, 'SSSSSPPP', 'ready']

/**
 * How old the last of these looks is told to be, in seconds, when CodeDeploy says that it has been like this since a
 * second of its own clock.
 */
function age(looks: Seen[], since: number): number {
  const sightings = new Sightings()
  let last = snapshot('')
  for (const [second, letters, status] of looks) {
    last = snapshot(letters, { status, statusReadAt: at(second) })
    sightings.see(last)
  }
  return sightings.ageMs(last, T0 + since * 1000) / 1000
}

test.each<[string, Seen[], number, number]>([
  ['is as old as CodeDeploy says when it is seen for the first time', [WAITS], 10, 30],
  ['is not younger than now, however far ahead the clock of CodeDeploy is', [WAITS], 500, 0],
  [
    'is at least as old as it has been seen, also where CodeDeploy says that it has just begun',
    [WAITS, [90, 'SSSSSPPP', 'ready']],
    90,
    50,
  ],
  [
    'is no older than the last look at which it was otherwise, whatever CodeDeploy says',
    [[30, 'SSSSRPPP', 'running'], WAITS, [90, 'SSSSSPPP', 'ready']],
    -3600,
    60,
  ],
  [
    'is counted from the look before the last change, not from an earlier one',
    [[10, 'SSSSRPPP', 'running'], WAITS, [70, 'SSSSFPPP', 'failed']],
    -3600,
    30,
  ],
  [
    'is as old as CodeDeploy says between the two',
    [[30, 'SSSSRPPP', 'running'], WAITS, [90, 'SSSSSPPP', 'ready']],
    35,
    55,
  ],
])('how a deployment is %s', (_what, looks, since, seconds) => {
  expect(age(looks, since)).toBe(seconds)
})

test('a deployment that was never seen is as old as CodeDeploy says, and each is counted for itself', () => {
  const sightings = new Sightings()
  sightings.see(snapshot('SSSSRPPP', { deploymentId: 'd-OTHER', statusReadAt: at(39) }))
  sightings.see(snapshot('SSSSSPPP', { status: 'ready', deploymentId: 'd-OTHER', statusReadAt: at(40) }))
  expect(sightings.ageMs(snapshot('SSSSSPPP', { status: 'ready', statusReadAt: at(40) }), T0)).toBe(40_000)
})
