import { describe, expect, test } from '@jest/globals'
import { type AppSpecFile, parseAppSpecFile } from '../../src/app-spec/app-spec-file.ts'
import type { Hooks } from '../../src/follow/snapshot.ts'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import {
  containerOrigin,
  containerProblems,
  holdProblems,
  hookProblems,
  jobLimitWarnings,
  preflightWarnings,
  testListenerProblems,
  type WarningFacts,
} from '../../src/plan/preflight.ts'
import { readDeploymentGroup } from '../../src/service/deployment-group.ts'
import type { ResolvedService } from '../../src/service/service.ts'
import { rawInputs } from '../support/simulated-release.ts'

const inputsOf = (given: Partial<Record<InputName, string>> = {}) =>
  parseInputs(rawInputs({ service: 'web', ...given }), []).inputs

const FILE = 'version: 0.0\nResources: [{S: {Type: AWS::ECS::Service, Properties: {}}}]'
const ofFile = (member: string) => `'${member}' in the AppSpec 'deploy/appspec.yaml'`

const HERE = { region: 'eu-central-1', partition: 'aws' }
const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:hook'
const GROUP = readDeploymentGroup({ applicationName: 'shop', deploymentGroupName: 'shop-web' })

const sentencesOf = (problems: { sentence: string }[]) => problems.map(({ sentence }) => sentence)

describe('a hook', () => {
  test.each([
    'CodeDeployHook_validate',
    'hook:live',
    'hook:$LATEST',
    'hook:42',
    ARN,
    `${ARN}:live`,
    `${ARN}:$LATEST`,
    'h'.repeat(64),
  ])('may be %s', (hook) => {
    expect(hookProblems({ AfterInstall: hook }, inputsOf({ 'after-install-hook': hook }), HERE)).toEqual([])
  })

  test.each([
    'my hook',
    'hook/validate',
    'h'.repeat(65),
    'hook:',
    'hook:a:b',
    'https://lambda.example/hook',
    'arn:aws:lambda:eu-central-1:111122223333:layer:hook',
    'arn:aws:lambda:eu-central-1::function:hook',
    'arn:aws:lambda:eu-central-1:111122223333:function:',
    'arn:aws:ecs:eu-central-1:111122223333:service/web',
    'arn:aws:lambda:eu-central-1:111122223333:function:hook:a:b',
    'hook\n',
  ])('may not be %j', (hook) => {
    expect(hookProblems({ AfterInstall: hook }, inputsOf({ 'after-install-hook': hook }), HERE)).toEqual([
      {
        reason: 'invalid-input',
        sentence: `Input 'after-install-hook' must be the name or ARN of a Lambda function; got '${hook.trim()}'.`,
      },
    ])
  })

  test.each([
    ['another region', 'arn:aws:lambda:us-east-1:111122223333:function:hook', 'aws/us-east-1'],
    ['another partition', 'arn:aws-cn:lambda:cn-north-1:111122223333:function:hook', 'aws-cn/cn-north-1'],
  ])('may not be in %s, as far as that is known', (_, hook, there) => {
    const inputs = inputsOf({ 'after-install-hook': hook })
    expect(sentencesOf(hookProblems({ AfterInstall: hook }, inputs, HERE))).toEqual([
      `Input 'after-install-hook' is a function in ${there}; CodeDeploy calls functions in its own region, aws/eu-central-1.`,
    ])
    expect(hookProblems({ AfterInstall: hook }, inputs, undefined)).toEqual([])
  })

  test('is named by its input or by the event of the file, and each is told of', () => {
    const hooks: Hooks = { BeforeInstall: 'not a name', AfterAllowTraffic: 'neither is this' }
    expect(sentencesOf(hookProblems(hooks, inputsOf({ 'after-allow-traffic-hook': 'neither is this' }), HERE))).toEqual(
      [
        "The AppSpec's hook 'BeforeInstall' must be the name or ARN of a Lambda function; got 'not a name'.",
        "Input 'after-allow-traffic-hook' must be the name or ARN of a Lambda function; got 'neither is this'.",
      ],
    )
  })
})

