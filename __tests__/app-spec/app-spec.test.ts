import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { type AppSpecPlan, buildAppSpec } from '../../src/app-spec/app-spec.ts'
import { parseAppSpecFile } from '../../src/app-spec/app-spec-file.ts'

const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2'

const PLAN: AppSpecPlan = { containerName: 'web', containerPort: 8080, hooks: {}, file: undefined, properties: {} }

/** What CodeDeploy gets, parsed. */
const built = (plan: Partial<AppSpecPlan>) => JSON.parse(buildAppSpec({ ...PLAN, ...plan }, ARN).content)

test('is built whole without a file, and has no list of hooks without one', () => {
  expect(built({})).toEqual({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: ARN,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
          },
        },
      },
    ],
  })
})

test('has its hooks in the order in which they run, each in an item of its own', () => {
  const hooks = {
    AfterAllowTraffic: 'last',
    AfterAllowTestTraffic: 'arn:aws:lambda:…:function:f',
    BeforeInstall: 'first',
  }
  expect(built({ hooks }).Hooks).toEqual([
    { BeforeInstall: 'first' },
    { AfterAllowTestTraffic: 'arn:aws:lambda:…:function:f' },
    { AfterAllowTraffic: 'last' },
  ])
})

test('carries the SHA-256 of exactly its bytes', () => {
  const { content, sha256 } = buildAppSpec({ ...PLAN, containerName: 'wéb😀' }, ARN)
  expect(sha256).toBe(createHash('sha256').update(Buffer.from(content, 'utf8')).digest('hex'))
  expect(content).toContain('"version":"0.0"')
})

test('takes from a file what the plan does not decide, and never its task definition, container or hooks', () => {
  const text = `
version: 0.0
resources:
  - MyService:
      type: AWS::ECS::Service
      properties:
        taskDefinition: <TASK_DEFINITION>
        loadBalancerInfo: {containerName: other, containerPort: 1}
        platformVersion: 1.4.0
        capacityProviderStrategy: [{capacityProvider: FARGATE_SPOT, weight: 1, base: 0}]
        Novelty: {a: 1}
hooks: [{AfterInstall: from-file}]
Top: [x]
`
  const { file } = parseAppSpecFile('appspec.yaml', text)
  expect(built({ file, properties: file?.otherProperties ?? {}, hooks: { BeforeInstall: 'planned' } })).toEqual({
    version: '0.0',
    Resources: [
      {
        MyService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: ARN,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
            PlatformVersion: '1.4.0',
            CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1, Base: 0 }],
            Novelty: { a: '1' },
          },
        },
      },
    ],
    Hooks: [{ BeforeInstall: 'planned' }],
    Top: ['x'],
  })
})
