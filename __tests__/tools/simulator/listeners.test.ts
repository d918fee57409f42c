import { Agent, request as requestOf } from 'node:http'
import { CodeDeploy, type CreateDeploymentCommandInput } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import { manualClock } from '../../../tools/simulator/clock.ts'
import type { Scenario, TrafficRouting } from '../../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../../tools/simulator/simulator.ts'
import { until, withLiveRehearsal } from './support/live-rehearsal.ts'
import { type Answer, ask, readAnswer, startLoad } from './support/load.ts'
import { APPLICATION, clientConfig, GROUP } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

const REVISION: CreateDeploymentCommandInput = {
  applicationName: APPLICATION,
  deploymentGroupName: GROUP,
  revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } },
}

const LOAD = { kept: 6, fresh: 3 }

function movingBy(deploymentConfig: keyof typeof ROUTINGS): Scenario {
  const world = withGroup(baseScenario.world, { deploymentConfig, terminationWaitMinutes: 1 })
  const configs = Object.entries(ROUTINGS).map(([name, routing]) => ({
    name,
    computePlatform: 'ECS' as const,
    routing,
  }))
  return { ...baseScenario, world: { ...world, deploymentConfigs: configs } }
}

const ROUTINGS = {
  'at-once': { type: 'AllAtOnce' },
  'in-tenths': { type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 0.5 },
  held: { type: 'TimeBasedCanary', percentage: 30, intervalMinutes: 600 },
} satisfies Record<string, TrafficRouting>

function problemsIn(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ status }) => status !== 200)
}

function taskSetsIn(answers: readonly Answer[]): Set<string> {
  return new Set(answers.map(({ taskSet }) => taskSet))
}

test('no request is lost while production moves, the original ends, and a rollback moves it back', () =>
  withLiveRehearsal(
    movingBy('in-tenths'),
    async ({ codeDeploy, simulator, release, deployment }) => {
      const { production = '', test: testUrl = '' } = simulator.listeners['demo:web'] ?? {}
      const first = (await ask(production)).taskSet
      const load = startLoad(production, LOAD)

      const forward = await release()
      await until(async () => (await deployment(forward)).status === 'Succeeded')
      const second = (await ask(production)).taskSet
      // Nothing is behind the test listener before the first release.
      const testLoad = startLoad(testUrl, LOAD)

      const { deploymentId = '' } = await codeDeploy.createDeployment({ ...REVISION, deploymentConfigName: 'held' })
      await until(async () => ![first, second].includes((await ask(production)).taskSet))
      await codeDeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
      await until(async () => (await deployment(deploymentId)).rollbackInfo?.rollbackDeploymentId !== undefined)
      const { rollbackInfo } = await deployment(deploymentId)
      await until(async () => (await deployment(rollbackInfo?.rollbackDeploymentId ?? '')).status === 'Succeeded')

      const [answers, testAnswers] = await Promise.all([load.stop(), testLoad.stop()])
      expect(problemsIn([...answers, ...testAnswers])).toEqual([])
      expect([taskSetsIn(answers).size, taskSetsIn(testAnswers).size]).toEqual([3, 2])
      expect([await ask(production), await ask(testUrl)]).toEqual([
        { status: 200, taskSet: second },
        { status: 200, taskSet: second },
      ])
    },
    200,
  ))

test('of any hundred requests in a row each target group gets its percentage, however they come', () =>
  withLiveRehearsal(movingBy('held'), async ({ simulator, release }) => {
    const { production = '' } = simulator.listeners['demo:web'] ?? {}
    const original = (await ask(production)).taskSet
    await release()
    await until(async () => (await ask(production)).taskSet !== original)
    const kept = new Agent({ keepAlive: true, maxSockets: 5 })
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => ask(production, i % 2 === 0 ? kept : false)),
    )
    kept.destroy()
    expect(problemsIn(answers)).toEqual([])
    expect(answers.filter(({ taskSet }) => taskSet !== original).length).toBe(150)
  }))

test('a request that a task set took before it went is answered by it', () =>
  withLiveRehearsal(
    movingBy('in-tenths'),
    async ({ simulator, release, deployment }) => {
      const { production = '' } = simulator.listeners['demo:web'] ?? {}
      const original = (await ask(production)).taskSet
      const upload = requestOf(production, { method: 'POST', agent: false })
      const answered = new Promise((resolve, reject) => {
        upload.on('error', reject)
        upload.on('response', (response) => resolve(readAnswer(response)))
      })
      upload.write('the first half, ')
      const id = await release()
      await until(async () => (await deployment(id)).status === 'Succeeded')
      const later = await release()
      await until(async () => (await deployment(later)).status === 'Succeeded')
      upload.end('and the second')
      expect(await answered).toEqual({ status: 200, taskSet: original })
    },
    1000,
  ))

test('a request that comes the moment production has moved is served, though nobody has looked since', async () => {
  const clock = manualClock()
  const scenario = { ...movingBy('at-once'), hookPlans: {} }
  const simulator = await startSimulator({ scenario, clock, live: { speed: 1 } })
  const codeDeploy = new CodeDeploy(clientConfig(simulator.url))
  try {
    const { production = '', test: testUrl = '' } = simulator.listeners['demo:web'] ?? {}
    const original = (await ask(production)).taskSet
    await codeDeploy.createDeployment(REVISION)
    clock.advance(150)
    const answers = await Promise.all([ask(testUrl), ask(production)])
    expect(problemsIn(answers)).toEqual([])
    expect(taskSetsIn(answers)).not.toContain(original)
  } finally {
    codeDeploy.destroy()
    await simulator.close()
  }
})

test('a client that stays away for long finds its connection open', () =>
  withLiveRehearsal(baseScenario, async ({ simulator }) => {
    const { production = '' } = simulator.listeners['demo:web'] ?? {}
    const response = await fetch(production)
    expect([response.status, response.headers.get('keep-alive')]).toEqual([200, 'timeout=600'])
  }))
