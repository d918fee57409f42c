import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ReleasePlan } from '../../src/plan/plan.ts'
import {
  readSavedRelease,
  removeSavedRelease,
  restoreRelease,
  savedRelease,
  saveRelease,
} from '../../src/step/saved-release.ts'
import { newRelease } from '../support/releases.ts'
import { snapshot, T0 } from '../support/snapshots.ts'

const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2'
const NOW = { atMs: T0 + 600_000, monotonicMs: 5_000 }
const DEFINITION = { family: 'web', containerDefinitions: [{ environment: [{ name: 'KEY', value: 'hunter2' }] }] }
const PLAN = {
  definition: { kind: 'register', definition: DEFINITION },
  budget: { totalMs: 60_000, overallMs: 60_000, phaseMs: () => 60_000 },
  rollbackOn: ['failure'],
} as unknown as ReleasePlan
const EVENTS = snapshot('SRPPPPPP').events
const STARTED = newRelease({
  plan: PLAN,
  taskDefinition: { arn: ARN, isNew: true },
  creationSentAtMs: T0,
  snapshot: snapshot('SRPPPPPP'),
  stopAccepted: true,
})

test('a release is restored as it was, with the revision that it registered and no limit of the main step', () => {
  const restored = restoreRelease(saveRelease(STARTED), NOW)
  expect(restored).toMatchObject({ creationSentAtMs: T0, stopAccepted: true, taskDefinition: { arn: ARN } })
  expect(restored?.snapshot).toMatchObject({ statusWord: 'InProgress', events: JSON.parse(JSON.stringify(EVENTS)) })
  expect(restored?.plan).toMatchObject({ definition: { kind: 'use', arn: ARN }, rollbackOn: ['failure'] })
  expect(restored?.plan?.budget.phaseMs({ kind: 'provisioning' })).toBe(0)
})

test('the values of variables are not saved', () => {
  expect(saveRelease(STARTED)).not.toContain('hunter2')
})

test('moments of the main step are counted by the wall clock in the post step, whose own clock began later', () => {
  const startedAt = { atMs: T0, monotonicMs: 900_000 }
  const restored = restoreRelease(saveRelease({ ...STARTED, startedAt }), NOW)
  expect(restored?.startedAt).toEqual({ atMs: T0, monotonicMs: NOW.monotonicMs - 600_000 })
})

test.each([
  ['is empty', ''],
  ['was cut off by a kill', saveRelease(STARTED).slice(0, -1)],
  ['is no object', '[]'],
  ['is null', 'null'],
  ['is of something else', '{"status":"cancelled"}'],
  ['has no moment to count from', JSON.stringify({ ...STARTED, startedAt: T0 })],
])('there is nothing to go on with when what was saved %s', (_what, text) => {
  expect(restoreRelease(text, NOW)).toBeUndefined()
})

test('what is saved is for nobody but the user of the runner, is read back, and is gone once removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saved-release-'))
  const saved = savedRelease({ RUNNER_TEMP: folder })
  saved.save(STARTED)
  saved.save({ ...STARTED, deploymentId: 'd-ORIGINAL1' })
  expect(statSync(saved.path).mode & 0o777).toBe(0o600)
  expect(readSavedRelease(saved.path)?.deploymentId).toBe('d-ORIGINAL1')
  removeSavedRelease(saved.path)
  removeSavedRelease(saved.path)
  expect(readSavedRelease(saved.path)).toBeUndefined()
  writeFileSync(saved.path, '{"startedAt"')
  expect(readSavedRelease(saved.path)).toBeUndefined()
  rmSync(folder, { recursive: true })
})

test('a release goes on although it cannot be saved', () => {
  expect(() => savedRelease({ RUNNER_TEMP: '/nonexistent/folder' }).save(STARTED)).not.toThrow()
})
