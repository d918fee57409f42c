import { expect, test } from '@jest/globals'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { until, withLiveRehearsal } from './support/live-rehearsal.ts'
import { HOOK } from './support/rehearsal.ts'

const AT_ONCE = {
  ...baseScenario,
  world: withGroup(baseScenario.world, {
    deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
    terminationWaitMinutes: 0.1,
  }),
}

const half = { type: 'TimeBasedCanary', percentage: 50, intervalMinutes: 600 } as const
const HALF = {
  ...baseScenario,
  world: {
    ...withGroup(baseScenario.world, { deploymentConfig: 'half' }),
    deploymentConfigs: [{ name: 'half', computePlatform: 'ECS' as const, routing: half }],
  },
}

interface Answer {
  status: number
  taskSet: string
}

async function ask(url = ''): Promise<Answer> {
  const response = await fetch(url)
  const body = (await response.json()) as { taskSet: string }
  return { status: response.status, taskSet: body.taskSet }
}

async function statusOf(url = ''): Promise<number> {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.status
}

test('listeners follow the deployment and lose no request while production moves', () =>
  withLiveRehearsal(HALF, async ({ codeDeploy, simulator, release }) => {
    const { production, test: testUrl } = simulator.listeners['demo:web'] ?? {}
    const original = (await ask(production)).taskSet
    // Nothing is behind the test listener of a service that was never released through CodeDeploy (observed).
    expect(await statusOf(testUrl)).toBe(503)

    const deploymentId = await release()
    await until(async () => (await statusOf(testUrl)) === 200)
    expect((await ask(testUrl)).taskSet).not.toBe(original)
    const statuses = new Set<number>()
    const shareOfReplacement = async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(production)))
      for (const answer of answers) statuses.add(answer.status)
      return answers.filter((answer) => answer.taskSet !== original).length
    }
    await until(async () => (await shareOfReplacement()) === 5)
    await codeDeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
    await until(async () => (await shareOfReplacement()) === 0)
    await until(async () => (await statusOf(testUrl)) === 503)
    expect([...statuses]).toEqual([200])
  }))

test('the example hook passes a healthy replacement, through the SDK, and production goes to it', () =>
  withLiveRehearsal(AT_ONCE, async ({ simulator, release, deployment }) => {
    const { production } = simulator.listeners['demo:web'] ?? {}
    const original = (await ask(production)).taskSet
    const id = await release({ AfterAllowTestTraffic: HOOK })
    await until(async () => (await deployment(id)).status === 'Succeeded')
    expect((await ask(production)).taskSet).not.toBe(original)
    expect(simulator.calls.find((call) => call.operation === 'PutLifecycleEventHookExecutionStatus')).toMatchObject({
      httpStatus: 200,
      input: { deploymentId: id, status: 'Succeeded' },
    })
    const lines = simulator.hookLogs.map((line) => line.text)
    expect(lines[0]).toMatch(/answered 200 from web:1: .*registry\.example\/web:1\.0\.0/)
    expect(simulator.hookLogs.at(-1)).toMatchObject({
      functionName: HOOK,
      deploymentId: id,
      stream: 'stdout',
      text: `${id}: The replacement passed. Reporting Succeeded.`,
    })
  }))

test('the example hook fails a replacement that answers 500 and says why', () =>
  withLiveRehearsal(scenarios['hook-fails'], async ({ simulator, release, deployment }) => {
    const id = await release({ AfterAllowTestTraffic: HOOK })
    await until(async () => (await deployment(id)).rollbackInfo !== undefined)
    const { errorInformation, rollbackInfo } = await deployment(id)
    expect(errorInformation?.code).toBe('HOOK_EXECUTION_FAILURE')
    expect(simulator.hookLogs.at(-1)?.text).toMatch(/answered 500; expected 200.*Reporting Failed\.$/)
    const { test: testUrl } = simulator.listeners['demo:web'] ?? {}
    await until(async () => (await deployment(rollbackInfo?.rollbackDeploymentId ?? '')).status === 'Succeeded')
    expect(await statusOf(testUrl)).toBe(503)
  }))

test('a listener with nothing healthy behind it answers 503', () => {
  const services = baseScenario.world.services.map((seed) => ({ ...seed, desiredCount: 0 }))
  return withLiveRehearsal({ ...baseScenario, world: { ...baseScenario.world, services } }, async ({ simulator }) => {
    const { production = '', test: testUrl = '' } = simulator.listeners['demo:web'] ?? {}
    expect([(await fetch(production)).status, (await fetch(testUrl)).status]).toEqual([503, 503])
  })
})

test('without a test listener there is none, and a browser gets a page', () =>
  withLiveRehearsal(scenarios['no-hooks'], async ({ simulator }) => {
    const listeners = simulator.listeners['demo:web']
    expect(Object.keys(listeners ?? {})).toEqual(['production'])
    const response = await fetch(listeners?.production ?? '', { headers: { accept: 'text/html' } })
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await response.text()
    expect(page).toContain('registry.example/web:1.0.0')
    expect(page).toContain('http-equiv="refresh"')
  }))

test('requests pass a listener with their method, path and body', () =>
  withLiveRehearsal(baseScenario, async ({ simulator }) => {
    const { production = '' } = simulator.listeners['demo:web'] ?? {}
    const response = await fetch(`${production}/orders?page=2`, { method: 'POST', body: 'x'.repeat(200_000) })
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ service: 'web' })])
  }))
