import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { operate } from '../../src/operations/operate.ts'
import { appSpecOf, DENY, handAws, revision, SECONDS_0, wireDefinition } from '../support/hand-aws.ts'
import { rawInputs } from '../support/simulated-release.ts'
import { EVENT_NAMES } from '../support/snapshots.ts'

const ID = 'd-OTHER0001'

/** The target of a deployment whose first events have succeeded, and the rest are ahead. */
function targetAt(done: number, percent: number) {
  const lifecycleEvents = EVENT_NAMES.map((lifecycleEventName, index) => ({
    lifecycleEventName,
    status: index < done ? 'Succeeded' : index === done ? 'InProgress' : 'Pending',
    ...(index <= done && { startTime: SECONDS_0 + index }),
    ...(index < done && { endTime: SECONDS_0 + index + 1 }),
  }))
  const taskSetsInfo = [
    { identifer: 'ecs-svc/1', status: 'PRIMARY', trafficWeight: 100 - percent, taskSetLabel: 'Blue' },
    { identifer: 'ecs-svc/2', status: 'ACTIVE', trafficWeight: percent, taskSetLabel: 'Green' },
  ]
  return { deploymentTargetType: 'ECSTarget', ecsTarget: { lifecycleEvents, status: 'InProgress', taskSetsInfo } }
}

async function whereStopsAreDenied(given: Partial<Record<InputName, string>>, done: number, percent: number) {
  const sums = { 'd-MAKER0001': 'one', [ID]: 'two' }
  const revisionOf = (sha256: string) => ({ revisionType: 'AppSpecContent', appSpecContent: { sha256 } })
  const aws = handAws(
    {
      active: [ID],
      succeeded: ['d-MAKER0001', 'd-OLDER0001'],
      definitions: { 'web:0': wireDefinition(0), 'web:1': wireDefinition(1), 'web:2': wireDefinition(2) },
      appSpecs: { zero: appSpecOf(revision(0)), one: appSpecOf(revision(1)), two: appSpecOf(revision(2)) },
      deployments: {
        'd-OLDER0001': { status: 'Succeeded', createTime: SECONDS_0 - 7200, revision: revisionOf('zero') },
        'd-MAKER0001': {
          status: 'Succeeded',
          createTime: SECONDS_0 - 3600,
          revision: revisionOf(sums['d-MAKER0001']),
        },
        [ID]: {
          status: 'InProgress',
          applicationName: 'AppECS-demo-web',
          deploymentGroupName: 'DgpECS-demo-web',
          createTime: SECONDS_0,
          startTime: SECONDS_0,
          revision: revisionOf('two'),
        },
      },
      targets: { [ID]: targetAt(done, percent) },
    },
    { answers: { StopDeployment: DENY } },
  )
  const parsed = parseInputs(rawInputs({ cluster: 'demo', service: 'web', ...given }), [])
  const { status, problems } = await operate(parsed, aws.world)
  return { status, reasons: problems.map(({ reason }) => reason), writes: aws.writes() }
}

test.each([
  ['before the shift', 1, 0],
  ['during the shift', 6, 10],
])('a rollback whose stop is denied %s deploys nothing, and does not succeed', async (_name, done, percent) => {
  const { status, writes } = await whereStopsAreDenied({ operation: 'rollback' }, done, percent)
  expect(writes).toEqual(['StopDeployment'])
  expect(['succeeded', 'stopped', 'rolled-back', 'unchanged']).not.toContain(status)
})

test('a release that replaces, and whose stop is denied, deploys nothing', async () => {
  const given = { 'task-definition': 'web:2', 'on-active-deployment': 'replace' }
  expect(await whereStopsAreDenied(given, 1, 0)).toEqual({
    status: 'refused',
    reasons: ['denied'],
    writes: ['StopDeployment'],
  })
})

test('a stop that is denied takes nothing back, and nothing else is sent', async () => {
  const given = { operation: 'stop', 'deployment-id': ID }
  const { status, writes } = await whereStopsAreDenied(given, 6, 10)
  expect(writes).toEqual(['StopDeployment'])
  expect(['succeeded', 'stopped', 'rolled-back', 'unchanged']).not.toContain(status)
})
