import type { DeploymentInfo, TargetStatus } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { findOccupant } from '../../src/group/find-occupant.ts'
import type { Occupant } from '../../src/group/occupant.ts'
import type { WaitTerms } from '../../src/group/wait-terms.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import type { Problem } from '../../src/problem.ts'
import { freeGroup } from '../../src/release/free-group.ts'
import { Progress } from '../../src/release/progress.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import {
  deployments,
  groupOf,
  type HandAnswers,
  handCodeDeploy,
  roomOf,
  ServiceFailure,
  targetOf,
} from '../support/group-parts.ts'
import { runNumber } from '../support/others.ts'
import { rawInputs } from '../support/simulated-release.ts'
import { at, T0 } from '../support/snapshots.ts'
import { virtualClock, type WallSetting, withWallSet } from '../support/virtual-clock.ts'

const OTHER = 'd-OTHER0001'
const ROLLBACK = 'd-ROLLBACK1'
const WRITES = ['StopDeployment', 'ContinueDeployment']

/** How a deployment is; the letters are its events. */
interface State extends DeploymentInfo {
  letters: string
  target?: TargetStatus
  percent?: number
}

const INSTALLING: State = { status: 'InProgress', letters: 'SRPPPPPP' }
const SHIFTING: State = { status: 'InProgress', letters: 'SSSSSSRP', percent: 10 }
const AT_READY: State = { status: 'Ready', letters: 'SSSSSPPP' }
/** Its hook failed, and it asks for a rollback. */
const FAILED: State = {
  status: 'Failed',
  letters: 'SSSSFKKK',
  target: 'Failed',
  errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: 'failed' },
  autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
}
const SHIFTED: State = { status: 'InProgress', letters: 'SSSSSSSS', target: 'Succeeded', percent: 100 }
const SUCCEEDED: State = { ...SHIFTED, status: 'Succeeded' }
const STOPPED: State = {
  status: 'Stopped',
  letters: 'SFKKKKKK',
  target: 'Failed',
  errorInformation: { code: 'MANUAL_STOP', message: 'stopped' },
}

interface Scene {
  /** What the deployments are like so many seconds after the start. */
  states(second: number): Record<string, State>
  room?: Partial<WaitTerms>
  autoPromote?: boolean
  answers?: HandAnswers
  wall?: WallSetting[]
  cancelAtSecond?: number
  /** The run is cancelled while it is asked whether something speaks against a stop. */
  isCancelledByObjection?: true
  onAsked?: (second: number) => void
}

