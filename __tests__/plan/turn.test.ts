import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import type { Occupant } from '../../src/group/occupant.ts'
import type { WaitTerms } from '../../src/group/wait-terms.ts'
import type { Inputs } from '../../src/inputs/inputs.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { Findings } from '../../src/plan/findings.ts'
import { candidatesOf, checkTurn, isShown } from '../../src/plan/turn.ts'
import { type Maker, makerOf } from '../../src/service/maker.ts'
import { buildMarker } from '../../src/workflow-run/marker.ts'
import type { World } from '../../src/world.ts'
import { OWN, occupantOf, roomOf, serviceOf } from '../support/group-parts.ts'
import { runNumber } from '../support/others.ts'
import { rawInputs } from '../support/simulated-release.ts'
import { T0 } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

/** The deployment that made what serves, of a run with this number. */
function madeBy(number: number, change: Partial<DeploymentInfo> = {}): Maker {
  const revision = { appSpecContent: { sha256: 'served' } }
  const description = buildMarker(runNumber(number).run, 'release')
  return makerOf({ status: 'Succeeded', description, revision, ...change })
}

const SERVED = { id: 'd-MAKER0001', marker: expect.objectContaining({ runNumber: 41 }), appSpecSha256: 'served' }
const RUNS = occupantOf({ marker: OWN, appSpecSha256: 'deploying' })
const UNMADE = serviceOf({
  primary: { id: 'ecs-svc/1', taskDefinitionArn: 'a', deploymentId: undefined, properties: {} },
})

test.each<[string, Occupant | undefined, Partial<WaitTerms>, Maker | undefined, unknown[]]>([
  ['what serves', undefined, {}, madeBy(41), [SERVED]],
  ['what runs, then what serves', RUNS, {}, madeBy(41), [RUNS, SERVED]],
  ['what serves alone while something is rolled back', { ...RUNS, rollbackOf: 'd-1' }, {}, madeBy(41), [SERVED]],
  ['nothing when what serves has not succeeded', undefined, {}, madeBy(41, { status: 'InProgress' }), []],
  ['nothing when what made what serves cannot be read', undefined, {}, undefined, []],
  ['nothing when no deployment has made what serves', undefined, { service: UNMADE }, madeBy(41), []],
  [
    'nothing on a lane that was freed',
    undefined,
    { onlySamePullRequest: true, service: serviceOf({ desiredCount: 0 }) },
    madeBy(41),
    [],
  ],
  ['what serves on a lane that runs tasks', undefined, { onlySamePullRequest: true }, madeBy(41), [SERVED]],
  [
    'what serves of a service that runs no tasks and is no lane',
    undefined,
    { service: serviceOf({ desiredCount: 0 }) },
    madeBy(41),
    [SERVED],
  ],
])('a release may find its own deployment in %s', (_name, occupant, room, maker, candidates) => {
  expect(candidatesOf(occupant, roomOf(room), maker)).toEqual(candidates)
})

const ON_LANE = { onlySamePullRequest: true, run: { ...OWN, pullRequest: '7' } } as const
const OF_SEVEN = madeBy(3, { description: buildMarker({ ...runNumber(3).run, pullRequest: '7' }, 'preview') })
const OF_EIGHT = madeBy(3, { description: buildMarker({ ...runNumber(3).run, pullRequest: '8' }, 'preview') })

test.each<[string, boolean, Partial<WaitTerms>, Maker | undefined]>([
  ['of a service that is no lane', true, {}, undefined],
  ['on a lane, of its own pull request', true, ON_LANE, OF_SEVEN],
  ['on a lane, of another pull request', false, ON_LANE, OF_EIGHT],
  ['on a lane, of nobody', false, ON_LANE, undefined],
  ['on a lane that runs nothing', false, { ...ON_LANE, service: serviceOf({ desiredCount: 0 }) }, OF_SEVEN],
])('what serves %s is what people are to see: %s', (_name, shown, room, maker) => {
  expect(isShown(roomOf(room), maker)).toBe(shown)
})

function turn({
  room = {},
  occupant,
  maker,
  inputs = {},
}: {
  room?: Partial<WaitTerms>
  occupant?: Occupant
  maker?: Maker
  inputs?: Partial<Inputs>
}) {
  const findings = new Findings()
  const clock = virtualClock(1, T0)
  const world = { clock, ...runNumber(42) } as unknown as World
  const parsed = parseInputs(rawInputs({ service: 'web', image: 'a' }), []).inputs
  checkTurn(roomOf(room), occupant, maker, { ...parsed, ...inputs }, world, findings)
  const { problems, notes, warnings } = findings
  return { reasons: problems.map(({ reason }) => reason), notes, warnings }
}

test('a run has its turn after an older one that serves', () => {
  expect(turn({ maker: madeBy(41) })).toEqual({ reasons: [], notes: [], warnings: [] })
})

test.each<[string, Parameters<typeof turn>[0], string[]]>([
  ['a newer run serves', { maker: madeBy(43) }, ['older-run']],
  ['a newer run serves and older ones are allowed', { maker: madeBy(43), inputs: { allowOlder: true } }, []],
  ['a newer run has failed', { maker: madeBy(43, { status: 'Failed' }) }, []],
  [
    'a newer run deploys',
    { occupant: occupantOf({ marker: { ...OWN, runNumber: 43, runId: '1043' } }), maker: madeBy(41) },
    ['older-run'],
  ],
  [
    'a newer run is rolled back',
    {
      occupant: occupantOf({ stage: 'rolling-back', marker: { ...OWN, runNumber: 43, runId: '1043' } }),
      maker: madeBy(41),
    },
    [],
  ],
  ['somebody waits at Ready', { occupant: occupantOf({ stage: 'held' }) }, ['busy']],
  ['somebody is waited for', { occupant: occupantOf() }, []],
  [
    'a newer run for another pull request serves on the lane',
    {
      room: ON_LANE,
      maker: madeBy(99, { description: buildMarker({ ...runNumber(99).run, pullRequest: '8' }, 'preview') }),
    },
    [],
  ],
  [
    'a newer run for its pull request serves on the lane',
    {
      room: ON_LANE,
      maker: madeBy(99, { description: buildMarker({ ...runNumber(99).run, pullRequest: '7' }, 'preview') }),
    },
    ['older-run'],
  ],
])('a release is refused when it is not its turn: %s', (_name, facts, reasons) => {
  expect(turn(facts).reasons).toEqual(reasons)
})

test('a newer run is told alone, not beside the busy group', () => {
  const marker = { ...OWN, runNumber: 43, runId: '1043' }
  expect(turn({ occupant: occupantOf({ stage: 'held', marker }) }).reasons).toEqual(['older-run'])
})

test('a warning says that what made what serves cannot be read, unless older ones are allowed', () => {
  expect(turn({}).notes).toEqual([
    'The order of runs is not checked: d-MAKER0001, which made what serves, cannot be read.',
  ])
  expect(turn({ inputs: { allowOlder: true } }).notes).toEqual([])
  expect(turn({ room: { service: UNMADE } }).notes).toEqual([])
})

test('a plan tells what keeps the group busy as a warning and is not refused', () => {
  const { reasons, warnings } = turn({
    occupant: occupantOf({ stage: 'held' }),
    maker: madeBy(41),
    inputs: { operation: 'plan' },
  })
  expect(reasons).toEqual([])
  expect(warnings).toEqual([expect.stringMatching(/A release would be refused now\.$/)])
})
