import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Release } from '../../src/release-state.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { exitCodeOf } from '../../src/verdict.ts'
import type { Lane } from '../../tools/simulator/model/lane.ts'
import type { Simulator } from '../../tools/simulator/simulator.ts'
import { type RandomRelease, randomRelease } from '../support/random-release.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { cases } from '../support/share.ts'
import { clientsFor, type SimulatedRelease, simulateRelease } from '../support/simulated-release.ts'
import type { VirtualClock } from '../support/virtual-clock.ts'

/** The same releases in every run; another seed finds others. */
const CASES = cases(40, 20260808)

const LANE = 'demo:web'

/** What was true: at the end, and of production whenever AWS answered. */
interface Truth {
  end: Lane
  productionAt: Map<number, string>
}

test('whatever happens to a release, what is told of it is true', async () => {
  await fc.assert(
    fc.asyncProperty(randomRelease, async (given) => {
      const { ended, truth } = await run(given)
      expectTrueVerdict(ended, truth)
      expectTrueProduction(ended, truth)
      expectOneStory(ended)
    }),
    CASES,
  )
})

async function run({ scenario, inputs, cancelAtSecond }: RandomRelease) {
  const world: Partial<ReturnType<typeof clientsFor>> = {}
  const productionAt = new Map<number, string>()
  let simulator: Simulator | undefined
  const ended = await simulateRelease({
    scenario,
    inputs,
    world,
    prepare: (staging) => {
      simulator = staging.simulator
      Object.assign(world, watchedClients(staging.simulator, staging.clock, productionAt))
      if (cancelAtSecond !== undefined) staging.clock.atSecond(cancelAtSecond, staging.abort)
    },
  })
  world.ecs?.destroy()
  world.codeDeploy?.destroy()
  const end = simulator?.lane(LANE)
  if (end === undefined) throw new Error(`the simulator has no lane ${LANE}`)
  return { ended, truth: { end, productionAt } }
}

/** Clients that write down what serves production at each answer. */
function watchedClients(simulator: Simulator, clock: VirtualClock, productionAt: Map<number, string>) {
  const clients = clientsFor(simulator)
  for (const client of Object.values(clients)) {
    const send = client.send.bind(client) as (...args: unknown[]) => Promise<unknown>
    const watched = async (...args: unknown[]) => {
      const answer = await send(...args)
      productionAt.set(clock.now(), productionOf(simulator.lane(LANE)))
      return answer
    }
    Object.assign(client, { send: watched })
  }
  return clients
}

/** As the output `production` would tell it. The original is web:1, the replacement web:2. */
function productionOf(lane: Lane | undefined): string {
  const percent = replacementPercent(lane)
  const shares = [
    { name: 'web:1', percent: 100 - percent },
    { name: 'web:2', percent },
  ]
  const serving = shares.filter((share) => share.percent > 0).sort((left, right) => right.percent - left.percent)
  return serving.length === 1
    ? (serving[0]?.name ?? '')
    : serving.map((share) => `${share.name} ${share.percent}%`).join(' / ')
}

function replacementPercent(lane: Lane | undefined): number {
  const { replacementTaskSet } = releaseOf(lane) ?? {}
  const taskSet = lane?.service?.taskSets.find(({ id }) => id === replacementTaskSet)
  return taskSet === undefined ? 0 : (lane?.service?.production[taskSet.targetGroup] ?? 0)
}

function releaseOf(lane: Lane | undefined) {
  return lane?.deployments.find(({ kind }) => kind === 'release')
}

function expectTrueVerdict({ outputs }: SimulatedRelease, { end }: Truth): void {
  const made = end.deployments.filter(({ kind }) => kind === 'release')
  const rollback = end.deployments.find(({ kind }) => kind === 'rollback')
  expect(made.length).toBeLessThanOrEqual(1)
  if (outputs.status === 'refused') expect(made).toEqual([])
  if (outputs.status === 'succeeded') {
    expect(outputs).toMatchObject({ production: 'web:2', 'replacement-traffic': '100' })
    expect(productionOf(end)).toBe('web:2')
    expect(made[0]?.events.map(({ status }) => status)).toEqual(made[0]?.events.map(() => 'Succeeded'))
  }
  if (outputs.status === 'rolled-back') {
    expect(productionOf(end)).toBe('web:1')
    expect(rollback?.status).toBe('Succeeded')
  }
  if (outputs.status === 'rollback-failed') expect(rollback?.status).toBe('Failed')
}

function expectTrueProduction({ release, outputs, annotation }: SimulatedRelease, { end, productionAt }: Truth): void {
  const { traffic } = JSON.parse(renderReport(release))
  if (traffic.readAt !== null) expect(outputs.production).toBe(productionAt.get(Date.parse(traffic.readAt)))
  // A cancelled release goes on after its last reading.
  if (outputs.production !== '' && outputs.status !== 'cancelled') expect(outputs.production).toBe(productionOf(end))
  if (traffic.lastSeen !== null) {
    expect(traffic.lastSeen.production).toBe(productionAt.get(Date.parse(traffic.lastSeen.readAt)))
    expect(outputs).toMatchObject({ production: '', 'replacement-traffic': '' })
  }
  if (outputs['replacement-traffic'] !== '') {
    const shown = { '0': 'web:1', '100': 'web:2' }[outputs['replacement-traffic']]
    if (shown === undefined) expect(outputs.production).toContain(`web:2 ${outputs['replacement-traffic']}%`)
    else expect(outputs.production).toBe(shown)
  }
  if (annotation?.message.includes('never left the original')) expect(releaseOf(end)?.weightStepsTaken).toBe(0)
}

/** Outputs, report, annotation and exit code say the same. */
function expectOneStory({ release, outputs, annotation }: SimulatedRelease): void {
  expectValidReport(release)
  expect(fromReport(release)).toEqual(outputs)
  const fails = release.status !== undefined && exitCodeOf(release.status) === 1
  expect(fails).toBe(!['succeeded', 'started', 'unchanged'].includes(outputs.status))
  expect(annotation !== undefined).toBe(fails)
  expect(`${annotation?.title} ${annotation?.message}`.replace('undefined undefined', '')).not.toMatch(
    /undefined|NaN|Invalid Date/,
  )
}

/** The outputs as far as they are in the report too; the others as they are. */
function fromReport(release: Release) {
  const report = JSON.parse(renderReport(release))
  const hookResults = report.hooks.map(({ diagnostics: _, log: __, ...hook }: Record<string, unknown>) => hook)
  return {
    ...renderOutputs(release, ''),
    status: report.status,
    reason: report.reason ?? '',
    'task-definition-arn': report.taskDefinition?.arn ?? '',
    'task-definition': report.taskDefinition?.name ?? '',
    'previous-task-definition': report.previousTaskDefinition ?? '',
    'codedeploy-deployment-id': report.deployment?.id ?? '',
    'replacement-traffic': String(report.traffic.replacementPercent ?? ''),
    production: report.traffic.production ?? '',
    'hook-results': JSON.stringify(hookResults),
    'rollback-status': report.rollback.status,
  }
}
