import { expect, test } from '@jest/globals'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { control } from './support/control.ts'
import { until, withHook, withLiveRehearsal } from './support/live-rehearsal.ts'
import { HOOK } from './support/rehearsal.ts'
import { send } from './support/wire.ts'

/** Which task set answers there; undefined when none does. */
async function servedBy(url: string | undefined): Promise<string | undefined> {
  const { body } = await send(`${url}/`, {}, '', 'GET')
  return (body as { taskSet?: string }).taskSet
}

/** So slow that nothing happens by itself. */
const SLOW = 0.001

test('servers have followed when the clock has been moved', () =>
  withLiveRehearsal(
    baseScenario,
    async ({ simulator, release, deployment }) => {
      const { production, test: testListener } = simulator.listeners['demo:web'] ?? {}
      const original = await servedBy(production)
      const id = await release()
      await control(simulator.url, 'POST', '/advance', { seconds: 20 })
      expect(await servedBy(production)).toBe(original)
      expect(await servedBy(testListener)).toMatch(/^ecs-svc/)
      expect(await servedBy(testListener)).not.toBe(original)
      await control(simulator.url, 'POST', '/advance', { seconds: 700 })
      expect((await deployment(id)).status).toBe('Succeeded')
      expect(await servedBy(production)).toBe(await servedBy(testListener))
      expect(await servedBy(production)).not.toBe(original)
    },
    SLOW,
  ))

test('a hook is run when the clock passes its moment, and ended when it passes its 15 minutes', () =>
  withHook('hook.mjs', 'export const handler = () => new Promise(() => setInterval(() => {}, 1000))', (scenario) =>
    withLiveRehearsal(
      scenario,
      async ({ simulator, release, deployment }) => {
        const id = await release({ AfterInstall: HOOK })
        await control(simulator.url, 'POST', '/advance', { seconds: 1000 })
        await until(() => simulator.hookLogs.some(({ text }) => text === 'Task timed out after 900.00 seconds'))
        expect((await deployment(id)).status).toBe('InProgress')
        await control(simulator.url, 'POST', '/advance', { seconds: 3600 })
        expect((await deployment(id)).errorInformation?.code).toBe('TIMEOUT')
      },
      SLOW,
    ),
  ))

test('a reset ends what runs and serves the original again at the same addresses', () =>
  withHook('hook.mjs', `export const handler = () => { console.log(process.pid); while (true); }`, (scenario) =>
    withLiveRehearsal(
      scenario,
      async ({ simulator, release }) => {
        const production = simulator.listeners['demo:web']?.production
        const original = await servedBy(production)
        const first = await release({ AfterAllowTraffic: HOOK })
        await control(simulator.url, 'POST', '/advance', { seconds: 400 })
        expect(await servedBy(production)).not.toBe(original)
        await until(() => simulator.hookLogs.length > 0)
        const child = Number(simulator.hookLogs[0]?.text)
        expect((await control(simulator.url, 'POST', '/reset')).httpStatus).toBe(200)
        expect(() => process.kill(child, 0)).toThrow('ESRCH')
        expect(simulator.hookLogs).toEqual([])
        expect(await servedBy(production)).toBe(original)
        expect(await release({ AfterAllowTraffic: HOOK })).toBe(first)
        await control(simulator.url, 'POST', '/advance', { seconds: 400 })
        await until(() => simulator.hookLogs.length > 0)
      },
      SLOW,
    ),
  ))
