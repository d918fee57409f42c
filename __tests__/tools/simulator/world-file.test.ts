import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { manualClock } from '../../../tools/simulator/clock.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../../tools/simulator/simulator.ts'
import { demoWorld } from '../../../tools/simulator/world.ts'
import { loadWorldFile, parseWorldFile, WorldFileError } from '../../../tools/simulator/world-file/world-file.ts'
import { post } from './support/wire.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples/worlds/', import.meta.url))
const PAGE = readFileSync(new URL('../../../tools/simulator/world-file.md', import.meta.url), 'utf8')

function read(text: string): Scenario {
  return parseWorldFile(text, resolve(EXAMPLES, 'test.yaml'))
}

function problemsOf(text: string): readonly string[] {
  try {
    read(text)
    return []
  } catch (error) {
    if (error instanceof WorldFileError) return error.sentences
    throw error
  }
}

/** A scenario that a client can use from one end to the other. */
async function expectToRun(scenario: Scenario): Promise<void> {
  const simulator = await startSimulator({ scenario: { ...scenario, faults: [] }, clock: manualClock() })
  for (const { cluster, name } of scenario.world.services) {
    const answer = await post(simulator.url, 'ecs', 'DescribeServices', { cluster, services: [name] })
    expect(answer).toMatchObject({ httpStatus: 200, body: { failures: [], services: [{ serviceName: name }] } })
  }
  for (const { name, groups } of scenario.world.applications) {
    for (const group of groups) {
      const names = { applicationName: name, deploymentGroupName: group.name }
      expect((await post(simulator.url, 'codedeploy', 'GetDeploymentGroup', names)).httpStatus).toBe(200)
      const deploymentConfigName = group.deploymentConfig
      const config = await post(simulator.url, 'codedeploy', 'GetDeploymentConfig', { deploymentConfigName })
      expect(config.httpStatus).toBe(200)
    }
  }
  await simulator.close()
}

test('an empty file is the demo world', () => {
  expect(read('')).toEqual({ ...baseScenario, name: 'world', description: 'As the world file says.' })
})

test('three lines are a service that can be released, named as AWS names things', () => {
  const { world } = loadWorldFile(resolve(EXAMPLES, 'smallest.yaml'))
  expect(world.services).toEqual(demoWorld.services)
  expect(world.applications).toEqual(demoWorld.applications)
  expect(world.functions).toEqual(demoWorld.functions)
  expect(world.taskDefinitions[0]?.definition).toMatchObject({
    family: 'web',
    containerDefinitions: [
      { name: 'web', image: 'registry.example/web:1.0.0', portMappings: [{ containerPort: 8080 }] },
    ],
  })
})

test.each(readdirSync(EXAMPLES))('examples/worlds/%s can be used', async (file) => {
  await expectToRun(loadWorldFile(resolve(EXAMPLES, file)))
})

test('every example of the page can be used, and the full one has every key', async () => {
  const examples = [...PAGE.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)
  expect(examples.length).toBeGreaterThan(1)
  for (const text of examples) await expectToRun(read(text))
  const full = examples.at(-1) ?? ''
  const [unknown = ''] = problemsOf('nothing-like-it: 1')
  const keys = /known keys are (.*)\.$/.exec(unknown)?.[1]?.split(', ') ?? []
  expect(keys.length).toBeGreaterThan(10)
  expect(keys.filter((key) => !new RegExp(`^${key}:`, 'm').test(full))).toEqual([])
})

test('the first container with a port is behind the load balancer, and handlers are found from the file', () => {
  const { world, hookPlans } = loadWorldFile(resolve(EXAMPLES, 'shop.yaml'))
  expect(world.services[0]).toMatchObject({ cluster: 'prod', containerName: 'app', containerPort: 3000 })
  expect(world.applications.map(({ name }) => name)).toEqual(['AppECS-prod-checkout'])
  expect(world.functions).toEqual([
    { name: 'CodeDeployHook_validate', handlerFile: resolve(EXAMPLES, '../hooks/validate.mjs') },
    { name: 'CodeDeployHook_load_test' },
  ])
  expect(Object.keys(hookPlans)).toEqual(['CodeDeployHook_load_test'])
})

