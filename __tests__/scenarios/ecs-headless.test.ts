import { describe, expect, test } from '@jest/globals'
import { nativeBase, nativeScenarios, nativeWorld, withNative } from '../../tools/simulator/native/scenarios.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { operate } from '../support/operations.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'

/** A service without a load balancer: ECS shifts nothing, and runs the new revision beside the old one. */
const HEADLESS: Scenario = { ...nativeBase, world: withNative(nativeWorld, {}, { loadBalancer: 'none' }) }

const SIDECAR = { name: 'sidecar', image: 'registry.example/sidecar:1.0.0', essential: false }

const WITH_SIDECAR: Scenario = {
  ...HEADLESS,
  world: {
    ...HEADLESS.world,
    taskDefinitions: HEADLESS.world.taskDefinitions.map(({ definition, ...seed }) => ({
      ...seed,
      definition: { ...definition, containerDefinitions: [...(definition['containerDefinitions'] as []), SIDECAR] },
    })),
  },
}

async function registered(scenario: Scenario, inputs: Record<string, string>) {
  const { outputs, release, calls } = await simulateRelease({ scenario, inputs })
  const call = calls.find(({ operation }) => operation === 'RegisterTaskDefinition')
  const { containerDefinitions = [] } = (call?.input ?? {}) as { containerDefinitions?: { image: string }[] }
  return { status: outputs.status, problems: release.problems, images: containerDefinitions.map(({ image }) => image) }
}

describe('a release of a service without a load balancer', () => {
  test('puts the image into the only container', async () => {
    expect(await registered(HEADLESS, {})).toEqual({
      status: 'succeeded',
      problems: [],
      images: ['registry.example/web:1.1.0'],
    })
  })

  test('needs no port of the container that is named', async () => {
    expect(await registered(WITH_SIDECAR, { 'container-name': 'web' })).toEqual({
      status: 'succeeded',
      problems: [],
      images: ['registry.example/web:1.1.0', 'registry.example/sidecar:1.0.0'],
    })
  })

  test.each([
    ['an image', {}],
    ['a variable', { image: 'web=registry.example/web:1.1.0', 'environment-variables': 'A=1' }],
  ])('is refused when nothing says for which of several containers %s is', async (_, inputs) => {
    expect(await registered(WITH_SIDECAR, inputs)).toEqual({
      status: 'refused',
      problems: [
        {
          reason: 'invalid-input',
          sentence:
            "Nothing says which container gets what the inputs change: the service has no load balancer, and the task definition has several containers, 'web', 'sidecar'. Name one with 'container-name', or an image as 'container=image'.",
        },
      ],
      images: [],
    })
  })

  test('is refused when the container that is named is not there', async () => {
    const { status, problems } = await registered(HEADLESS, { 'container-name': 'wbe' })
    expect(status).toBe('refused')
    expect(problems.map(({ sentence }) => sentence)).toEqual([
      "Input 'container-name' names the container 'wbe', which the task definition does not have; its containers: 'web'.",
    ])
  })

  test('can be approved by its image', async () => {
    const world = withNative(nativeScenarios['native-pause'].world, {}, { loadBalancer: 'none' })
    await inOneAccount({ ...nativeScenarios['native-pause'], world }, async (account) => {
      await operate(account, { 'wait-for': 'test-traffic' })
      const promoted = { operation: 'promote', 'expect-image': 'registry.example/web:1.1.0' }
      expect((await operate(account, promoted)).outputs.status).toBe('succeeded')
    })
  })
})
