import { describe, expect, test } from '@jest/globals'
import { Progress } from '../../src/release/progress.ts'
import type { Release } from '../../src/release-state.ts'
import { handAws } from '../support/hand-aws.ts'
import { newRelease } from '../support/releases.ts'
import { snapshot, T0 } from '../support/snapshots.ts'

const ID = 'd-ORIGINAL1'
const CREATED = { kind: 'status', deploymentId: ID, atMs: T0, status: 'created', statusWord: 'Created' } as const

/** The progress of a release of which so much is known, its log, and how it was handed on. */
function begun(change: Partial<Release> = {}) {
  const handedOn: Release[] = []
  const { world, log, clock } = handAws({}, { world: { onRelease: (release) => handedOn.push(release) } })
  return { progress: new Progress(newRelease(change), world), log, clock, handedOn }
}

describe('a warning', () => {
  test('is an annotation of the log while no deployment has changed, also once there is one', () => {
    for (const change of [{}, { deploymentId: ID }, { timeline: [CREATED] }]) {
      const { progress, log } = begun(change)
      progress.warn('Mind this.')
      expect(log).toEqual(['Warning: Mind this.'])
    }
  })

  test('has the time, as the changes around it do, once a deployment has changed', async () => {
    const { progress, log, clock } = begun({ deploymentId: ID, timeline: [CREATED] })
    await clock.sleep(90_000)
    progress.warn('Mind this.')
    expect(log).toEqual(['12:01:30Z  Warning: Mind this.'])
  })

  test('is told once, and kept for the summary', () => {
    const { progress, log } = begun()
    progress.warn('Mind this.')
    progress.warn('And this.')
    progress.warn('Mind this.')
    expect(log).toEqual(['Warning: Mind this.', 'Warning: And this.'])
    expect(progress.release.warnings).toEqual(['Mind this.', 'And this.'])
  })

  test('of a concern is gone from the summary once there is nothing more to warn of', () => {
    const { progress } = begun()
    progress.warn('Something else.')
    progress.warnOf('credentials', ['They end soon.'])
    expect(progress.release.warnings).toEqual(['Something else.', 'They end soon.'])
    progress.warnOf('credentials', [])
    expect(progress.release.warnings).toEqual(['Something else.'])
  })

  test('of a concern about which there never was anything to say is no news', () => {
    const { progress, handedOn } = begun()
    progress.warnOf('credentials', [])
    expect(handedOn).toEqual([])
  })
})

test('what is to be said afterwards is said once, in order, when the changes before it are told', () => {
  const { progress } = begun()
  const said: string[] = []
  progress.afterwards(() => said.push('first'))
  progress.afterwards(() => said.push('second'))
  expect(said).toEqual([])
  progress.told()
  progress.told()
  expect(said).toEqual(['first', 'second'])
})

test('what is still to be said when a release ends is said before it has ended', () => {
  const { progress } = begun()
  const said: unknown[] = []
  progress.afterwards(() => said.push(progress.release.status))
  expect(progress.end('succeeded')).toMatchObject({ status: 'succeeded', endedAt: { atMs: T0 } })
  expect(said).toEqual([undefined])
})

test('a change of the deployment is a line of the log and of the timeline, and handed on at once', () => {
  const { progress, log, handedOn } = begun({ deploymentId: ID })
  progress.enter(CREATED)
  expect(log).toEqual([expect.stringMatching(/^12:00:00Z .*Created/)])
  expect(handedOn.map(({ timeline }) => timeline)).toEqual([[CREATED]])
})

test('a reading is kept of the deployment of the release alone, not of the one that rolls it back', () => {
  const { progress } = begun({ deploymentId: ID })
  const own = snapshot('SRPPPPPP')
  progress.see(own)
  progress.see(snapshot('SSSSSSSS', { deploymentId: 'd-BACK00001' }))
  expect(progress.release.snapshot).toBe(own)
})

test('why a task of the replacement stopped is a warning and kept', () => {
  const { progress, log } = begun()
  progress.taskStopped('OutOfMemory', 1)
  expect(log).toEqual(['Warning: A replacement task stopped: OutOfMemory'])
  expect(progress.release.taskStops).toEqual(['OutOfMemory'])
})
