import type { Service, TaskSet } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { propertiesToKeep } from '../../src/service/task-set-properties.ts'

const network = (...subnets: string[]) => ({
  awsvpcConfiguration: { subnets, securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' as const },
})
const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]

describe('the next task set is asked to run as this one', () => {
  test('where the service says otherwise, in the words and the order of an AppSpec', () => {
    const service: Service = { platformVersion: 'LATEST', networkConfiguration: network('subnet-1') }
    const taskSet: TaskSet = {
      platformVersion: '1.3.0',
      networkConfiguration: network('subnet-3', 'subnet-2'),
      capacityProviderStrategy: [...spot, { capacityProvider: 'FARGATE', base: 1, weight: 2 }],
    }
    expect(propertiesToKeep(service, taskSet)).toEqual({
      PlatformVersion: '1.3.0',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          Subnets: ['subnet-2', 'subnet-3'],
          SecurityGroups: ['sg-1'],
          AssignPublicIp: 'ENABLED',
        },
      },
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: 1, Weight: 2 },
        { CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1 },
      ],
    })
  })

  test.each<[string, Service, TaskSet]>([
    ['there is nothing to say', {}, {}],
    ['the service says it', { capacityProviderStrategy: spot }, { capacityProviderStrategy: [...spot] }],
    [
      'the service names the same subnets in another order',
      { networkConfiguration: network('a', 'b') },
      { networkConfiguration: network('b', 'a') },
    ],
    ['the newest platform version is meant', { platformVersion: 'LATEST' }, { platformVersion: '1.4.0' }],
    ['there is no platform version, as on EC2', {}, { platformVersion: '' }],
    ['the network is told by halves', {}, { networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } } }],
    ['tasks have no network of their own', {}, { networkConfiguration: {}, capacityProviderStrategy: [] }],
  ])('by nothing, where %s', (_name, service, taskSet) => {
    expect(propertiesToKeep(service, taskSet)).toEqual({})
  })

  test('by the platform version that the service pins, which an AppSpec without one would not', () => {
    expect(propertiesToKeep({ platformVersion: '1.4.0' }, { platformVersion: '1.4.0' })).toEqual({
      PlatformVersion: '1.4.0',
    })
  })
})