/** Makes room for a release, as the deployments in the way are what `states` says. */
async function play({
  states,
  room = {},
  autoPromote = false,
  answers = {},
  wall = [],
  cancelAtSecond,
  isCancelledByObjection,
  onAsked,
}: Scene) {
  const real = virtualClock(1, T0)
  const clock = withWallSet(real, ...wall)
  const secondNow = () => real.monotonicMs() / 1000
  const isActive = ({ status }: State) => status !== 'Succeeded' && status !== 'Stopped' && status !== 'Failed'
  const written: { second: number; operation: string; input: object }[] = []
  const asked: { second: number; operation: string }[] = []
  const handed: HandAnswers = {
    ListDeployments: () => ({
      deployments: Object.entries(states(secondNow())).flatMap(([id, state]) => (isActive(state) ? [id] : [])),
    }),
    GetDeployment: (input) => deployments(states(secondNow()))(input),
    GetDeploymentTarget: ({ deploymentId }) => {
      const state = states(secondNow())[String(deploymentId)]
      if (state === undefined) throw new ServiceFailure('DeploymentDoesNotExistException')
      return { deploymentTarget: targetOf(state.letters, state.target, state.percent) }
    },
    StopDeployment: () => ({}),
    ContinueDeployment: () => ({}),
    ...answers,
  }
  const noted = Object.entries(handed).map(([operation, answer]) => [
    operation,
    (input: Record<string, unknown>) => {
      asked.push({ second: secondNow(), operation })
      onAsked?.(secondNow())
      if (WRITES.includes(operation)) written.push({ second: secondNow(), operation, input })
      return answer(input)
    },
  ])
  const cancellation = new AbortController()
  if (cancelAtSecond !== undefined) real.atSecond(cancelAtSecond, () => cancellation.abort())
  const lines: string[] = []
  const world = {
    ...handCodeDeploy(clock, Object.fromEntries(noted)),
    signal: cancellation.signal,
    ...runNumber(42, 2),
    log: { line: (text: string) => void lines.push(text), warning: (text: string) => void lines.push(text) },
    onRelease: () => {},
  } as unknown as ReleaseWorld
  const { inputs } = parseInputs(rawInputs({ cluster: 'demo', service: 'web', image: 'registry.example/web:2' }), [])
  const progress = Progress.begin(inputs, world)
  const objection = async () => {
    cancellation.abort()
    return undefined
  }
  const asking = isCancelledByObjection ? { objection } : {}
  const held = roomOf({ since: { ...at(0), atMs: clock.now() }, ...room, ...asking })
  const facts = { ...held, autoPromote, suspects: Object.keys(states(0)), stopped: new Set<string>() }
  const first = await findOccupant(world, { ...facts, onListDenied: () => {} })
  written.length = 0
  asked.length = 0
  const isFree = await freeGroup(held, first as Occupant, autoPromote, world, progress)
  const { status, problems, waits } = progress.release
  return {
    isFree,
    status,
    reason: problems[0]?.reason,
    sentence: problems[0]?.sentence ?? '',
    steps: waits.map(({ step }) => step),
    areWaitsOver: waits.every(({ endedAt }) => endedAt !== undefined),
    written,
    asked,
    lines,
    tookSeconds: secondNow(),
  }
}

/** One deployment of somebody else that is like this until it is over. */
const until = (second: number, state: State, then: State = SUCCEEDED) => ({
  states: (now: number) => ({ [OTHER]: now < second ? state : then }),
})

const REPLACE = { policy: 'replace' } as const
const HOLDS = groupOf({ holdsAtReady: true, readyWaitMs: 3_600_000 })

