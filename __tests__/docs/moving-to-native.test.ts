import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { nativeEquivalent, renderInput } from '../../src/moving/native-equivalent.ts'
import { ruleArn, targetGroupsOf } from '../../tools/simulator/native/names.ts'
import { OPERATIONS } from '../../tools/simulator/operations/operations.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'
import { asWorkflow, parseWorkflow } from '../support/workflow.ts'
import { languageProblems } from '../support/workflow-language.ts'
import { ruleProblems } from '../support/workflow-rules.ts'
import { type CliCall, callOf, commandsOf } from './cli-commands.ts'
import { brokenLinks, fencesOf } from './pages.ts'
import { sender } from './sender.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FILE = join(ROOT, 'docs', 'moving-to-native.md')
const PAGE = readFileSync(FILE, 'utf8')

const fences = (language: string) => fencesOf(PAGE, language)
const SCRIPT = fences('sh').join('\n')

/** What the page calls the service, its group and its place, in the words of the simulator. */
const scenario: Scenario = (() => {
  const [service] = baseScenario.world.services
  const [application] = baseScenario.world.applications
  const [group] = application?.groups ?? []
  if (service === undefined || application === undefined || group === undefined) throw new Error('no world')
  const shown = JSON.parse(fences('json')[0] ?? '')
  return {
    ...baseScenario,
    world: {
      ...baseScenario.world,
      region: 'eu-central-1',
      clusters: ['prod'],
      services: [{ ...service, cluster: 'prod' }],
      applications: [
        {
          ...application,
          name: shown.applicationName,
          groups: [
            {
              ...group,
              name: shown.deploymentGroupName,
              cluster: shown.ecsServices[0].clusterName,
              service: shown.ecsServices[0].serviceName,
              deploymentConfig: shown.deploymentConfigName,
              ready: {
                action: shown.blueGreenDeploymentConfiguration.deploymentReadyOption.actionOnTimeout,
                waitMinutes: 0,
              },
              terminationWaitMinutes:
                shown.blueGreenDeploymentConfiguration.terminateBlueInstancesOnDeploymentSuccess
                  .terminationWaitTimeInMinutes,
              rollbackOn: shown.autoRollbackConfiguration.events,
              alarms: shown.alarmConfiguration.alarms.map(({ name }: { name: string }) => name),
            },
          ],
        },
      ],
    },
  }
})()

const [live, other] = targetGroupsOf(scenario.world, 'web')

/** What the variables of the script stand for, as the queries of the page would find it in the simulated account. */
const VARIABLES: Record<string, string> = {
  AWS_DEFAULT_REGION: 'eu-central-1',
  account: '123456789012',
  live,
  other,
  production: listenerOf('production'),
  tests: listenerOf('test'),
  productionRule: ruleArn(scenario.world, 'web', 'production', 'application'),
  testRule: ruleArn(scenario.world, 'web', 'test', 'application'),
}

function listenerOf(kind: 'production' | 'test'): string {
  return ruleArn(scenario.world, 'web', kind, 'application')
    .replace(':listener-rule/', ':listener/')
    .replace(/\/[^/]+$/, '')
}

function calls(script = SCRIPT): CliCall[] {
  const { commands, documents } = commandsOf(script, VARIABLES)
  return commands.flatMap((command) => callOf(command, documents) ?? [])
}

/** The JSON of step 3. */
function shownInput(): Mapping {
  const [found] = calls().filter(({ operation }) => operation === 'UpdateService')
  if (found === undefined) throw new Error('the page updates no service')
  return found.input
}

/** The inputs of the plan on the page. */
function planInputs(): Record<string, string> {
  const [job] = Object.values(parseWorkflow(asWorkflow(fences('yaml')[0] ?? '')).jobs)
  const { 'role-to-assume': _, 'aws-region': __, ...inputs } = (job?.steps[0]?.with ?? {}) as Record<string, string>
  return { image: '', ...inputs, redeploy: String(inputs['redeploy']) }
}

