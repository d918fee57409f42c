import { expect, test } from '@jest/globals'
import { manualClock } from '../../../tools/simulator/clock.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../../tools/simulator/simulator.ts'
import { control } from './support/control.ts'
import { APPLICATION, GROUP, HOOK } from './support/rehearsal.ts'
import { appSpec, WEB_2 } from './support/revision.ts'
import { post } from './support/wire.ts'

const SCENARIO: Scenario = {
  ...scenarios['hook-fails'],
  faults: [{ operation: 'GetDeployment', count: 2, kind: { type: 'throttle' } }],
  assumptions: { listPageSize: 2 },
}

/**
 * Plays a long script over HTTP: a release whose hook fails, its rollback, others that are stopped or left alone, lists
 * page by page, faults, a reset.
 * @returns everything that was answered, and the recorded calls, as text
 */
async function play(seed: number): Promise<string> {
  const simulator = await startSimulator({ scenario: SCENARIO, clock: manualClock(), seed, complain: () => {} })
  const { url } = simulator
  const answers: unknown[] = []
  const ask = async (service: 'codedeploy' | 'ecs', operation: string, input: object) => {
    const { httpStatus, headers, body } = await post(url, service, operation, input)
    answers.push([operation, httpStatus, headers['x-amzn-requestid'], body])
    return (body ?? {}) as Record<string, string>
  }
  const advance = (seconds: number) => control(url, 'POST', '/advance', { seconds })
  const look = async (deploymentId: string | undefined) => {
    await ask('codedeploy', 'GetDeployment', { deploymentId })
    await ask('codedeploy', 'GetDeploymentTarget', { deploymentId, targetId: 'demo:web' })
    await ask('ecs', 'DescribeServices', { cluster: 'demo', services: ['web'] })
    const { taskArns } = await ask('ecs', 'ListTasks', { cluster: 'demo', serviceName: 'web' })
    await ask('ecs', 'DescribeTasks', { cluster: 'demo', tasks: taskArns })
  }
  const release = async (hooks: Record<string, string>) => {
    await ask('ecs', 'RegisterTaskDefinition', WEB_2)
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:2', hooks) } }
    const names = { applicationName: APPLICATION, deploymentGroupName: GROUP }
    return (await ask('codedeploy', 'CreateDeployment', { ...names, revision }))['deploymentId']
  }

  for (let round = 0; round < 2; round++) {
    await ask('codedeploy', 'GetApplication', { applicationName: APPLICATION })
    await ask('codedeploy', 'GetDeploymentGroup', { applicationName: APPLICATION, deploymentGroupName: GROUP })
    const failing = await release({ AfterAllowTestTraffic: HOOK })
    for (const seconds of [1, 3, 60, 80, 10, 600]) {
      await advance(seconds)
      await look(failing)
    }
    const stopped = await release({})
    await control(url, 'POST', '/fault', { operation: 'StopDeployment', kind: 'malformed', how: 'not-json', count: 1 })
    await advance(150)
    await ask('codedeploy', 'StopDeployment', { deploymentId: stopped, autoRollbackEnabled: true })
    await ask('codedeploy', 'StopDeployment', { deploymentId: stopped })
    await advance(60)
    await look(stopped)
    const last = await release({})
    await advance(800)
    await look(last)
    for (let nextToken: string | undefined, page = 0; page === 0 || nextToken; page++) {
      const listed = await ask('codedeploy', 'ListDeployments', { ...(nextToken && { nextToken }) })
      await ask('codedeploy', 'BatchGetDeployments', { deploymentIds: listed['deployments'] })
      nextToken = listed['nextToken']
    }
    answers.push((await control(url, 'GET', '/hook-logs')).body, (await control(url, 'GET', '/calls')).body)
    await control(url, 'POST', '/reset')
  }
  await simulator.close()
  return JSON.stringify(answers, undefined, 1)
}

const IDS =
  /d-[A-Z0-9]{9}\b|ecs-svc\/\d{19}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}|(?<=(task|container)\/demo\/|\(task )[0-9a-f]{32}|(?<=container\/demo\/[0-9a-f]{32}\/)[0-9a-f]{12}|eyJ[A-Za-z0-9+/=]{100,}/g

/** Addresses follow from the ids of tasks, and are too few to be different ones for certain. */
const ADDRESS = /10\.0\.\d+\.\d+|subnet-\w+/g

/** The text with each id replaced by how many others there were before it. */
function withoutIds(text: string): string {
  const seen = new Map<string, number>()
  return text.replace(ADDRESS, 'address').replace(IDS, (id) => {
    if (!seen.has(id)) seen.set(id, seen.size)
    return `id ${seen.get(id)}`
  })
}

/** The texts are far too long for a diff. */
function firstDifference(one: string, other: string): string[] | undefined {
  const lines = other.split('\n')
  const at = one === other ? -1 : one.split('\n').findIndex((line, i) => line !== lines[i])
  return at < 0 ? undefined : [one.split('\n')[at] ?? '', lines[at] ?? '']
}

function idsIn(text: string): Set<string> {
  return new Set(text.match(IDS))
}

test('the same script with the same seed is answered the same, byte for byte', async () => {
  const [one, other] = await Promise.all([play(7), play(7)])
  expect(firstDifference(one, other)).toBeUndefined()
  expect(one).toContain('codeDeployRollback')
  expect(one).toContain('"nextToken"')
  expect(one).toContain('ThrottlingException')
})

test('another seed makes other ids and nothing else different, also at the same time in one process', async () => {
  const [one, other] = await Promise.all([play(0), play(1)])
  expect(firstDifference(withoutIds(one), withoutIds(other))).toBeUndefined()
  const ids = idsIn(one)
  expect(ids.size).toBeGreaterThan(50)
  expect([...idsIn(other)].filter((id) => ids.has(id))).toEqual([])
})
