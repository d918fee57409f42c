import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { OPERATIONS } from '../../../tools/simulator/operations/operations.ts'
import type { Shape } from '../../../tools/simulator/protocol/shape.ts'
import { cases } from '../../support/share.ts'
import { Invariants } from './support/invariants.ts'
import { type Rehearsal, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'
import { type Play, play, plays } from './support/script.ts'

const CASES = cases(250)

test('whatever happens, deployments, events, weights and rollbacks never contradict each other', () => {
  fc.assert(
    fc.property(plays, (one) => {
      const invariants = new Invariants()
      play(one, 'step by step', (direct) => invariants.check(direct))
    }),
    CASES,
  )
})

test('one big step of the clock and many small ones give the same answers, and so does every run', () => {
  fc.assert(
    fc.property(plays, (one) => {
      const once = play(one, 'at once')
      expect(play(one, 'step by step')).toBe(once)
      expect(play(one, 'at once')).toBe(once)
    }),
    CASES,
  )
})

test('the SDK reads every answer, and every time in it is a Date', () =>
  fc.assert(
    fc.asyncProperty(plays, async ({ scenario, steps }) => {
      const complaints: string[] = []
      await withRehearsal(scenario, async (rehearsal) => {
        await readThrough(rehearsal, steps)
        complaints.push(...rehearsal.complaints)
      })
      expect(complaints).toEqual([])
    }),
    cases(30),
  ))

/** Plays waits, releases and alarms over HTTP, and reads everything after each. */
async function readThrough({ codeDeploy, ecs, simulator, to }: Rehearsal, steps: Play['steps']): Promise<void> {
  let seconds = 0
  for (const step of steps) {
    seconds += step.do === 'wait' ? step.seconds : 0
    to(seconds)
    if (step.do === 'alarm') simulator.setAlarm(step.name, step.state)
    if (step.do === 'release') {
      const appSpecContent = { content: appSpec(step.revision, step.hooks) }
      const names = { applicationName: 'AppECS-demo-web', deploymentGroupName: 'DgpECS-demo-web' }
      await codeDeploy
        .createDeployment({ ...names, revision: { revisionType: 'AppSpecContent', appSpecContent }, ...step.more })
        .catch(() => {})
      expectDates('GetDeploymentGroup', await codeDeploy.getDeploymentGroup(names))
    }
    for (const deploymentId of (await codeDeploy.listDeployments({})).deployments ?? []) {
      expectDates('GetDeployment', await codeDeploy.getDeployment({ deploymentId }))
      const target = { deploymentId, targetId: 'demo:web' }
      expectDates('GetDeploymentTarget', await codeDeploy.getDeploymentTarget(target).catch(() => undefined))
    }
    expectDates('DescribeServices', await ecs.describeServices({ cluster: 'demo', services: ['web'] }))
    const { taskArns = [] } = await ecs.listTasks({ cluster: 'demo', desiredStatus: 'STOPPED' })
    if (taskArns.length > 0) expectDates('DescribeTasks', await ecs.describeTasks({ cluster: 'demo', tasks: taskArns }))
  }
}

function expectDates(operation: string, answer: unknown): void {
  const shape = OPERATIONS.find(({ name }) => name === operation)?.output
  if (shape) expect(timesThatAreNoDates(shape, answer, operation)).toEqual([])
}

function timesThatAreNoDates(shape: Shape, value: unknown, path: string): string[] {
  if (value === undefined || value === null) return []
  switch (shape.kind) {
    case 'timestamp':
      return value instanceof Date && !Number.isNaN(value.getTime()) ? [] : [path]
    case 'list':
    case 'map':
      return Object.entries(value).flatMap(([key, one]) => timesThatAreNoDates(shape.element, one, `${path}.${key}`))
    case 'structure':
      return [...shape.members].flatMap(([name, member]) =>
        timesThatAreNoDates(member, (value as Record<string, unknown>)[name], `${path}.${name}`),
      )
    default:
      return []
  }
}
