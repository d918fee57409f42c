import { afterEach, describe, expect, test } from '@jest/globals'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { type FaultyNetwork, startFaultyNetwork, TROUBLES, type TroubleName } from '../support/faulty-network.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { clientsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'
import type { VirtualClock } from '../support/virtual-clock.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const NAMES = Object.keys(TROUBLES) as TroubleName[]

let network: FaultyNetwork | undefined

afterEach(async () => {
  await network?.close()
  network = undefined
})

/** A release through a network in which `arrange` lets things happen. */
async function releaseThrough(
  arrange: (network: FaultyNetwork, clock: VirtualClock) => void,
  options: Partial<SimulatedReleaseOptions> = {},
) {
  const result = await simulateRelease({
    scenario: baseScenario,
    ...options,
    inputs: { ...HOOK, ...options.inputs },
    prepare: async ({ simulator, clock }) => {
      network = await startFaultyNetwork(simulator.url, clock)
      arrange(network, clock)
    },
    connect: () => (network === undefined ? {} : clientsFor(network.url)),
  })
  expectValidReport(result.release)
  return { ...result, sentences: result.release.problems.map(({ sentence }) => sentence) }
}

describe('nothing short of the budget ends a wait', () => {
  test.each(NAMES)('%s', async (name) => {
    const { outputs, log } = await releaseThrough((faulty, clock) =>
      clock.atSecond(60, () => faulty.trouble('*', TROUBLES[name], 12)),
    )
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    expect(network?.met.length).toBe(12)
    expect(log.filter((line) => line.includes('looking again, less often'))).toHaveLength(1)
    expect(log.filter((line) => line.includes('Reads succeed again'))).toHaveLength(1)
    for (const line of log) expect(line).not.toMatch(/hidden field|\n/)
  })

  test('a wait that the budget ends with nothing read is unknown, and says what it was for', async () => {
    const { outputs, annotation } = await releaseThrough(
      (faulty, clock) => clock.atSecond(60, () => faulty.trouble('*', TROUBLES.throttled, 10_000)),
      { inputs: { 'wait-for-minutes': '20' } },
    )
    expect(outputs.status).toBe('unknown')
    expect(annotation?.message).toContain('The 20 min')
    expect(annotation?.message).toMatch(/last read at [-\d ]+:\d\d:\d\dZ/)
  })
})

describe('a single mishap in a read before anything is written changes nothing', () => {
  const READS = [
    'DescribeServices',
    'DescribeTaskDefinition',
    'GetDeploymentGroup',
    'GetDeploymentConfig',
    'ListDeployments',
  ]

  test.each(READS)('%s', async (operation) => {
    for (const name of NAMES) {
      const { outputs, sentences } = await releaseThrough((faulty) => faulty.trouble(operation, TROUBLES[name], 1), {
        inputs: { 'wait-for': 'nothing' },
      })
      expect({ name, sentences, status: outputs.status }).toEqual({ name, sentences: [], status: 'started' })
      expect({ name, met: network?.met }).toEqual({ name, met: [operation] })
      await network?.close()
    }
  })
})

test('throttling before and in the writes only makes them slower, with a line when it begins and one when it ends', async () => {
  const { outputs, log, writes } = await releaseThrough((faulty) => {
    faulty.trouble('DescribeServices', TROUBLES.throttled, 15)
    faulty.trouble('CreateDeployment', TROUBLES.throttled, 15)
  })
  expect(outputs.status).toBe('succeeded')
  expect(writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment'])
  const told = log.filter((line) => /AWS (throttles|answers again)/.test(line))
  expect(told).toEqual([
    expect.stringMatching(
      /AWS throttles ecs:DescribeServices \(Throttling: Rate exceeded\); asking again, less often\.$/,
    ),
    expect.stringMatching(/AWS answers again after 15 throttled requests\.$/),
    expect.stringMatching(/AWS throttles codedeploy:CreateDeployment /),
    expect.stringMatching(/AWS answers again after 15 throttled requests\.$/),
  ])
})

test('reads that never succeed before anything is written are one refusal', async () => {
  const { outputs, sentences, writes } = await releaseThrough((faulty) =>
    faulty.trouble('*', TROUBLES['a page of a proxy'], 1_000),
  )
  expect(outputs).toMatchObject({ status: 'refused', reason: 'unreachable' })
  expect(sentences).toHaveLength(1)
  expect(sentences[0]).toMatch(/got no answer that can be read \(MalformedAnswer: no JSON in the answer\)\.$/)
  expect(writes).toEqual([])
})

describe('a mishap in CreateDeployment', () => {
  test.each(NAMES)('ends in one deployment, whatever became of the answer: %s', async (name) => {
    const { outputs, calls } = await releaseThrough((faulty) => faulty.trouble('CreateDeployment', TROUBLES[name], 1))
    expect(outputs.status).toBe('succeeded')
    const created = calls.filter(({ operation, httpStatus }) => operation === 'CreateDeployment' && httpStatus === 200)
    expect(created).toHaveLength(1)
  })
})

describe('a mishap in RegisterTaskDefinition', () => {
  const NOT_ACCEPTED: readonly TroubleName[] = ['throttled', 'too many requests']

  test.each(NAMES)('never makes two revisions: %s', async (name) => {
    const { outputs, writes } = await releaseThrough(
      (faulty) => faulty.trouble('RegisterTaskDefinition', TROUBLES[name], 1),
      { inputs: { 'wait-for': 'nothing' } },
    )
    const isSentAgain = NOT_ACCEPTED.includes(name)
    expect(outputs.status).toBe(isSentAgain ? 'started' : 'refused')
    expect(outputs.reason).toBe(isSentAgain ? '' : 'unreachable')
    expect(writes.filter((operation) => operation === 'RegisterTaskDefinition').length).toBeLessThanOrEqual(1)
  })
})
