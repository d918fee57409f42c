import { CreateDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import type { Scenario, ServiceSeed } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { clientsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const BY_HAND = {
  applicationName: 'AppECS-demo-web',
  deploymentGroupName: 'DgpECS-demo-web',
  description: 'by hand',
  revision: { revisionType: 'AppSpecContent', appSpecContent: { content: 'version: 0.0' } },
} as const

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

async function refusal(options: Partial<SimulatedReleaseOptions>) {
  const result = await simulateRelease({ scenario: baseScenario, ...options })
  expect(result.outputs.status).toBe('refused')
  expect(result.writes).toEqual([])
  expect(result.summary).toContain('Refused')
  const sentences = result.release.problems.map(({ sentence }) => sentence)
  return { ...result, sentences }
}

function withService(change: Partial<ServiceSeed>): Scenario {
  const services = baseScenario.world.services.map((service) => ({ ...service, ...change }))
  return { ...baseScenario, world: { ...baseScenario.world, services } }
}

const FOUND_ITSELF =
  " 'demo/web' is released by deployment group 'DgpECS-demo-web' of application 'AppECS-demo-web', which is found by itself when neither input is given."

describe('refuses with one sentence, and writes nothing, when', () => {
  test('the service does not exist', async () => {
    const { sentences, outputs } = await refusal({ inputs: { service: 'wobble' } })
    expect(sentences).toEqual([
      "Service 'wobble' was not found in cluster 'demo' (MISSING). Check 'service', 'cluster' and the region.",
    ])
    expect(outputs.reason).toBe('not-found')
  })

  test('the service is an ARN of another region, and the title has its short name', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web'
    const { annotation } = await refusal({ inputs: { service: arn, cluster: '' } })
    expect(annotation?.title).toBe('Refused: prod/web')
  })

  test('the cluster does not exist', async () => {
    const { sentences } = await refusal({ inputs: { cluster: 'prod' } })
    expect(sentences).toEqual(["Cluster 'prod' was not found. Check 'cluster' and the region."])
  })

  test('no service is given', async () => {
    const { sentences, calls } = await refusal({ inputs: { service: '' } })
    expect(sentences).toEqual(["Input 'service' is required: the name or ARN of the ECS service to release."])
    expect(calls).toEqual([])
  })

  test('the service has another deployment controller', async () => {
    const { sentences, outputs } = await refusal({ scenario: withService({ controller: 'ECS' }) })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toMatch(
      /^Service 'web' is deployed by ECS with the strategy ROLLING, which replaces tasks in place\./,
    )
    expect(outputs.reason).toBe('unsupported-service')
  })

  test('the service is being deleted', async () => {
    const { sentences } = await refusal({ scenario: withService({ status: 'DRAINING' }) })
    expect(sentences).toEqual(["Service 'web' is DRAINING; only an ACTIVE service can be released."])
  })

  test('a hook for test traffic has no test listener', async () => {
    const scenario = { ...baseScenario, world: withGroup(baseScenario.world, { testListener: false }) }
    const { sentences, outputs } = await refusal({ scenario, inputs: HOOK })
    expect(sentences).toEqual([
      "Input 'after-allow-test-traffic-hook' would never run: deployment group 'DgpECS-demo-web' has no test listener. Add one to the group or leave the hook out.",
    ])
    expect(outputs.reason).toBe('no-test-listener')
  })

  test('the group holds every deployment at Ready and nobody would continue it', async () => {
    const ready = { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } as const
    const scenario = { ...baseScenario, world: withGroup(baseScenario.world, { ready }) }
    const { sentences, outputs } = await refusal({ scenario })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toContain("Set 'auto-promote: true', 'wait-for: test-traffic' or 'wait-for: nothing'.")
    expect(outputs.reason).toBe('held')
  })

  test('the container that is to get the traffic is not in the task definition', async () => {
    const { sentences } = await refusal({ inputs: { 'container-name': 'nope' } })
    expect(sentences).toEqual([
      "Container 'nope', which is to get the traffic, is not in the task definition; its containers: 'web'. Check 'container-name'.",
    ])
  })

  test('an image is for a container that the task definition does not have', async () => {
    const { sentences } = await refusal({ inputs: { image: 'sidecar=registry.example/sidecar:1' } })
    expect(sentences).toEqual([
      "Input 'image' names the container 'sidecar', which the task definition does not have; its containers: 'web'.",
    ])
  })

  test('the container has no such port', async () => {
    const { sentences } = await refusal({ inputs: { 'container-port': '9090' } })
    expect(sentences).toEqual([
      "Container 'web' has no port 9090 in the task definition; its ports: 8080. Check 'container-port'.",
    ])
  })

  test('a task definition file has a member that ECS does not know', async () => {
    const text = JSON.stringify({
      family: 'web',
      containerDefinitions: [
        { name: 'web', image: 'registry.example/web:1', portMappings: [{ containerPort: 8080 }], imagePull: 'always' },
      ],
    })
    const { sentences } = await refusal({ inputs: { 'task-definition': 'td.json' }, files: { 'td.json': text } })
    expect(sentences).toEqual([
      "Task definition file 'td.json' has the member 'containerDefinitions[0].imagePull', which ECS does not know.",
    ])
  })

  test('the AppSpec is malformed', async () => {
    const { sentences } = await refusal({ files: { 'appspec.yaml': 'version: 0.0\nResources: [' } })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toMatch(/^AppSpec file 'appspec.yaml' is not valid YAML: .* \(line 2, column \d+\)\.$/)
  })

  test('wait-for-minutes is no number', async () => {
    const { sentences, outputs } = await refusal({ inputs: { 'wait-for-minutes': 'soon' } })
    expect(sentences).toEqual(["Input 'wait-for-minutes' must be a whole number from 1 to 7200; got 'soon'."])
    expect(outputs.reason).toBe('invalid-input')
  })

  test('there is nothing to release, such as when an output arrives empty', async () => {
    const { sentences, outputs } = await refusal({ inputs: { image: '' } })
    expect(sentences).toEqual([expect.stringMatching(/^There is nothing to release: 'image' is empty/)])
    expect(outputs.reason).toBe('invalid-input')
  })

  test('the function of a hook is misspelt', async () => {
    const { sentences, outputs } = await refusal({
      inputs: { 'after-allow-test-traffic-hook': 'CodeDeployHook_valdiate' },
    })
    expect(sentences).toEqual([
      "Input 'after-allow-test-traffic-hook' names the Lambda function 'CodeDeployHook_valdiate', which does not exist in us-east-1. Did you mean 'CodeDeployHook_validate'?",
    ])
    expect(outputs.reason).toBe('not-found')
  })

  test('the operation is misspelt, which is told before AWS is asked anything', async () => {
    const { sentences, calls } = await refusal({ inputs: { operation: 'relese', service: '' } })
    expect(sentences).toEqual([
      "Input 'operation' must be 'release', 'plan', 'watch', 'stop', 'promote', 'rollback' or 'preview'; got 'relese'.",
      "Input 'service' is required: the name or ARN of the ECS service to release.",
    ])
    expect(calls).toEqual([])
  })

  test('an input of the official action cannot apply', async () => {
    const { sentences } = await refusal({ undeclared: ['DESIRED-COUNT'] })
    expect(sentences).toEqual([
      "Input 'desired-count' cannot apply to a release through CodeDeploy: a blue/green release keeps the desired count of the service; change it with UpdateService.",
    ])
  })

  test('the deployment configuration does not exist', async () => {
    const { sentences } = await refusal({ inputs: { 'codedeploy-deployment-config': 'Canary5' } })
    expect(sentences).toEqual([
      "Deployment configuration 'Canary5' was not found. Check 'codedeploy-deployment-config' and the region.",
    ])
  })

  test('the named deployment group does not exist', async () => {
    const { sentences } = await refusal({
      inputs: { 'codedeploy-application': 'AppECS-demo-web', 'codedeploy-deployment-group': 'other' },
    })
    expect(sentences).toEqual([
      `Deployment group 'other' was not found in application 'AppECS-demo-web'. Check 'codedeploy-deployment-group'.${FOUND_ITSELF}`,
    ])
  })

  test.each([
    [{ 'codedeploy-deployment-group': 'nope' }, /^No CodeDeploy deployment group named 'nope' releases 'demo\/web'\. /],
    [
      { 'codedeploy-application': 'AppECS-demo-api', 'codedeploy-deployment-group': 'DgpECS-demo-api' },
      /^Deployment group 'DgpECS-demo-api' of application 'AppECS-demo-api' releases 'demo\/api', not 'demo\/web'\./,
    ],
  ])('a named deployment group is not that of the service: %j', async (inputs, sentence) => {
    const other = baseScenario.world.applications.map((application) => ({
      ...application,
      name: 'AppECS-demo-api',
      groups: application.groups.map((group) => ({ ...group, name: 'DgpECS-demo-api', service: 'api' })),
    }))
    const applications = [...baseScenario.world.applications, ...other]
    const services = baseScenario.world.services.flatMap((service) => [service, { ...service, name: 'api' }])
    const scenario = { ...baseScenario, world: { ...baseScenario.world, services, applications } }
    const { sentences } = await refusal({ scenario, inputs })
    expect(sentences).toEqual([expect.stringMatching(sentence)])
    expect(sentences[0]?.endsWith(FOUND_ITSELF)).toBe(true)
  })

  test('something stands in the way of every call, and calls nothing', async () => {
    const obstacle = { reason: 'invalid-input', sentence: 'No AWS region is set.' } as const
    const { sentences, calls } = await refusal({ world: { obstacles: [obstacle] } })
    expect(sentences).toEqual(['No AWS region is set.'])
    expect(calls).toEqual([])
  })

  test('the credentials have expired, although many reads fail of it', async () => {
    const { sentences, outputs } = await refusal({
      inputs: { 'codedeploy-application': 'AppECS-demo-web', 'codedeploy-deployment-group': 'DgpECS-demo-web' },
      prepare: ({ simulator }) =>
        simulator.addFault({
          operation: '*',
          count: 100,
          kind: {
            type: 'error',
            code: 'ExpiredTokenException',
            message: 'The security token included in the request is expired',
            httpStatus: 400,
          },
        }),
    })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toContain('the credentials have expired')
    expect(outputs.reason).toBe('credentials')
  })
})

describe('an address that contradicts itself, the region or what ECS knows', () => {
  const ECS = 'arn:aws:ecs:us-east-1:123456789012'
  const AWAY = 'arn:aws:ecs:eu-west-1:999956789012'
  const FOREIGN = 'arn:aws:ecs:us-east-1:999956789012'

  test.each<[string, SimulatedReleaseOptions['inputs'], string[]]>([
    [
      'a service in another cluster than the given one',
      { service: `${ECS}:service/other/web` },
      [
        "Input 'service' is the ARN of a service in cluster 'other', but 'cluster' says 'demo'; leave 'cluster' out or correct one of them.",
      ],
    ],
    [
      'service and cluster in another region',
      { service: `${AWAY}:service/demo/web`, cluster: `${AWAY}:cluster/demo` },
      [
        "Input 'cluster' is an ARN in eu-west-1, but this step works in us-east-1. Check 'cluster', 'aws-region' and AWS_REGION.",
        "Input 'service' is an ARN in eu-west-1, but this step works in us-east-1. Check 'service', 'aws-region' and AWS_REGION.",
      ],
    ],
    [
      'a task definition in another region',
      { 'task-definition': 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1' },
      [
        "Input 'task-definition' is an ARN in eu-west-1, but this step works in us-east-1. Check 'task-definition', 'aws-region' and AWS_REGION.",
      ],
    ],
    [
      'two accounts',
      { cluster: `${ECS}:cluster/demo`, service: `${FOREIGN}:service/demo/web` },
      ["Input 'service' is an ARN of aws, account 999956789012, but 'cluster' is one of aws, account 123456789012."],
    ],
    [
      'two partitions',
      { cluster: 'arn:aws-cn:ecs:us-east-1:123456789012:cluster/demo', service: `${ECS}:service/demo/web` },
      [
        "Input 'cluster' is an ARN of the partition 'aws-cn', but us-east-1 is in 'aws', where ARNs begin with 'arn:aws:'.",
      ],
    ],
    [
      'a cluster name that no cluster can have',
      { cluster: 'other/demo' },
      ["Input 'cluster' must be the name (letters, digits, '-' and '_') or ARN of an ECS cluster; got 'other/demo'."],
    ],
    [
      'cluster and service in one name',
      { service: 'staging/web' },
      ["Input 'service' must be the name (letters, digits, '-' and '_') or ARN of an ECS service; got 'staging/web'."],
    ],
    [
      'ARNs of other things',
      { cluster: `${ECS}:service/demo/web`, service: `${ECS}:cluster/demo`, 'task-definition': 'arn:aws:s3:::web' },
      [
        `Input 'cluster' must be the name (letters, digits, '-' and '_') or ARN of an ECS cluster; got '${ECS}:service/demo/web'.`,
        `Input 'service' must be the name (letters, digits, '-' and '_') or ARN of an ECS service; got '${ECS}:cluster/demo'.`,
        "Input 'task-definition' must be the ARN of a task definition when it begins with 'arn:'; got 'arn:aws:s3:::web'.",
      ],
    ],
    [
      'more than one line',
      { service: 'web\napi' },
      ["Input 'service' must be the name (letters, digits, '-' and '_') or ARN of an ECS service; got 'web api'."],
    ],
  ])('is refused before any call: %s', async (_, inputs, expected) => {
    const { sentences, outputs, calls } = await refusal({ ...(inputs && { inputs }) })
    expect(sentences).toEqual(expected)
    expect(outputs.reason).toBe('invalid-input')
    expect(calls).toEqual([])
  })

  test.each<[string, SimulatedReleaseOptions['inputs'], string, string]>([
    [
      'a service of another account',
      { service: `${FOREIGN}:service/demo/web` },
      'not-found',
      `Service '${FOREIGN}:service/demo/web' was not found in cluster 'demo' (MISSING). Check 'service', 'cluster' and the region.`,
    ],
    [
      'a cluster of another account',
      { cluster: `${FOREIGN}:cluster/demo` },
      'not-found',
      `Cluster '${FOREIGN}:cluster/demo' was not found. Check 'cluster' and the region.`,
    ],
    [
      'a task definition of another account',
      { 'task-definition': `${FOREIGN}:task-definition/web:1` },
      'invalid-input',
      `Input 'task-definition' is '${FOREIGN}:task-definition/web:1', but the service that ECS found is ${ECS}:service/demo/web. Check 'cluster', 'service' and the credentials.`,
    ],
    [
      'a task definition that has no name',
      { 'task-definition': 'web:latest' },
      'invalid-input',
      "Input 'task-definition' must be a file of the workspace, a family, 'family:revision' or an ARN; got 'web:latest'.",
    ],
  ])('is refused: %s', async (_, inputs, reason, sentence) => {
    const { sentences, outputs } = await refusal({ ...(inputs && { inputs }) })
    expect(sentences).toEqual([sentence])
    expect(outputs.reason).toBe(reason)
  })

  test('is none when a service ARN names the cluster that is left at its default', async () => {
    const inputs = { cluster: 'default', service: `${ECS}:service/demo/web`, 'wait-for': 'nothing' }
    const { outputs } = await simulateRelease({ scenario: baseScenario, inputs })
    expect(outputs.status).toBe('started')
  })

  test('is refused when the task definition has a role of another account', async () => {
    const text = JSON.stringify({
      family: 'web',
      taskRoleArn: 'arn:aws:iam::999956789012:role/web',
      containerDefinitions: [
        { name: 'web', image: 'registry.example/web:1', memory: 512, portMappings: [{ containerPort: 8080 }] },
      ],
    })
    const { sentences } = await refusal({ inputs: { 'task-definition': 'td.json' }, files: { 'td.json': text } })
    expect(sentences).toEqual([
      "The task definition's 'taskRoleArn' is 'arn:aws:iam::999956789012:role/web', but a task of account 123456789012 (aws) can only have roles of that account.",
    ])
  })
})

test('reports everything that is wrong at once, what needs AWS and what does not', async () => {
  const { sentences, annotation, log } = await refusal({
    inputs: { service: 'wobble', 'wait-for-minutes': 'soon', image: 'UPPER', 'task-definition': 'missing.json' },
    undeclared: ['RUN-TASK'],
  })
  expect(sentences).toHaveLength(5)
  for (const sentence of sentences) expect(annotation?.message).toContain(sentence)
  expect(log.filter((line) => line.startsWith('Error'))).toEqual([])
})

test('names the deployment that keeps the group busy, and who made it', async () => {
  const { outputs, release, writes } = await simulateRelease({
    scenario: baseScenario,
    inputs: { 'on-active-deployment': 'fail' },
    prepare: async ({ simulator }) => {
      const { codeDeploy } = clientsFor(simulator.url)
      await codeDeploy.send(new CreateDeploymentCommand(BY_HAND))
    },
  })
  expect(outputs.status).toBe('refused')
  expect(outputs.reason).toBe('busy')
  expect(release.problems).toHaveLength(1)
  expect(release.problems[0]?.sentence).toMatch(
    /^Deployment group 'DgpECS-demo-web' is busy with d-\w+ \(Created, created 0\.0 s ago by user, 'by hand'\) \(https:\/\/\S+\)\. Try again/,
  )
  expect(writes).toEqual(['CreateDeployment'])
})
