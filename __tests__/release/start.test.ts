import { expect, test } from '@jest/globals'
import type { ReleaseEngine } from '../../src/follow/release-engine.ts'
import type { ReleasePlan } from '../../src/plan/plan.ts'
import { Progress } from '../../src/release/progress.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import { start } from '../../src/release/start.ts'
import { newRelease } from '../support/releases.ts'
import { virtualClock } from '../support/virtual-clock.ts'

test('a run that is cancelled before its first write registers no task definition and starts nothing', async () => {
  const sent: string[] = []
  const engine = { start: async () => sent.push('CreateDeployment') } as unknown as ReleaseEngine
  const world = {
    ecs: { send: async () => sent.push('RegisterTaskDefinition') },
    clock: virtualClock(),
    random: () => 0.5,
    maxAttempts: 1,
    signal: AbortSignal.abort(),
    log: { line: () => {}, group: async (_: string, body: () => Promise<never>) => await body() },
    onRelease: () => {},
  } as unknown as ReleaseWorld
  const plan = { definition: { kind: 'register', definition: { family: 'web' } } } as unknown as ReleasePlan
  const progress = new Progress(newRelease({ status: undefined }), world)
  expect(await start(plan, engine, world, progress)).toEqual({ kind: 'ended' })
  expect(sent).toEqual([])
  expect(progress.release).toMatchObject({ status: 'cancelled', taskDefinition: undefined })
})
