import { expect } from '@jest/globals'
import { renderReport } from '../../../src/report/report-json.ts'
import { exitCodeOf } from '../../../src/verdict.ts'
import type { Lane } from '../../../tools/simulator/model/lane.ts'
import type { SimulatedRelease } from '../../support/simulated-release.ts'

/** What was true of the service when a step had ended, and of its production whenever AWS had answered. */
export interface Truth {
  end: Lane
  productionAt: ReadonlyMap<number, string>
}

/** Whatever a step tells of its deployment, of a rollback and of production is what the simulator knows. */
export function expectTrue(ended: SimulatedRelease, truth: Truth): void {
  expectTrueVerdict(ended, truth)
  expectTrueRollback(ended, truth)
  expectTrueProduction(ended, truth)
  expectOneStory(ended)
}

/** As the output `production` would tell it. Of two task sets behind one target group the newer one counts. */
export function productionOf({ service }: Lane): string {
  const serving = new Map((service?.taskSets ?? []).map((taskSet) => [taskSet.targetGroup, taskSet.taskDefinitionArn]))
  const shares = [...serving]
    .map(([targetGroup, arn]) => ({
      name: arn.slice(arn.lastIndexOf('/') + 1),
      percent: service?.production[targetGroup] ?? 0,
    }))
    .filter(({ percent }) => percent > 0)
    .sort((left, right) => right.percent - left.percent)
  if (shares.length === 1) return shares[0]?.name ?? ''
  return shares.map(({ name, percent }) => `${name} ${percent}%`).join(' / ')
}

function meant({ outputs }: SimulatedRelease, { end }: Truth) {
  const id = outputs['codedeploy-deployment-id']
  return end.deployments.find((deployment) => deployment.id === id)
}

function rollbackOf(ended: SimulatedRelease, truth: Truth) {
  const id = meant(ended, truth)?.id
  return truth.end.deployments.find(({ rollbackOf }) => id !== undefined && rollbackOf === id)
}

function replacementPercent({ service }: Lane, id: string | undefined): number {
  const taskSet = service?.taskSets.find((one) => one.id === id)
  return taskSet === undefined ? 0 : (service?.production[taskSet.targetGroup] ?? 0)
}

function expectTrueVerdict(ended: SimulatedRelease, truth: Truth): void {
  const { outputs, calls, release } = ended
  const { status } = outputs
  const accepted = calls.filter(({ operation, output }) => operation === 'CreateDeployment' && output !== undefined)
  expect(accepted.length).toBeLessThanOrEqual(1)
  const deployment = meant(ended, truth)
  const serving = replacementPercent(truth.end, deployment?.replacementTaskSet)
  switch (status) {
    case 'refused':
    case 'unchanged':
    case 'planned':
      expect(accepted).toEqual([])
      break
    case 'succeeded':
      if (release.operation === 'rollback' && (deployment?.status === 'Stopped' || deployment?.status === 'Failed')) {
        // It was stopped by this, and production taken back.
        expect(serving).toBe(0)
        break
      }
      expect(deployment?.events.map((event) => event.status)).toEqual(deployment?.events.map(() => 'Succeeded'))
      expect(serving).toBe(100)
      break
    case 'awaiting-promotion':
      expect(deployment?.status).toBe('Ready')
      expect(deployment?.weightStepsTaken).toBe(0)
      expect(deployment?.events.map((event) => event.status)).not.toContain('InProgress')
      break
    case 'failed':
    case 'rolled-back':
    case 'rollback-failed':
    case 'stopped':
      expect(['Failed', 'Stopped']).toContain(deployment?.status)
      if (status === 'rolled-back' || release.operation === 'stop') expect(serving).toBe(0)
      break
    default:
      expect(['started', 'cancelled', 'timed-out', 'unknown']).toContain(status)
  }
}

function expectTrueRollback(ended: SimulatedRelease, truth: Truth): void {
  const { outputs } = ended
  const deployment = meant(ended, truth)
  const rollback = rollbackOf(ended, truth)
  const claims = outputs['rollback-status']
  if (outputs.status === 'rolled-back') expect(rollback?.status).toBe('Succeeded')
  if (outputs.status === 'failed') expect(rollback).toBeUndefined()
  if (claims === 'succeeded' && deployment?.kind === 'release') expect(rollback?.status).toBe('Succeeded')
  if (claims === 'failed') expect(rollback?.status).not.toBe('Succeeded')
  // A step that was cut short says so by its status; any other has looked.
  const hasLooked = !['cancelled', 'timed-out', 'unknown', 'started', 'refused', 'unchanged'].includes(outputs.status)
  if (claims === 'none' && hasLooked) expect(rollback).toBeUndefined()
  if (outputs['rollback-deployment-id'] !== '') expect(outputs['rollback-deployment-id']).toBe(rollback?.id)
}

function expectTrueProduction({ release, outputs, annotation, ...ended }: SimulatedRelease, truth: Truth): void {
  const { traffic } = JSON.parse(renderReport(release))
  if (traffic.readAt !== null) expect(outputs.production).toBe(truth.productionAt.get(Date.parse(traffic.readAt)))
  if (traffic.lastSeen !== null) {
    expect(traffic.lastSeen.production).toBe(truth.productionAt.get(Date.parse(traffic.lastSeen.readAt)))
    expect(outputs).toMatchObject({ production: '', 'replacement-traffic': '' })
  }
  // A step that ends early leaves a deployment that goes on.
  const isAtRest = !['cancelled', 'timed-out', 'unknown', 'started'].includes(outputs.status)
  if (outputs.production !== '' && isAtRest) expect(outputs.production).toBe(productionOf(truth.end))
  const said = [annotation?.message, ended.summary, ...ended.log].join('\n')
  if (said.includes('never left the original')) {
    expect(meant({ release, outputs, annotation, ...ended }, truth)?.weightStepsTaken ?? 0).toBe(0)
  }
}

/** Annotation and exit code say the same, and nothing is told that was never filled in. */
function expectOneStory({ release, outputs, annotation, summary, log }: SimulatedRelease): void {
  const fails = release.status !== undefined && exitCodeOf(release.status, release.operation) === 1
  expect({ status: outputs.status, isAnnotated: annotation !== undefined }).toEqual({
    status: outputs.status,
    isAnnotated: fails,
  })
  const told = [annotation?.title ?? '', annotation?.message ?? '', summary, ...log].join('\n')
  expect(told).not.toMatch(/\bundefined\b|\bNaN\b|Invalid Date|\[object Object\]/)
}
