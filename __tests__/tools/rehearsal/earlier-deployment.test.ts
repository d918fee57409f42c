import { setTimeout as pause } from 'node:timers/promises'
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { beginEarlier } from '../../../tools/rehearsal/earlier-deployment.ts'
import { subjectOf } from '../../../tools/rehearsal/subject.ts'
import { nativeScenarios } from '../../../tools/simulator/native/scenarios.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { clientsFor, inOneAccount, type SimulatedAccount } from '../../support/simulated-release.ts'

const IMAGE = 'registry.example/web:1.1.0'

/** Begins a deployment for an operation. It looks again and again in real time, while the account's time moves only here. */
async function begin(scenario: Scenario, operation: 'watch' | 'promote', { simulator, clock }: SimulatedAccount) {
  let isBegun = false
  const earlier = { endpoint: simulator.url, subject: subjectOf(scenario), image: IMAGE }
  const begun = beginEarlier(operation, earlier).finally(() => {
    isBegun = true
  })
  while (!isBegun) {
    await clock.sleep(1_000)
    await pause(10)
  }
  return await begun
}

/** The first revision and the one that was registered after it. */
async function revisions({ simulator }: SimulatedAccount) {
  const { ecs, codeDeploy } = clientsFor(simulator)
  const read = (taskDefinition: string) =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
  const [first, second] = [await read('web:1'), await read('web:2')]
  ecs.destroy()
  codeDeploy.destroy()
  return { first, second }
}

test('the earlier deployment of a rehearsal changes nothing of the running revision but its image, and keeps its tags', () =>
  inOneAccount(baseScenario, async (account) => {
    expect(await begin(baseScenario, 'watch', account)).toMatch(/^d-/)
    const { first, second } = await revisions(account)
    expect(second.tags).toEqual(first.tags)
    const [container] = first.taskDefinition?.containerDefinitions ?? []
    const { family, cpu, memory, networkMode, executionRoleArn } = first.taskDefinition ?? {}
    expect(second.taskDefinition).toMatchObject({ family, cpu, memory, networkMode, executionRoleArn })
    expect(second.taskDefinition?.containerDefinitions).toEqual([{ ...container, image: IMAGE }])
  }))

test('one of ECS waits at its pause with its function done, and the tag of its revision says who made it', () =>
  inOneAccount(nativeScenarios['native-pause'], async (account) => {
    const id = await begin(nativeScenarios['native-pause'], 'promote', account)
    const deployment = account.simulator.lane('demo:web')?.native?.deployments.find((one) => one.id === id)
    expect(deployment?.stage).toBe('POST_TEST_TRAFFIC_SHIFT')
    expect(deployment?.hooks.map(({ status }) => status).sort()).toEqual(['AWAITING_ACTION', 'SUCCEEDED'])
    const { first, second } = await revisions(account)
    const own = { key: 'ecs-blue-green-release', value: expect.stringContaining('repo=example/shop wf=release.yml') }
    expect(second.tags).toEqual([...(first.tags ?? []), own])
  }))