test('a planned hook of a file answers by its plan', async () => {
  const { hookPlans } = read(`hooks: [{ name: smoke, plan: { answer: Failed, after-seconds: 7, log: [no] } }]`)
  expect(hookPlans).toEqual({ smoke: { answer: 'Failed', afterSeconds: 7, log: ['no'] } })
})

const SERVICE = 'services: [{ name: web, image: x }]\n'

const mistakes: [string, string[]][] = [
  [
    // Observed: hashicorp/terraform-provider-aws#23995 and #9653.
    'services: [{ name: web, image: x, group: { original-task-set: KEEP_ALIVE, ready: { wait-minutes: 5 } } }]',
    [
      'services[0].group.original-task-set: AWS makes no group for ECS with KEEP_ALIVE; the original is always terminated.',
      "services[0].group.ready.wait-minutes: AWS makes no group with a wait and CONTINUE_DEPLOYMENT; only 'STOP_DEPLOYMENT' waits.",
    ],
  ],
  [
    'services: [{ name: web, image: x, desired-count: two }]',
    ["services[0].desired-count: must be a whole number from 0 to 5000; got 'two'."],
  ],
  ['services: [{ name: web, image: x, prot: 80 }]', ["services[0].prot: is not known here; did you mean 'port'?"]],
  ['services: [{ name: web }]', ["services[0]: must have either 'image' or 'task-definition'; it has neither."]],
  [
    'services: [{ name: web, image: x, task-definition: "web:1" }]',
    ["services[0]: must have either 'image' or 'task-definition'; it has both."],
  ],
  ['services: [web]', ["services[0]: must be a mapping; got 'web'."]],
  ['services: web', ["services: must be a list; got 'web'."]],
  ['account: 123456789012', ['account: must be a text; got the number 123456789012: put it in quotes.']],
  [
    `services: [{ name: web, task-definition: "wbe:1" }]\ntask-definitions: [{ family: web, image: x }]`,
    ["services[0].task-definition: there is no task definition 'wbe:1'; did you mean 'web:1'?"],
  ],
  [
    `services: [{ name: web, task-definition: "web:1", container: app, port: 80 }]\ntask-definitions: [{ family: web, image: x }]`,
    ["services[0].container: task definition 'web:1' has no container 'app'; containers are web."],
  ],
  [
    `services: [{ name: web, task-definition: "web:1", port: 80 }]\ntask-definitions: [{ family: web, image: x }]`,
    ["services[0].port: container 'web' of 'web:1' has no port 80."],
  ],
  [
    `clusters: [prod, test]\nservices: [{ name: web, image: x, cluster: prd }]`,
    ["services[0].cluster: there is no cluster 'prd'; did you mean 'prod'?"],
  ],
  [
    'services: [{ name: web, image: x, group: { deployment-config: CodeDeployDefault.ECSAllAtOne } }]',
    [
      "services[0].group.deployment-config: there is no deployment configuration 'CodeDeployDefault.ECSAllAtOne'; did you mean 'CodeDeployDefault.ECSAllAtOnce'?",
    ],
  ],
  [
    'services: [{ name: web, image: x, group: { deployment-config: CodeDeployDefault.OneAtATime } }]',
    ["services[0].group.deployment-config: 'CodeDeployDefault.OneAtATime' is for Server and not for ECS."],
  ],
  [
    `${SERVICE}applications: [{ name: A, groups: [{ service: web }, { name: B, service: web }, { service: wbe }] }]`,
    [
      "applications[0].groups[1]: service 'web' in cluster 'demo' has two deployment groups; AWS allows one.",
      "applications[0].groups[2].service: there is no service 'wbe' in cluster 'demo'; did you mean 'web'?",
    ],
  ],
  [
    'services: [{ name: web, image: x }, { name: web, image: y, group: none }]',
    [
      "services[1].image: task definition 'web:1' is another service's, and different.",
      "services[1].name: Service 'web' in cluster 'demo' is there twice.",
    ],
  ],
  [
    'task-definitions: [{ definition: { family: web, cpu: 256 }, revision: 2 }]',
    ['task-definitions[0].definition.cpu: must be a string; got a number.'],
  ],
  [
    'hooks: [{ name: h, handler: nowhere.mjs }, { name: h }]',
    [
      `hooks[0].handler: there is no file '${resolve(EXAMPLES, 'nowhere.mjs')}'.`,
      "hooks[1].name: Hook 'h' is there twice.",
    ],
  ],
  [
    'hooks: [{ name: h, plan: {} }]',
    ['hooks[0].plan.answer: must be one of Succeeded, Failed, none, throws; it is missing.'],
  ],
  ['replacement: { health: dies }', ["replacement.dies: must say when: a mapping of 'event' and 'seconds'."]],
  [
    'alarms: [{ name: a, after: { event: Instal } }]',
    [
      "alarms[0].after.event: must be one of Created, BeforeInstall, Install, AfterInstall, AllowTestTraffic, AfterAllowTestTraffic, BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic, RECONCILE_SERVICE, PRE_SCALE_UP, SCALE_UP, POST_SCALE_UP, TEST_TRAFFIC_SHIFT, POST_TEST_TRAFFIC_SHIFT, PRE_PRODUCTION_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT, POST_PRODUCTION_TRAFFIC_SHIFT, BAKE_TIME, CLEAN_UP; got 'Instal'.",
    ],
  ],
  [
    'faults: [{ kind: slow, from: 5, until: 2 }]',
    [
      "faults[0].until: must be later than 'from'; got 2.",
      'faults[0].seconds: must be a number from 0 to 2592000; it is missing.',
    ],
  ],
  [
    'faults: [{ kind: rate-limit }, { kind: rate-limit, per-second: 0 }]',
    [
      'faults[0].per-second: must be a number from 0.01 to 100000; it is missing.',
      'faults[1].per-second: must be a number from 0.01 to 100000; got 0.',
    ],
  ],
  [
    `${SERVICE}begun: [{ service: wbe, task-definition: "web:2", seconds-ago: 5 }, { service: web, task-definition: web }]`,
    [
      "begun[1].task-definition: must be 'family:revision'; got 'web'.",
      'begun[1].seconds-ago: must be a number from 0 to 604800; it is missing.',
      "begun[0].service: no service 'wbe' in cluster 'demo' has a deployment group; did you mean 'web'?",
      "begun[0].task-definition: there is no task definition 'web:2'; did you mean 'web:1'?",
    ],
  ],
  [
    `${SERVICE}begun: [{ service: web, task-definition: "web:1", seconds-ago: 5 }, { service: web, task-definition: "web:1", seconds-ago: 9 }]`,
    ["begun[1].service: A deployment of service 'web' in cluster 'demo' is there twice."],
  ],
  ['timings: { instal: 3 }', ["timings.instal: is not known here; did you mean 'install'?"]],
  [
    'assumptions: { stopAnswer: Never, hookDiagnostics: 1 }',
    [
      'assumptions.hookDiagnostics: must be true or false; got 1.',
      "assumptions.stopAnswer: must be one of Pending, Succeeded; got 'Never'.",
    ],
  ],
  ['[1, 2]', ['Must be a mapping; got a list.']],
  ['a: [1\nb: 2', ['The file, at line 2, column 1, is not valid YAML: deficient indentation.']],
  [
    'region: eu-west-1\nregion: eu-west-1',
    ['The file, at line 2, column 1, is not valid YAML: duplicated mapping key.'],
  ],
  ['services: &s [*s]', ['The file contains itself, or far too much once its aliases are put in.']],
  [
    'timings: !!js/function x',
    ['The file, at line 1, column 10, is not valid YAML: unknown scalar tag !<tag:yaml.org,2002:js/function>.'],
  ],
]

test.each(mistakes)('%j is refused', (text, problems) => {
  expect(problemsOf(text)).toEqual(problems)
})

test('the path of a handler that is missing is shown whole, in a folder with a long name and blanks too', () => {
  const folder = resolve('/', `a folder of Zoë ${'ü'.repeat(180)}`)
  const load = () => parseWorldFile('hooks: [{ name: h, handler: nowhere.mjs }]', resolve(folder, 'test.yaml'))
  expect(load).toThrow(`hooks[0].handler: there is no file '${resolve(folder, 'nowhere.mjs')}'.`)
})

test('the replacements of one service can fare otherwise than those of others', () => {
  const { world, replacement } = read(`services:
  - { name: web, image: x }
  - { name: api, image: x, replacement: { health: never } }`)
  expect(world.services.map((service) => service.replacement?.health)).toEqual([undefined, 'never'])
  expect(replacement.health).toBe('healthy')
})
