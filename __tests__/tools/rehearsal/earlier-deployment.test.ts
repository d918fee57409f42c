import { setTimeout as pause } from 'node:timers/promises'
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { beginEarlier } from '../../../tools/rehearsal/earlier-deployment.ts'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { clientsFor, inOneAccount } from '../../support/simulated-release.ts'

test('the earlier deployment of a rehearsal changes nothing of the running revision but its image, and keeps its tags', () =>
  inOneAccount(baseScenario, async ({ simulator, clock }) => {
    const image = 'registry.example/web:1.1.0'
    const place = { endpoint: simulator.url, region: 'us-east-1', image, hook: undefined }
    let isBegun = false
    const begun = beginEarlier('watch', place).finally(() => {
      isBegun = true
    })
    // It looks again and again in real time, while the account's time moves only here.
    while (!isBegun) {
      await clock.sleep(1_000)
      await pause(10)
    }
    expect(await begun).toMatch(/^d-/)

    const { ecs, codeDeploy } = clientsFor(simulator)
    const read = (taskDefinition: string) =>
      ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
    const [first, second] = [await read('web:1'), await read('web:2')]
    ecs.destroy()
    codeDeploy.destroy()
    expect(second.tags).toEqual(first.tags)
    const [container] = first.taskDefinition?.containerDefinitions ?? []
    const { family, cpu, memory, networkMode, executionRoleArn } = first.taskDefinition ?? {}
    expect(second.taskDefinition).toMatchObject({ family, cpu, memory, networkMode, executionRoleArn })
    expect(second.taskDefinition?.containerDefinitions).toEqual([{ ...container, image }])
  }))