describe('a release that waits', () => {
  test.each<[string, State]>([
    ['is installed', INSTALLING],
    ['shifts', SHIFTING],
    ['waits for the termination of its original', SHIFTED],
  ])('goes on once a deployment that %s has ended, and writes nothing meanwhile', async (_name, state) => {
    const scene = await play(until(100, state))
    expect(scene).toMatchObject({ isFree: true, status: undefined, steps: ['wait'], areWaitsOver: true, written: [] })
    expect(scene.tookSeconds).toBeGreaterThanOrEqual(100)
    expect(scene.tookSeconds).toBeLessThan(131)
    expect(scene.lines[0]).toContain("Deployment group 'DgpECS-demo-web' is busy. Waiting")
    expect(scene.lines.at(-1)).toContain('The deployment group is free after')
  })

  test('is refused at once when the deployment waits for a person, and when it comes to wait for one', async () => {
    const room = { group: HOLDS }
    const atOnce = await play({ ...until(1_000, AT_READY), room })
    expect(atOnce).toMatchObject({ isFree: false, status: 'refused', reason: 'busy', tookSeconds: 0, steps: [] })
    const later = await play({ ...until(60, INSTALLING, AT_READY), room })
    expect(later).toMatchObject({ isFree: false, status: 'refused', reason: 'busy', steps: ['wait'], written: [] })
    expect(later.areWaitsOver).toBe(true)
  })

  test('is refused when it has waited for as long as it does', async () => {
    const { isFree, reason, sentence, tookSeconds, written } = await play(until(10_000, INSTALLING))
    expect({ isFree, reason, written }).toEqual({ isFree: false, reason: 'busy', written: [] })
    expect(sentence).toContain('This step has waited for 10 min')
    expect(tookSeconds).toBeGreaterThanOrEqual(600)
    expect(tookSeconds).toBeLessThan(612)
  })

  test('says every five minutes of silence that it still waits', async () => {
    const { lines } = await play({ ...until(1_000, INSTALLING), room: { patienceMs: 3_600_000 } })
    expect(lines.filter((line) => line.includes('Still waiting'))).toHaveLength(3)
  })

  test('waits for a rollback that is about to show, and for the rollback itself', async () => {
    const info = { autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE' as const] } }
    const failed: State = {
      ...info,
      status: 'Failed',
      letters: 'SSSSFKKK',
      target: 'Failed',
      errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: 'failed' },
      completeTime: new Date(T0 + 50_000),
    }
    const rollback = { rollbackInfo: { rollbackTriggeringDeploymentId: OTHER } }
    const { isFree, tookSeconds, written } = await play({
      states: (second) => {
        if (second < 50) return { [OTHER]: INSTALLING }
        if (second < 70) return { [OTHER]: failed }
        const state = second < 150 ? INSTALLING : SUCCEEDED
        const undone = { ...failed, rollbackInfo: { rollbackDeploymentId: ROLLBACK } }
        return { [OTHER]: undone, [ROLLBACK]: { ...state, ...rollback } }
      },
    })
    expect({ isFree, written }).toEqual({ isFree: true, written: [] })
    expect(tookSeconds).toBeGreaterThanOrEqual(150)
  })

  test('looks again soon after the termination wait of the deployment is over', async () => {
    // Its last event ended 8 s after the start, and the group waits 300 s from there.
    const { asked } = await play(until(310, SHIFTED))
    const looks = asked.filter(({ operation }) => operation === 'ListDeployments').map(({ second }) => second)
    expect(looks.filter((second) => second > 308 && second < 311).length).toBeGreaterThan(0)
    expect(looks.length).toBeLessThan(20)
  })

  test('goes on waiting while nothing can be read, less and less often, and says so once', async () => {
    const away = () => {
      throw new ServiceFailure('ThrottlingException')
    }
    let second = 0
    const isAway = () => second > 20 && second < 400
    const { isFree, lines, asked } = await play({
      ...until(400, INSTALLING),
      onAsked: (now) => {
        second = now
      },
      answers: { ListDeployments: () => (isAway() ? away() : { deployments: second < 400 ? [OTHER] : [] }) },
    })
    expect(isFree).toBe(true)
    expect(lines.filter((line) => line.includes('ThrottlingException'))).toHaveLength(1)
    expect(asked.filter(({ second }) => second > 20 && second < 400).length).toBeLessThan(60)
  })

  test('is refused, with the reason, once the deployment may no longer be read', async () => {
    let second = 0
    const { isFree, status, reason, tookSeconds } = await play({
      ...until(10_000, INSTALLING),
      onAsked: (now) => {
        second = now
      },
      answers: {
        ListDeployments: () => {
          if (second > 50) throw new ServiceFailure('ExpiredTokenException')
          return { deployments: [OTHER] }
        },
      },
    })
    expect({ isFree, status, reason }).toEqual({ isFree: false, status: 'refused', reason: 'credentials' })
    expect(tookSeconds).toBeLessThan(65)
  })

  test('is cancelled while it waits, with its wait over and nothing written', async () => {
    const scene = await play({ ...until(10_000, INSTALLING), cancelAtSecond: 33 })
    expect(scene).toMatchObject({ isFree: false, status: 'cancelled', areWaitsOver: true, written: [] })
    expect(scene.tookSeconds).toBeLessThan(34)
  })
})

