import { expect, test } from '@jest/globals'
import { nativeScenarios } from '../../../../tools/simulator/native/scenarios.ts'
import { control } from '../support/control.ts'
import { withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

test('rules can be edited behind ECS’s back', () =>
  withNativeRehearsal(nativeScenario(), async ({ simulator, release, row }) => {
    const arn = await release()
    const edited = await control(simulator.url, 'POST', '/rules', { service: 'web', first: 30, second: 70, test: 1 })
    expect(edited).toMatchObject({ httpStatus: 200, body: { service: 'demo:web', production: [30, 70] } })
    expect(await row(arn)).toBe('PENDING - 30/70 0/100')
    const wrong = await control(simulator.url, 'POST', '/rules', { service: 'api', first: 3 })
    expect(wrong).toMatchObject({
      httpStatus: 400,
      body: { problems: ["second: goes with 'first': give both weights."] },
    })
    const other = await control(simulator.url, 'POST', '/fail-tasks', { service: 'api' })
    expect(other.body).toEqual({ problems: ["There is no service 'demo:api' that ECS deploys; there are demo:web."] })
  }))

test('tasks of the replacement can be made to fail at any moment', () =>
  withNativeRehearsal(nativeScenario(), async ({ simulator, release, deployment, to }) => {
    const arn = await release()
    to(200)
    expect((await control(simulator.url, 'POST', '/fail-tasks', { service: 'web' })).httpStatus).toBe(200)
    to(225)
    expect((await deployment(arn)).deploymentCircuitBreaker?.failureCount).toBe(1)
    to(275)
    expect((await deployment(arn)).status).toBe('ROLLBACK_REQUESTED')
  }))

test('an alarm names the services that watch it', () =>
  withNativeRehearsal(nativeScenario(), async ({ simulator }) => {
    const set = await control(simulator.url, 'POST', '/alarm', { name: 'web-5xx', state: 'ALARM' })
    expect(set.body).toMatchObject({ watchedBy: ['demo:web'] })
  }))

test('a deployment can have begun before the start', () => {
  const { world } = nativeScenarios.native
  const taskDefinitions = world.taskDefinitions.flatMap((first) => [first, { ...first, revision: 2 }])
  const begun = [{ cluster: 'demo', service: 'web', taskDefinition: 'web:2', secondsAgo: 150 }]
  const scenario = { ...nativeScenario({ more: { begun } }) }
  return withNativeRehearsal({ ...scenario, world: { ...scenario.world, taskDefinitions } }, async (rehearsal) => {
    const arn = rehearsal.arnOf(await rehearsal.service())
    expect(await rehearsal.row(arn)).toBe('IN_PROGRESS BAKE_TIME 0/100 0/100')
    expect((await rehearsal.service()).taskDefinition).toMatch(/web:2$/)
  })
})

test('a reset brings the service back to what it was', () =>
  withNativeRehearsal(nativeScenario(), async ({ simulator, release, service, to }) => {
    await release()
    to(300)
    await simulator.reset()
    expect((await service()).deployments).toHaveLength(1)
    expect((await service()).taskDefinition).toMatch(/web:1$/)
  }))
