import { expect, test } from '@jest/globals'
import { parseAppSpec } from '../../../tools/simulator/model/app-spec.ts'

const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:42'

const YAML = `
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${ARN}"
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: 8080
        PlatformVersion: "1.4.0"
        NetworkConfiguration:
          AwsvpcConfiguration:
            Subnets: ["subnet-0a1"]
            SecurityGroups: ["sg-0c3"]
            AssignPublicIp: "DISABLED"
        CapacityProviderStrategy:
          - { Base: 1, CapacityProvider: FARGATE_SPOT, Weight: 2 }
Hooks:
  - AfterInstall: "CodeDeployHook_one"
  - AfterAllowTestTraffic: "CodeDeployHook_two"
`

test('YAML is read with everything that ECS knows', () => {
  expect(parseAppSpec(YAML)).toEqual({
    taskDefinition: ARN,
    containerName: 'web',
    containerPort: 8080,
    platformVersion: '1.4.0',
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-0a1'], securityGroups: ['sg-0c3'], assignPublicIp: 'DISABLED' },
    },
    capacityProviderStrategy: [{ base: 1, capacityProvider: 'FARGATE_SPOT', weight: 2 }],
    hooks: { AfterInstall: 'CodeDeployHook_one', AfterAllowTestTraffic: 'CodeDeployHook_two' },
  })
})

const MINIMAL = {
  version: 0,
  resources: [
    {
      anyName: {
        type: 'AWS::ECS::Service',
        properties: { taskDefinition: ARN, loadBalancerInfo: { containerName: 'web', containerPort: '8080' } },
      },
    },
  ],
}

test('JSON, keys in any case, other names of the resource, unknown keys and a missing Hooks section are all right', () => {
  for (const document of [
    MINIMAL,
    { ...MINIMAL, version: '0.0' },
    { ...MINIMAL, version: 1 },
    { ...MINIMAL, novelty: 1, Hooks: null },
  ]) {
    expect(parseAppSpec(JSON.stringify(document))).toMatchObject({
      taskDefinition: ARN,
      containerPort: 8080,
      hooks: {},
    })
  }
})

const broken: [string, string][] = [
  ['text that is no YAML', 'version: 0.0\nResources: [unclosed'],
  ['no text', ''],
  ['a list as version', YAML.replace('0.0', '[0.0]')],
  ['no version', YAML.replace('version: 0.0', '')],
  ['two resources', YAML.replace('Hooks:', '  - Other: {}\nHooks:')],
  ['a resource of another type', YAML.replace('AWS::ECS::Service', 'AWS::Lambda::Function')],
  ['a type in another case', YAML.replace('AWS::ECS::Service', 'aws::ecs::service')],
  ['no task definition', YAML.replace(/TaskDefinition:.*/, '')],
  [
    'a load balancer that is a list',
    JSON.stringify(MINIMAL).replace(/"loadBalancerInfo":({.*?})/, '"loadBalancerInfo":[$1]'),
  ],
  ['hooks that are no list', YAML.replace(/Hooks:.*/s, 'Hooks: { AfterInstall: a }')],
  ['a hook that does not exist', YAML.replace('AfterInstall', 'AfterEverything')],
  ['a hook in another case', YAML.replace('AfterInstall', 'afterInstall')],
  ['a hook at an event that cannot have one', YAML.replace('AfterInstall', 'Install')],
  ['a hook without a function', YAML.replace('"CodeDeployHook_one"', '""')],
]

test.each(broken)('%s is broken', (_, content) => {
  expect(parseAppSpec(content)).toBeUndefined()
})
