import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { beginEarlier } from '../../src/rehearsal/earlier-deployment.ts'
import { baseScenario } from '../../src/simulator/scenarios.ts'
import { inOneAccount } from '../support/simulated-release.ts'

test('the earlier deployment of a rehearsal changes the image alone, and keeps the tags', () =>
  inOneAccount(baseScenario, async ({ simulator: { url: endpoint }, clock }) => {
    const image = 'registry.example/web:1.1.0'
    const begun = beginEarlier('watch', { endpoint, region: 'us-east-1', image, hook: undefined })
    await clock.sleep(10_000)
    expect(await begun).toMatch(/^d-/)
    const ecs = new ECSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
    })
    const read = async (taskDefinition: string) =>
      await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
    const [first, second] = [await read('web:1'), await read('web:2')]
    ecs.destroy()
    expect(second.tags).toEqual(first.tags)
    expect(second.taskDefinition?.containerDefinitions?.[0]?.image).toBe(image)
  }))