describe('a hook for test traffic', () => {
  const hooks: Hooks = { AfterAllowTestTraffic: 'hook' }

  test('is refused without a test listener, because it would never run', () => {
    expect(testListenerProblems(hooks, inputsOf({ 'after-allow-test-traffic-hook': 'hook' }), GROUP)).toEqual([
      {
        reason: 'no-test-listener',
        sentence:
          "Input 'after-allow-test-traffic-hook' would never run: deployment group 'shop-web' has no test listener. Add one to the group or leave the hook out.",
      },
    ])
    expect(sentencesOf(testListenerProblems(hooks, inputsOf(), GROUP))).toEqual([
      expect.stringMatching(/^The AppSpec's hook 'AfterAllowTestTraffic' would never run/),
    ])
  })

  test('is fine with one, and a group without one is fine for other hooks', () => {
    expect(testListenerProblems(hooks, inputsOf(), { ...GROUP, hasTestListener: true })).toEqual([])
    expect(testListenerProblems({ BeforeInstall: 'hook' }, inputsOf(), GROUP)).toEqual([])
  })
})

describe('a group that holds at Ready', () => {
  const holding = { ...GROUP, holdsAtReady: true, readyWaitMs: 3_600_000 }

  test.each(['production-traffic', 'completion'])('keeps %s from being reached', (finishLine) => {
    expect(holdProblems(inputsOf({ 'wait-for': finishLine }), holding)).toEqual([
      {
        reason: 'held',
        sentence: `Deployment group 'shop-web' stops every deployment at Ready until somebody continues it (at most 60 min), so '${finishLine}' would not be reached. Set 'auto-promote: true', 'wait-for: test-traffic' or 'wait-for: nothing'.`,
      },
    ])
  })

  test('is fine when the release promotes itself or does not wait, and when the group does not hold', () => {
    expect(holdProblems(inputsOf({ 'auto-promote': 'true' }), holding)).toEqual([])
    expect(holdProblems(inputsOf({ 'wait-for': 'nothing' }), holding)).toEqual([])
    expect(holdProblems(inputsOf(), GROUP)).toEqual([])
  })
})

const OF_INPUTS = { name: "'container-name'", port: "'container-port'" }

describe('the container that is to get the traffic', () => {
  const definition = {
    containerDefinitions: [
      { name: 'web', portMappings: [{ containerPort: 8080 }, { containerPort: 9090 }, 'odd'] },
      { name: 'logs' },
      'odd',
    ],
  }

  test('is in the definition with its port', () => {
    expect(containerProblems(definition, 'web', 9090, OF_INPUTS)).toEqual([])
  })

  test.each<[string, Record<string, unknown>, string, number, string]>([
    [
      'under another name',
      definition,
      'wbe',
      8080,
      "Container 'wbe', which is to get the traffic, is not in the task definition; its containers: 'web', 'logs'. Check 'container-name'.",
    ],
    [
      'without any container',
      {},
      'web',
      8080,
      "Container 'web', which is to get the traffic, is not in the task definition; its containers: none. Check 'container-name'.",
    ],
    [
      'with other ports',
      definition,
      'web',
      80,
      "Container 'web' has no port 80 in the task definition; its ports: 8080, 9090. Check 'container-port'.",
    ],
    [
      'without ports',
      definition,
      'logs',
      80,
      "Container 'logs' has no port 80 in the task definition; its ports: none. Check 'container-port'.",
    ],
  ])('is refused %s', (_, where, name, port, sentence) => {
    expect(containerProblems(where, name, port, OF_INPUTS)).toEqual([{ reason: 'invalid-input', sentence }])
  })

  test.each([
    [{}, 'web', 8080, { name: ofFile('ContainerName'), port: ofFile('ContainerPort') }],
    [{}, 'web', undefined, { ...OF_INPUTS, name: ofFile('ContainerName') }],
    [{ 'container-name': 'web' }, 'wbe', 8080, { ...OF_INPUTS, port: ofFile('ContainerPort') }],
    [{ 'container-port': '80' }, undefined, 8080, OF_INPUTS],
    [{}, undefined, undefined, OF_INPUTS],
  ])('is to be checked where it is said: inputs %j, AppSpec %s:%s', (given, containerName, containerPort, origin) => {
    const { inputs } = parseInputs(rawInputs({ service: 'web', ...given }), [])
    const file = { ...parseAppSpecFile('a.yaml', FILE).file, containerName, containerPort } as AppSpecFile
    expect(containerOrigin(inputs, file, "the AppSpec 'deploy/appspec.yaml'")).toEqual(origin)
    expect(containerOrigin(inputs, undefined, "the AppSpec 'appspec.yaml'")).toEqual(OF_INPUTS)
  })
})

describe('a release warns', () => {
  const facts: WarningFacts = {
    inputs: inputsOf(),
    service: {
      name: 'web',
      desiredCount: 2,
      container: { name: 'web', port: 8080 },
      otherContainers: [] as ResolvedService['otherContainers'],
    } as ResolvedService,
    group: GROUP,
    hooks: { AfterInstall: 'hook' },
    rollbackOn: ['failure'],
    container: { name: 'web', port: 8080 },
  }

  test('of nothing when nothing is odd', () => {
    expect(preflightWarnings(facts)).toEqual([])
  })

  test.each<[string, Partial<WarningFacts>, string]>([
    [
      'that a failed hook rolls back nothing',
      { rollbackOn: ['alarm', 'stop'] },
      "A failed hook ends the deployment without a rollback: neither deployment group 'shop-web' nor 'rollback-on' asks for one on failure.",
    ],
    [
      'that traffic goes to another port',
      { container: { name: 'web', port: 9090 } },
      "Traffic goes to web:9090, while the service's load balancer points at web:8080 now.",
    ],
    [
      'that traffic goes to another container',
      { container: { name: 'proxy', port: 8080 } },
      "Traffic goes to proxy:8080, while the service's load balancer points at web:8080 now.",
    ],
    [
      'that nothing is started',
      { service: { ...facts.service, desiredCount: 0 } },
      "The desired count of service 'web' is 0, so the release starts no task.",
    ],
    [
      'of the permission that replacing alarms takes',
      { inputs: inputsOf({ alarms: 'web-5xx' }) },
      "Input 'alarms' replaces the group's alarms for this deployment; AWS then also asks for codedeploy:UpdateDeploymentGroup.",
    ],
  ])('%s', (_, change, warning) => {
    expect(preflightWarnings({ ...facts, ...change })).toEqual([warning])
  })

  test('of no hook when there is none', () => {
    expect(preflightWarnings({ ...facts, hooks: {}, rollbackOn: [] })).toEqual([])
  })

  test.each([
    [360 * 60_000, inputsOf(), []],
    [
      360 * 60_000 + 30_000,
      inputsOf(),
      ['This step may wait up to 361 min, but a job on a GitHub-hosted runner ends after 360 min.'],
    ],
    [1e9, inputsOf({ 'wait-for': 'nothing' }), []],
  ])('a release warns that a job may end sooner than a wait of %i ms, when it waits', (totalMs, inputs, warnings) => {
    const budget = { totalMs, overallMs: totalMs, phaseMs: () => 0 }
    expect(jobLimitWarnings({ budget, isUnchanged: false }, inputs)).toEqual(warnings)
    expect(jobLimitWarnings({ budget, isUnchanged: true }, inputs)).toEqual([])
  })
})