describe('the commands of the AWS CLI', () => {
  test.each(calls().map((call) => [call.text, call] as const))(
    'have options and members that there are: %s',
    (_, call) => {
      expect(call.inspection).toEqual({ misfits: [], unknownMembers: [] })
    },
  )

  test.each([
    ['"lifecycleStages": [', '"lifecycleStage": [', 'deploymentConfiguration.lifecycleHooks[0].lifecycleStage'],
    ['"canaryPercent": 10', '"canaryPercent": "10"', 'deploymentConfiguration.canaryConfiguration.canaryPercent'],
    ['--include-only-statuses', '--statuses', 'statuses'],
  ])('would be found with a mistake: %s as %s', (right, wrong, path) => {
    expect(SCRIPT).toContain(right)
    const found = calls(SCRIPT.replace(right, wrong)).flatMap(({ inspection: { misfits, unknownMembers } }) => [
      ...misfits.map((misfit) => misfit.path),
      ...unknownMembers,
    ])
    expect(found).toEqual([path])
  })

  test('make the service one that ECS deploys in the simulator, and it ships a deployment', () =>
    inOneAccount(scenario, async ({ simulator, clock }) => {
      const send = sender(simulator.url, 'eu-central-1')
      const served = new Set(OPERATIONS.map(({ name }) => name))
      const made = calls().filter(({ operation }) => served.has(operation))
      const answers: Record<string, Mapping> = {}
      for (const { client, operation, input } of made) answers[operation] = await send(client, operation, input)
      expect([...new Set(made.map(({ operation }) => operation))]).toEqual([
        'GetCallerIdentity',
        'ListDeployments',
        'DescribeServices',
        'GetDeploymentGroup',
        'DescribeRules',
        'UpdateService',
        'ListServiceDeployments',
      ])
      expect(answers['DescribeServices']?.['services']).toMatchObject([
        { deploymentController: { type: 'ECS' }, deploymentConfiguration: { strategy: 'CANARY' } },
      ])
      await clock.sleep(3_600_000)
      const { serviceDeployments } = await send('ecs', 'ListServiceDeployments', { cluster: 'prod', service: 'web' })
      expect((serviceDeployments as Mapping[]).map(({ status }) => status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL'])
    }))
})

test('the JSON of the page is what the plan of the page says for the group of the page', async () => {
  const { release, outputs, writes } = await simulateRelease({
    scenario,
    inputs: planInputs(),
    world: { region: 'eu-central-1' },
  })
  expect(outputs.status).toBe('planned')
  expect(writes).toEqual([])
  if (release.plan === undefined) throw new Error('there is no plan')
  const planned = JSON.parse(renderInput(nativeEquivalent(release.plan)))
  const shown = shownInput()
  expect(withoutPlaceholders(shown, planned)).toEqual(planned)
  expect(shown).toMatchObject({ loadBalancers: [{ targetGroupArn: live }] })
})

/** A value with the placeholders of another in its place, where that has some. */
function withoutPlaceholders(value: unknown, like: unknown): unknown {
  if (typeof like === 'string' && /^<.*>$/.test(like)) {
    expect(value).toMatch(/^arn:aws:/)
    return like
  }
  if (Array.isArray(value))
    return value.map((item, i) => withoutPlaceholders(item, (like as unknown[] | undefined)?.[i]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      withoutPlaceholders(member, (like as Mapping | undefined)?.[name]),
    ]),
  )
}

type Mapping = Record<string, unknown>

test('the workflow step is valid for GitHub and safe to copy', async () => {
  const [step = ''] = fences('yaml')
  expect(await languageProblems(asWorkflow(step))).toEqual([])
  expect(ruleProblems(asWorkflow(step))).toEqual([])
})

test('the hook of the page answers CodeDeploy by a call and ECS by what it returns', async () => {
  const [text = ''] = fences('js')
  const { answer } = await import(`data:text/javascript,${encodeURIComponent(text)}`)
  const ofEcs = {
    executionId: 'x',
    lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
    resourceArn: 'arn',
    executionDetails: {},
  }
  expect(await answer(ofEcs, true)).toEqual({ hookStatus: 'SUCCEEDED' })
  expect(await answer(ofEcs, false)).toEqual({ hookStatus: 'FAILED' })
  const asked: unknown[] = []
  const codeDeploy = { putLifecycleEventHookExecutionStatus: async (input: unknown) => asked.push(input) }
  const ofCodeDeploy = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'e-1' }
  await answer(ofCodeDeploy, true, codeDeploy)
  await answer(ofCodeDeploy, false, codeDeploy)
  expect(asked).toEqual([
    { deploymentId: 'd-1', lifecycleEventHookExecutionId: 'e-1', status: 'Succeeded' },
    { deploymentId: 'd-1', lifecycleEventHookExecutionId: 'e-1', status: 'Failed' },
  ])
})

test('the Terraform text has the numbers of the JSON, and leaves weights and task definitions to releases', () => {
  const [text = ''] = fences('hcl')
  const deploymentConfiguration = shownInput()['deploymentConfiguration'] as Mapping
  expect(Number(/bake_time_in_minutes = (\d+)/.exec(text)?.[1])).toBe(deploymentConfiguration['bakeTimeInMinutes'])
  const { canaryPercent, canaryBakeTimeInMinutes } = deploymentConfiguration['canaryConfiguration'] as Mapping
  expect(Number(/canary_percent += +(\d+)/.exec(text)?.[1])).toBe(canaryPercent)
  expect(Number(/canary_bake_time_in_minutes = (\d+)/.exec(text)?.[1])).toBe(canaryBakeTimeInMinutes)
  expect(text).toMatch(
    /"aws_ecs_service" "web" {[\s\S]*?ignore_changes = \[task_definition, desired_count\][\s\S]*?\n}/,
  )
  expect(text).toMatch(/"aws_lb_listener_rule" "production" {[\s\S]*?ignore_changes = \[action\][\s\S]*?\n}/)
})

test('links lead somewhere', () => {
  expect(brokenLinks(FILE)).toEqual([])
})

test('is read in a quarter of an hour: it has less than 1,900 words around the texts to copy', () => {
  const prose = PAGE.replace(/^```.*?^```$/gms, '').split(/\s+/).length
  expect(prose).toBeLessThan(1_900)
})