describe('a release that replaces', () => {
  /** A deployment that ends so many seconds after it was stopped or its termination wait was ended. */
  function ending(state: State, { after = 5, as = STOPPED }: { after?: number; as?: State } = {}) {
    let askedAt = Number.POSITIVE_INFINITY
    let now = 0
    const accept = () => {
      askedAt = Math.min(askedAt, now)
      return {}
    }
    const ended = () => ({ ...as, completeTime: new Date(T0 + (askedAt + after) * 1000) })
    return {
      states: (second: number) => {
        now = second
        return { [OTHER]: second < askedAt + after ? state : ended() }
      },
      answers: { StopDeployment: accept, ContinueDeployment: accept } as HandAnswers,
      room: REPLACE as Partial<WaitTerms>,
    }
  }

  test.each<[string, State, Partial<WaitTerms>]>([
    ['is installed', INSTALLING, {}],
    ['waits at Ready', AT_READY, { group: HOLDS }],
  ])(
    'stops one that %s once, with rollback, and waits until its rollback had time to show',
    async (_n, state, room) => {
      const scene = ending(state)
      const { isFree, written, steps, tookSeconds } = await play({ ...scene, room: { ...REPLACE, ...room } })
      expect(isFree).toBe(true)
      expect(written).toEqual([
        { second: 0, operation: 'StopDeployment', input: { deploymentId: OTHER, autoRollbackEnabled: true } },
      ])
      expect(steps).toEqual(['stop'])
      expect(tookSeconds).toBeGreaterThanOrEqual(35)
      expect(tookSeconds).toBeLessThan(40)
    },
  )

  test('waits for one that shifts, and never stops it', async () => {
    const { isFree, written } = await play({ ...until(60, SHIFTING), room: REPLACE })
    expect({ isFree, written }).toEqual({ isFree: true, written: [] })
  })

  test('never stops one that has begun to shift since it was looked at', async () => {
    let isRead = 0
    const { written } = await play({
      states: (second) => ({ [OTHER]: second > 90 ? SUCCEEDED : isRead < 4 ? INSTALLING : SHIFTING }),
      room: REPLACE,
      answers: {
        ListDeployments: () => {
          isRead += 3
          if (isRead === 6) throw new ServiceFailure('ThrottlingException')
          return { deployments: [OTHER] }
        },
        StopDeployment: () => {
          throw new ServiceFailure('ThrottlingException')
        },
      },
    })
    // The one stop was sent by what was seen right before, and refused; none follows a look that failed or showed a shift.
    expect(written.filter(({ second }) => second > 0)).toEqual([])
  })

  test('ends the termination wait of one whose production has moved, and never stops it', async () => {
    const scene = ending(SHIFTED, { as: SUCCEEDED })
    const { isFree, written, steps } = await play({ ...scene, room: REPLACE })
    expect(isFree).toBe(true)
    expect(written.map(({ operation, input }) => [operation, input])).toEqual([
      ['ContinueDeployment', { deploymentId: OTHER, deploymentWaitType: 'TERMINATION_WAIT' }],
    ])
    expect(steps).toEqual(['end-termination-wait'])
  })

  test.each(['StopDeployment', 'ContinueDeployment'])('never goes on after its %s was denied', async (operation) => {
    const isStop = operation === 'StopDeployment'
    const denied = () => {
      throw new ServiceFailure('AccessDeniedException')
    }
    const scene = await play({
      states: () => ({ [OTHER]: isStop ? INSTALLING : SHIFTED }),
      room: REPLACE,
      answers: { [operation]: denied },
    })
    expect(scene).toMatchObject({ isFree: false, status: 'refused', reason: 'denied', areWaitsOver: true })
    expect(scene.written).toHaveLength(1)
    expect(scene.tookSeconds).toBeLessThan(3)
  })

  test('sends a stop again that failed for a passing reason, and waits for as long as it does', async () => {
    const throttled = () => {
      throw new ServiceFailure('ThrottlingException')
    }
    const scene = await play({ ...until(10_000, INSTALLING), room: REPLACE, answers: { StopDeployment: throttled } })
    expect(scene.isFree).toBe(false)
    expect(scene.written.length).toBeGreaterThan(10)
    expect(scene.lines.filter((line) => line.includes('ThrottlingException')).length).toBe(1)
  })

  test.each(['DeploymentAlreadyCompletedException', 'DeploymentIsNotInReadyStateException'])(
    'takes a stop that came too late (%s) for asked, and waits for what the next looks show',
    async (name) => {
      const { isFree, written } = await play({
        states: (second) => ({ [OTHER]: second < 30 ? INSTALLING : SUCCEEDED }),
        room: REPLACE,
        answers: {
          StopDeployment: () => {
            throw new ServiceFailure(name)
          },
        },
      })
      expect(isFree).toBe(true)
      expect(written).toHaveLength(1)
    },
  )

  test('stops the next deployment too that takes the place of the one it has stopped', async () => {
    const scene = ending(INSTALLING)
    const { written, isFree } = await play({
      ...scene,
      states: (second) => {
        const before = scene.states(second)
        if (second < 6) return before
        return { ...before, 'd-OTHER0002': second < 80 ? INSTALLING : SUCCEEDED }
      },
    })
    expect(written.map(({ input }) => (input as { deploymentId: string }).deploymentId)).toEqual([OTHER, 'd-OTHER0002'])
    expect(isFree).toBe(true)
  })

  test('writes nothing when there is an objection right before it, and is refused for that', async () => {
    const objection: Problem = { reason: 'older-run', sentence: 'A newer run was here.' }
    const room = { ...REPLACE, objection: async () => objection }
    const scene = await play({ ...until(100, INSTALLING), room })
    expect(scene).toMatchObject({ isFree: false, status: 'refused', reason: 'older-run', written: [] })
  })

  test('waits without asking for objections', async () => {
    let objections = 0
    const objection = async () => {
      objections += 1
      return undefined
    }
    await play({ ...until(100, SHIFTING), room: { ...REPLACE, objection } })
    expect(objections).toBe(0)
  })

  test('stops nothing when it is cancelled while it asks whether something speaks against that', async () => {
    const scene = await play({ ...until(100, INSTALLING), room: REPLACE, isCancelledByObjection: true })
    expect(scene).toMatchObject({ isFree: false, status: 'cancelled', written: [] })
  })

  test('is cancelled while its stop is on its way, and never goes on', async () => {
    const controller = { cancelAtSecond: 1 }
    const scene = await play({ ...until(10_000, INSTALLING), room: REPLACE, ...controller })
    expect(scene).toMatchObject({ isFree: false, status: 'cancelled' })
    expect(scene.written).toHaveLength(1)
  })
})

