import { ECSClient } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { Outcome } from '../../src/follow/following.ts'
import { NO_ROLLBACK } from '../../src/follow/rollback.ts'
import type { Settlement } from '../../src/follow/settlement.ts'
import type { ReleasePlan } from '../../src/plan/plan.ts'
import { conclude } from '../../src/release/conclude.ts'
import { Progress } from '../../src/release/progress.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import type { Release } from '../../src/release-state.ts'
import { newRelease } from '../support/releases.ts'
import { snapshot, taskSets } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const FAMILY = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web'
const PLAN = {
  group: { testListener: undefined },
  hooks: {},
  service: {
    clusterName: 'demo',
    name: 'web',
    arn: 'arn:aws:ecs:us-east-1:123456789012:service/demo/web',
    primary: { id: 'ecs-svc/1', taskDefinitionArn: `${FAMILY}:1` },
  },
} as unknown as ReleasePlan
const AT_REST: Settlement = {
  snapshot: undefined,
  rollback: NO_ROLLBACK,
  stop: undefined,
  notStoppedBecause: undefined,
  cutShort: undefined,
}
const DONE = snapshot('SSSSSSSS', { status: 'succeeded', taskSets: taskSets(100) })
const STOPPED = snapshot('SSRPPPPP', { status: 'stopped', taskSets: taskSets(0), endedAtMs: 1 })
const REPLACED = {
  taskSets: [
    { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition: `${FAMILY}:2`, externalId: 'd-ORIGINAL1', runningCount: 2 },
  ],
}

interface Story {
  outcome: Outcome
  settlement?: Partial<Settlement>
  /** How old the last reading is, in seconds. */
  ageSeconds?: number
  /** What ECS answers when it is asked; undefined: nothing, ever. */
  ecs?: object
}

/** The release at its end, what happened in which order, and how many milliseconds it took. */
async function concluded({ outcome, settlement = {}, ageSeconds = 0, ecs }: Story) {
  const clock = virtualClock()
  if (ageSeconds > 0) await clock.sleep(ageSeconds * 1000)
  const happened: string[] = []
  const client = new ECSClient({ region: 'us-east-1' })
  client.middlewareStack.add(
    () => async () => {
      happened.push('ECS was asked')
      if (ecs === undefined) {
        // Somebody has to sleep for time to pass; longer than anybody waits, and then no more.
        await clock.sleep(60_000)
        await new Promise(() => {})
      }
      return { output: { $metadata: {}, services: [ecs] }, response: {} } as never
    },
    { step: 'initialize' },
  )
  const log = {
    line: () => {},
    warning: () => {},
    group: async (_: string, body: () => Promise<never>) => await body(),
  }
  const world = {
    ecs: client,
    clock,
    random: () => 0.5,
    maxAttempts: 1,
    signal: new AbortController().signal,
    log,
    isPrivateRepository: () => true,
    onRelease: ({ production, status }: Release) => {
      if (production !== undefined && status === undefined) happened.push('production was told')
    },
  } as unknown as ReleaseWorld
  const taskDefinition = { arn: `${FAMILY}:2`, isNew: true }
  const progress = new Progress(newRelease({ deploymentId: 'd-ORIGINAL1', taskDefinition, plan: PLAN }), world)
  const sinceMs = clock.monotonicMs()
  const whole = { plan: PLAN, outcome, settlement: { ...AT_REST, ...settlement } }
  const ended = await conclude(whole, undefined, world, progress, async () => void happened.push('the rest was read'))
  return { ended, happened, tookMs: clock.monotonicMs() - sinceMs }
}

const FINISHED: Story = { outcome: { kind: 'finish-line', snapshot: DONE }, settlement: { snapshot: DONE } }
const CANCELLED: Outcome = { kind: 'cancelled', snapshot: undefined }

describe('the verdict on a release that is no longer followed', () => {
  test.each<[string, Story, Partial<Release>, boolean]>([
    [
      'takes what serves production from a reading that was just made',
      FINISHED,
      { status: 'succeeded', production: expect.objectContaining({ percent: 100, isOutdated: false }) as never },
      false,
    ],
    [
      'asks ECS when the last reading is older than five seconds',
      { ...FINISHED, ageSeconds: 6, ecs: REPLACED },
      { status: 'succeeded', production: expect.objectContaining({ percent: 100, isOutdated: false }) as never },
      true,
    ],
    [
      'asks ECS when sight was lost, however new the reading is',
      {
        outcome: { kind: 'lost-sight', snapshot: DONE, error: {} as never, operation: '' },
        settlement: { snapshot: DONE, cutShort: 'lost-sight', rollback: { ...NO_ROLLBACK, status: 'unknown' } },
        ecs: REPLACED,
      },
      { status: 'unknown', production: expect.objectContaining({ percent: 100, isOutdated: false }) as never },
      true,
    ],
    [
      'asks ECS when the rollback was not seen',
      {
        outcome: { kind: 'ended', snapshot: STOPPED },
        settlement: {
          snapshot: STOPPED,
          rollback: { ...NO_ROLLBACK, status: 'unknown', deploymentId: 'd-BACK', wasDue: true },
        },
        ecs: REPLACED,
      },
      { status: 'unknown' },
      true,
    ],
    [
      'takes the reading of the rollback, which moved traffic last',
      {
        outcome: { kind: 'ended', snapshot: STOPPED },
        settlement: {
          snapshot: { ...STOPPED, taskSets: taskSets(10) },
          rollback: { ...NO_ROLLBACK, status: 'succeeded', deploymentId: 'd-BACK', snapshot: STOPPED, wasDue: true },
        },
      },
      { status: 'rolled-back', production: expect.objectContaining({ percent: 0, isOutdated: false }) as never },
      false,
    ],
  ])('%s', async (_what, story, expected, isAsked) => {
    const { ended, happened } = await concluded(story)
    expect(ended).toMatchObject(expected)
    expect(ended.endedAt).toBeDefined()
    expect(happened.includes('ECS was asked')).toBe(isAsked)
  })
})

test('a cancelled step waits a second and a half for ECS to say what serves production, and says that it is not seen', async () => {
  const { ended, tookMs } = await concluded({ outcome: CANCELLED })
  expect(ended).toMatchObject({ status: 'cancelled', production: { percent: undefined, isOutdated: true } })
  expect(tookMs).toBeGreaterThanOrEqual(1_500)
  expect(tookMs).toBeLessThan(2_000)
})

test('what holds for a moment only is read once production was read, and before anything of it is told', async () => {
  const { happened } = await concluded({ ...FINISHED, ageSeconds: 6, ecs: REPLACED })
  expect(happened.slice(0, 3)).toEqual(['ECS was asked', 'the rest was read', 'production was told'])
})
