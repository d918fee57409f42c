import { join } from 'node:path'
import { ECS } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { scaledClock } from '../../../../tools/simulator/clock.ts'
import { nativeHook, nativeScenarios, withNative } from '../../../../tools/simulator/native/scenarios.ts'
import type { Scenario } from '../../../../tools/simulator/scenario.ts'
import { type Simulator, startSimulator } from '../../../../tools/simulator/simulator.ts'
import { until, withHook } from '../support/live-rehearsal.ts'
import { clientConfig } from '../support/rehearsal.ts'
import { WEB_2 } from '../support/revision.ts'

const SPEED = 20
const BRISK = { scaleUp: 2, testShift: 1, productionShift: 1, cleanUp: 1, rollbackScaleDown: 1, listLag: 0 }

interface NativeLive {
  simulator: Simulator
  /** Who answered before the update, by the production and by the test listener. */
  before: string[]
  /** Status of the newest deployment, and why. */
  end(): Promise<[string | undefined, string | undefined]>
}

/** Updates the service to `web:2`, with real listeners and a real function. */
async function withNativeLive(scenario: Scenario, play: (live: NativeLive) => Promise<void>): Promise<void> {
  const clock = scaledClock(SPEED)
  const native = { ...scenario.native, timings: BRISK }
  const complain = (line: string) => {
    throw new Error(line)
  }
  const simulator = await startSimulator({ scenario: { ...scenario, native }, clock, live: { speed: SPEED }, complain })
  const ecs = new ECS(clientConfig(simulator.url))
  try {
    await ecs.registerTaskDefinition(WEB_2)
    const { production, test: testUrl } = simulator.listeners['demo:web'] ?? {}
    const before = [await ask(production), await ask(testUrl)]
    await ecs.updateService({ cluster: 'demo', service: 'web', taskDefinition: 'web:2' })
    await play({
      simulator,
      before,
      end: async () => {
        const { serviceDeployments } = await ecs.listServiceDeployments({ cluster: 'demo', service: 'web' })
        return [serviceDeployments?.[0]?.status, serviceDeployments?.[0]?.statusReason]
      },
    })
  } finally {
    ecs.destroy()
    await simulator.close()
  }
}

function linesOf({ hookLogs }: Simulator): string[] {
  return hookLogs.map(({ text }) => text)
}

async function ask(url = ''): Promise<string> {
  const response = await fetch(url)
  return response.status === 200
    ? ((await response.json()) as { taskDefinition: string }).taskDefinition
    : `${response.status}`
}

test('listeners follow a native deployment, whose function really runs and is answered by what it returns', () =>
  withNativeLive(nativeScenarios.native, async ({ simulator, before, end }) => {
    expect(before).toEqual(['web:1', 'web:1'])
    const { production, test: testUrl } = simulator.listeners['demo:web'] ?? {}
    await until(async () => (await ask(testUrl)) === 'web:2')
    await until(async () => (await ask(production)) === 'web:2')
    expect(linesOf(simulator)).toEqual([
      expect.stringMatching(/^POST_TEST_TRAFFIC_SHIFT of arn:aws:ecs:.*:service-deployment\/demo\/web\//),
      ...Array(3).fill(expect.stringMatching(/ answered 200 from web:2: /)),
      'The replacement passed. Reporting Succeeded.',
    ])
    await until(async () => (await end())[0] === 'IN_PROGRESS')
  }))

test('a replacement that answers 500 fails its function, and the test listener goes back', () =>
  withNativeLive(nativeScenarios['native-hook-fails'], async ({ simulator, end }) => {
    const { production, test: testUrl } = simulator.listeners['demo:web'] ?? {}
    await until(async () => (await end())[0] === 'ROLLBACK_SUCCESSFUL')
    expect((await end())[1]).toContain('returned FAILED status.')
    expect([await ask(production), await ask(testUrl)]).toEqual(['web:1', 'web:1'])
    expect(linesOf(simulator).at(-1)).toMatch(/ answered 500; expected 200\. .* Reporting Failed\.$/)
  }))

const HOOK_IN_TYPESCRIPT = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'hooks', 'validate.ts')

/** The function in TypeScript, at these stages. */
function hookedAt(scenario: Scenario, ...stages: string[]): Scenario {
  const lifecycleHooks = stages.map((stage) => nativeHook('validate', stage))
  const world = withNative(scenario.world, { lifecycleHooks, bakeTimeInMinutes: 0 })
  return { ...scenario, world: { ...world, functions: [{ name: 'validate', handlerFile: HOOK_IN_TYPESCRIPT }] } }
}

test('the function to copy passes a good replacement at every stage at which the test listener leads to it', () => {
  const stages = ['TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']
  return withNativeLive(hookedAt(nativeScenarios.native, ...stages), async ({ simulator, end }) => {
    await until(async () => (await end())[0] === 'SUCCESSFUL')
    const verdicts = linesOf(simulator).filter((line) => line.includes('Reporting'))
    expect(verdicts).toEqual(stages.map(() => 'The replacement passed. Reporting Succeeded.'))
  })
})

test('the function to copy fails a bad replacement, and not the rollback in which it is called again', () => {
  const scenario = hookedAt(nativeScenarios['native-hook-fails'], 'TEST_TRAFFIC_SHIFT')
  const native = { ...scenario.native, assumptions: { rollbackHookFails: 'fails-the-rollback' } as const }
  return withNativeLive({ ...scenario, native }, async ({ simulator, end }) => {
    await until(async () => (await end())[0] === 'ROLLBACK_SUCCESSFUL')
    expect(linesOf(simulator).filter((line) => line.includes('Reporting'))).toEqual([
      expect.stringMatching(/ answered 500; expected 200\. .* Reporting Failed\.$/),
      'ECS rolls back, so the replacement is not asked. Reporting Succeeded.',
    ])
  })
})

test('the function to copy fails where the test listener still leads to the original', () =>
  withNativeLive(hookedAt(nativeScenarios.native, 'POST_SCALE_UP'), async ({ simulator, end }) => {
    await until(async () => (await end())[0] === 'ROLLBACK_SUCCESSFUL')
    expect(linesOf(simulator).at(-1)).toMatch(/^At POST_SCALE_UP .* Reporting Failed\.$/)
  }))

const SOURCES: [string, string, string][] = [
  ['a function that throws', 'exports.handler = async () => { throw new Error("no") }', 'HookStatus must not be null.'],
  ['a function that returns nothing', 'exports.handler = async () => {}', 'HookStatus must not be null.'],
  [
    'a function that calls back',
    'exports.handler = (event, context, callback) => callback(null, { hookStatus: "FAILED" })',
    'returned FAILED status.',
  ],
]

test.each(SOURCES)('%s rolls back', (_, source, reason) =>
  withHook('check.cjs', source, async ({ world }) => {
    const [file] = world.functions
    const functions = [{ ...file, name: 'validate' }]
    const scenario = { ...nativeScenarios.native, world: { ...nativeScenarios.native.world, functions } }
    await withNativeLive(scenario, async ({ end }) => {
      await until(async () => (await end())[0] === 'ROLLBACK_SUCCESSFUL')
      expect((await end())[1]).toContain(reason)
    })
  }),
)