describe('a runner whose wall clock is three hours behind', () => {
  const BEHIND: WallSetting[] = [{ atSecond: 0, byMinutes: -180 }]
  const OURS = '[ecs-release repo=example/shop wf=release.yml run=1005.1 n=5 job=release op=release]'

  test('gives another run a minute to continue its deployment, not the whole wait', async () => {
    const { isFree, reason, tookSeconds } = await play({
      ...until(10_000, { ...AT_READY, description: OURS }),
      room: { group: HOLDS },
      autoPromote: true,
      wall: BEHIND,
    })
    expect({ isFree, reason }).toEqual({ isFree: false, reason: 'busy' })
    expect(tookSeconds).toBeGreaterThanOrEqual(60)
    expect(tookSeconds).toBeLessThan(75)
  })

  test('waits half a minute for the rollback of a deployment that has failed, not the whole wait', async () => {
    const failed = { ...FAILED, completeTime: new Date(T0 + 20_000) }
    const { isFree, tookSeconds } = await play({ ...until(20, INSTALLING, failed), wall: BEHIND })
    expect(isFree).toBe(true)
    expect(tookSeconds).toBeLessThan(65)
  })

  test('waits for a termination wait that is not over for as long as it can last', async () => {
    const { isFree, tookSeconds } = await play({ ...until(300, SHIFTED), wall: BEHIND })
    expect(isFree).toBe(true)
    expect(tookSeconds).toBeLessThan(335)
  })
})

test('a runner whose wall clock is an hour ahead waits for the rollback of a deployment that has just failed', async () => {
  const failed = { ...FAILED, completeTime: new Date(T0 + 25_000) }
  const { isFree, tookSeconds } = await play({
    ...until(25, INSTALLING, failed),
    wall: [{ atSecond: 0, byMinutes: 60 }],
  })
  expect(isFree).toBe(true)
  expect(tookSeconds).toBeGreaterThanOrEqual(50)
})
