import { DescribeServicesCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { clientsFor, inOneAccount, type SimulatedAccount, simulateRelease } from '../support/simulated-release.ts'

const SPOT = [{ CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1 }]

function appSpecFile(properties: object): string {
  const target = {
    Type: 'AWS::ECS::Service',
    Properties: {
      TaskDefinition: '<TASK_DEFINITION>',
      LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
      ...properties,
    },
  }
  return JSON.stringify({ version: 0, Resources: [{ TargetService: target }] })
}

const ON_SPOT = { 'appspec.yaml': appSpecFile({ CapacityProviderStrategy: SPOT }) }
const ON_FARGATE = { 'appspec.yaml': appSpecFile({}) }

async function play(account: SimulatedAccount, inputs: Record<string, string>, files: Record<string, string> = {}) {
  const { outputs, calls, release } = await simulateRelease({ scenario: baseScenario, account, inputs, files })
  expect(outputs.status).toBe('succeeded')
  await account.clock.sleep(3_600_000)
  const sent = calls.find(({ operation }) => operation === 'CreateDeployment')?.input as SentDeployment | undefined
  const appSpec = JSON.parse(sent?.revision.appSpecContent.content ?? '{}')
  return { properties: appSpec.Resources[0].TargetService.Properties, warnings: release.warnings }
}

interface SentDeployment {
  revision: { appSpecContent: { content: string } }
}

async function providersThatServe({ simulator }: SimulatedAccount): Promise<unknown> {
  const { ecs } = clientsFor(simulator)
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'demo', services: ['web'] }))
  const primary = services[0]?.taskSets?.find(({ status }) => status === 'PRIMARY')
  return primary?.capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider) ?? primary?.launchType
}

const image = (tag: string) => ({ image: `registry.example/web:${tag}` })

test('a release without an AppSpec file, and a rollback after it, stay on the capacity of what serves', () =>
  inOneAccount(baseScenario, async (account) => {
    await play(account, image('1.1.0'), ON_SPOT)
    expect(await providersThatServe(account)).toEqual(['FARGATE_SPOT'])
    const built = await play(account, { ...image('1.2.0'), 'codedeploy-appspec': 'none' }, ON_SPOT)
    expect(built.properties).toMatchObject({ CapacityProviderStrategy: SPOT })
    expect(await providersThatServe(account)).toEqual(['FARGATE_SPOT'])
    const back = await play(account, { operation: 'rollback' })
    expect(back).toMatchObject({ properties: { CapacityProviderStrategy: SPOT }, warnings: [] })
    expect(await providersThatServe(account)).toEqual(['FARGATE_SPOT'])
  }))

test('a rollback goes back to the capacity of the revision that it goes back to', () =>
  inOneAccount(baseScenario, async (account) => {
    await play(account, image('1.1.0'), ON_SPOT)
    const file = await play(account, image('1.2.0'), ON_FARGATE)
    expect(Object.keys(file.properties)).toEqual(['TaskDefinition', 'LoadBalancerInfo'])
    expect(await providersThatServe(account)).toEqual('FARGATE')
    expect((await play(account, { operation: 'rollback' })).properties).toMatchObject({
      CapacityProviderStrategy: SPOT,
    })
    expect(await providersThatServe(account)).toEqual(['FARGATE_SPOT'])
  }))
