import { expect, test } from '@jest/globals'
import { wrapUp } from '../../src/operations/wrap-up.ts'
import { needsSomebody } from '../../src/release/resume.ts'
import { restoreRelease, saveRelease } from '../../src/step/saved-release.ts'
import { momentOf } from '../../src/time/clock.ts'
import type { Fault, FaultKind, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { deployByOther } from '../support/others.ts'
import { inOneAccount, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
const DOWN: FaultKind = { type: 'server-error', httpStatus: 500 }

function down(operation: string, count: number): Fault {
  return { operation, count, kind: DOWN }
}

function held(...faults: Fault[]): Scenario {
  const world = withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 10 } })
  return { ...baseScenario, world, faults }
}

async function releaseWith(options: Partial<SimulatedReleaseOptions>) {
  const result = await simulateRelease({ scenario: baseScenario, ...options, inputs: { ...HOOK, ...options.inputs } })
  const troubles = result.log.filter((line) => / failed \(| again after /.test(line)).map((line) => line.slice(11))
  return { ...result, troubles }
}

const FAILS = (operation: string) =>
  expect.stringMatching(new RegExp(`^${operation} failed \\(InternalFailure: .*\\); asking again, less often\\.$`))

test('continuing a deployment that fails for a while is told once, and once that it does no longer', async () => {
  const { outputs, troubles, calls } = await releaseWith({
    scenario: held(down('ContinueDeployment', 12)),
    inputs: { 'auto-promote': 'true' },
  })
  expect(outputs.status).toBe('succeeded')
  expect(troubles).toEqual([
    FAILS('codedeploy:ContinueDeployment'),
    'codedeploy:ContinueDeployment is answered again after 4 failed requests.',
  ])
  expect(calls.filter(({ operation }) => operation === 'ContinueDeployment')).toHaveLength(13)
})

test('a deployment that was continued by a request whose answer was lost is no trouble', async () => {
  const { outputs, troubles } = await releaseWith({
    scenario: held({ operation: 'ContinueDeployment', count: 1, kind: { type: 'drop-after-accept' } }),
    inputs: { 'auto-promote': 'true' },
  })
  expect(outputs.status).toBe('succeeded')
  expect(troubles).toEqual([])
})

test('a stop that fails for a while is told once, and once that it does no longer', async () => {
  const { outputs, troubles } = await releaseWith({
    scenario: { ...scenarios['never-healthy'], faults: [down('StopDeployment', 5)] },
  })
  expect(outputs.status).toBe('rolled-back')
  expect(troubles).toEqual([
    FAILS('codedeploy:StopDeployment'),
    'codedeploy:StopDeployment is answered again after 1 failed request.',
  ])
})

test('reads that fail while a rollback is looked for are told once, and once that they succeed', async () => {
  let endIsSeen = () => {}
  const { outputs, troubles } = await releaseWith({
    scenario: { ...scenarios['hook-fails'], timings: { rollbackGap: 12 } },
    prepare: ({ simulator }) => {
      endIsSeen = () => simulator.addFault(down('GetDeployment', 9))
    },
    world: {
      onRelease: ({ snapshot }) => {
        if (snapshot?.status === 'failed') endIsSeen()
        if (snapshot?.status === 'failed') endIsSeen = () => {}
      },
    },
  })
  expect(outputs.status).toBe('rolled-back')
  expect(troubles).toEqual([
    expect.stringMatching(/^codedeploy:GetDeployment failed .*looking again, less often\. This says nothing/),
    expect.stringMatching(/^Reads succeed again after \d+ failed looks?\.$/),
  ])
})

test('making room that fails for a while is told once, and once that it does no longer', () =>
  inOneAccount(baseScenario, async (account) => {
    await deployByOther(account, 60)
    const { outputs, troubles } = await releaseWith({
      account,
      inputs: { 'on-active-deployment': 'replace' },
      prepare: ({ simulator }) => simulator.addFault(down('StopDeployment', 5)),
    })
    expect(outputs.status).toBe('succeeded')
    expect(troubles).toEqual([
      FAILS('codedeploy:StopDeployment'),
      'codedeploy:StopDeployment is answered again after 1 failed request.',
    ])
  }))

test.each<[string, FaultKind]>([
  ['fails', DOWN],
  ['is empty', { type: 'malformed', how: 'empty' }],
])('a warning says that nobody sees why tasks stop when ListTasks %s', async (_, kind) => {
  const { troubles } = await releaseWith({
    scenario: { ...scenarios['never-healthy'], faults: [{ operation: 'ListTasks', kind }] },
    inputs: { 'wait-for-minutes': '5' },
  })
  expect(troubles).toEqual([expect.stringMatching(/^ecs:ListTasks failed /)])
})

/** Loses a release in Install and wraps it up, as the post step does. */
async function wrapped(fault: Fault) {
  let last: Awaited<ReturnType<typeof wrapUp>> | undefined
  const result = await releaseWith({
    inputs: { 'on-cancel': 'leave' },
    prepare: ({ clock, abort }) => clock.atSecond(60, abort),
    afterwards: async ({ ended, parsed, world, simulator }) => {
      simulator.addFault(fault)
      const saved = restoreRelease(
        saveRelease({ ...ended, settlement: undefined, status: undefined, outcome: undefined }),
        momentOf(world.clock),
      )
      if (saved === undefined) throw new Error('nothing was saved')
      const given = { ...parsed, inputs: { ...parsed.inputs, onCancel: 'rollback' as const } }
      last = await wrapUp({ ...saved, wasLost: true }, given, { ...world, signal: new AbortController().signal })
    },
  })
  if (last === undefined) throw new Error('nothing was wrapped up')
  return { ...result, last }
}

test('the post step looks for as long as it may before it leaves a deployment alone', async () => {
  const { last } = await wrapped({ operation: 'GetDeployment', untilSeconds: 160, kind: DOWN })
  expect(last.settlement?.stop).toEqual({ refusal: undefined })
  expect(needsSomebody(last)).toBe(false)
})

test.each(['GetDeployment', 'StopDeployment'])(
  'a deployment that the post step could not stop because %s fails needs somebody to look',
  async (operation) => {
    const { last } = await wrapped({ operation, kind: DOWN })
    expect(last.status).toBe('cancelled')
    expect(needsSomebody(last)).toBe(true)
  },
)
