import type { InputName } from '../../../src/inputs/names.ts'
import type { Release } from '../../../src/release-state.ts'
import type { World } from '../../../src/world.ts'
import { previewWorld } from '../../../tools/simulator/preview-world.ts'
import type { Scenario, World as SimulatedWorld } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { deployByOther } from '../../support/others.ts'
import { laneLines, pullRequest } from '../../support/preview-events.ts'
import type { SimulatedAccount } from '../../support/simulated-release.ts'

/** A release in which certain operations are called, and what happens in it when no request meets a fault. */
export interface Story {
  /** What happens, for the page. */
  title: string
  scenario: Scenario
  inputs?: Partial<Record<InputName, string>>
  /** What happened in the account before. */
  before?(account: SimulatedAccount): Promise<unknown>
  /** The run and its event, over those of a test. */
  world?: Partial<World>
  /** The service that the story is about; default: `demo:web`. */
  lane?: string
  /** The action takes a session of its own (`role-to-assume`). */
  hasRole?: boolean
  /** How long a session lasts, so that a short story has to renew it. In milliseconds. */
  sessionLastsMs?: number
  /** The first answer of CreateDeployment is lost although it was accepted. */
  losesAnswer?: boolean
  /** When the run is cancelled, in seconds after the start. */
  cancelAtSecond?: number
  /** The step is killed when it would have been cancelled, and its post step settles what it left. */
  isKilled?: boolean
  /** It is killed before it knows the id of its deployment. */
  losesId?: boolean
  /** When a fault begins; default: with the release, and in a killed one with the post step. */
  faultsBegin?(release: Release): boolean
}

/** Long enough for every story, short enough that what never ends is soon over. */
const BUDGET = { 'wait-for-minutes': '4' } as const
const WITH_HOOK = { 'wait-for-minutes': '8', 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

const ALL_AT_ONCE = { deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' }
const atOnce = withGroup(baseScenario.world, ALL_AT_ONCE)
/** Tasks that start soon, so that a story is as short as what it is about. */
const plain: Scenario = {
  ...baseScenario,
  world: atOnce,
  timings: { install: 12 },
}

/** With tasks that take their time and a hook, for what happens in between. */
const steady: Scenario = { ...plain, timings: { install: 30 } }

/** The group has names that nobody would guess. */
function hidden(world: SimulatedWorld): SimulatedWorld {
  const applications = world.applications.map((application) => ({
    ...application,
    name: 'shop',
    groups: application.groups.map((group) => ({ ...group, name: 'shop-web' })),
  }))
  return { ...world, applications }
}

export const STORIES = {
  checks: { title: 'A release succeeds; from its first request on', scenario: plain, inputs: BUDGET },
  account: {
    title: 'A release with `expected-account-id` succeeds',
    scenario: plain,
    inputs: { ...BUDGET, 'expected-account-id': '123456789012' },
  },
  search: {
    title: 'A release finds its deployment group by a search',
    scenario: { ...plain, world: hidden(atOnce) },
    inputs: BUDGET,
  },
  misspelt: {
    title: 'A release whose hook names a function that is not there is refused',
    scenario: plain,
    inputs: { ...BUDGET, 'after-allow-test-traffic-hook': 'CodeDeployHook_valdiate' },
  },
  second: {
    title: 'A release follows one that somebody else made',
    scenario: plain,
    inputs: BUDGET,
    before: async (account) => await deployByOther(account, 900),
  },
  role: {
    title: 'A release with `role-to-assume` succeeds',
    scenario: plain,
    inputs: { ...BUDGET, 'role-to-assume': 'arn:aws:iam::123456789012:role/release-web' },
    hasRole: true,
  },
  renewal: {
    title: 'A release with `role-to-assume` waits longer than a session lasts',
    scenario: plain,
    inputs: {
      ...BUDGET,
      'role-to-assume': 'arn:aws:iam::123456789012:role/release-web',
      'wait-for': 'completion',
    },
    hasRole: true,
    sessionLastsMs: 90_000,
    faultsBegin: ({ deploymentId }) => deploymentId !== undefined,
  },
  replace: {
    title: 'A release ends the termination wait of another (`on-active-deployment: replace`)',
    scenario: plain,
    inputs: { ...BUDGET, 'on-active-deployment': 'replace' },
    before: async (account) => await deployByOther(account, 90),
  },
  evict: {
    title: 'A release stops another that has not shifted (`on-active-deployment: replace`)',
    scenario: plain,
    inputs: { ...BUDGET, 'on-active-deployment': 'replace' },
    before: async (account) => await deployByOther(account, 8),
  },
  lost: {
    title: 'The answer of CreateDeployment is lost, and the release looks for its deployment',
    scenario: plain,
    inputs: BUDGET,
    losesAnswer: true,
    faultsBegin: ({ taskDefinition, deploymentId }) => taskDefinition !== undefined && deploymentId === undefined,
  },
  follow: {
    title: 'A release succeeds; from its first lifecycle event on',
    scenario: steady,
    inputs: WITH_HOOK,
    faultsBegin: ({ timeline }) => timeline.some(({ kind }) => kind === 'event'),
  },
  blind: {
    title: 'A release may not read the target of its deployment, and follows by status and task sets',
    scenario: { ...steady, faults: [{ operation: 'GetDeploymentTarget', kind: { type: 'denied' } }] },
    inputs: WITH_HOOK,
    faultsBegin: ({ deploymentId }) => deploymentId !== undefined,
  },
  promote: {
    title: 'A release continues a deployment that waits at `Ready` (`auto-promote`)',
    scenario: {
      ...plain,
      world: withGroup(atOnce, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 3 } }),
    },
    inputs: { ...BUDGET, 'auto-promote': 'true' },
  },
  rollback: {
    title: 'A hook fails; from the end of the deployment on',
    scenario: { ...scenarios['hook-fails'], world: atOnce, timings: { install: 12, rollbackGap: 3, rollbackRun: 20 } },
    inputs: WITH_HOOK,
    faultsBegin: ({ snapshot }) => snapshot?.status === 'failed',
  },
  stop: {
    title: 'Replacement tasks keep stopping, and the release stops the deployment (`fail-fast`)',
    scenario: { ...scenarios['never-healthy'], world: atOnce },
    inputs: BUDGET,
  },
  stopping: {
    title: 'The same; from the decision to stop on',
    scenario: { ...scenarios['never-healthy'], world: atOnce },
    inputs: BUDGET,
    faultsBegin: ({ outcome }) => outcome?.kind === 'given-up',
  },
  cancel: {
    title: 'The run is cancelled during Install; until the step ends, seconds later',
    scenario: steady,
    inputs: WITH_HOOK,
    cancelAtSecond: 15,
    faultsBegin: ({ outcome }) => outcome?.kind === 'cancelled',
  },
  post: {
    title: 'The step is killed during Install; the post step stops the deployment',
    scenario: steady,
    inputs: WITH_HOOK,
    cancelAtSecond: 15,
    isKilled: true,
  },
  'post-lost': {
    title: 'The step is killed before it has the id of its deployment; the post step looks for it',
    scenario: steady,
    inputs: WITH_HOOK,
    cancelAtSecond: 15,
    isKilled: true,
    losesId: true,
  },
  address: {
    title: 'A release ends at the test listener (`wait-for: test-traffic`) and finds its address',
    scenario: {
      ...plain,
      world: withGroup(atOnce, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
    },
    inputs: { 'wait-for': 'test-traffic' },
  },
  watch: {
    title: '`operation: watch` follows a deployment of somebody else',
    scenario: { ...scenarios.busy, world: withGroup(scenarios.busy.world, ALL_AT_ONCE), timings: { install: 60 } },
    inputs: { ...BUDGET, operation: 'watch', 'deployment-id': 'active' },
  },
  'stop-asked': {
    title: '`operation: stop` stops a deployment of somebody else',
    scenario: { ...scenarios.busy, world: withGroup(scenarios.busy.world, ALL_AT_ONCE) },
    inputs: { ...BUDGET, operation: 'stop', 'deployment-id': 'active' },
  },
  continue: {
    title: '`operation: promote` continues a deployment of somebody else, with `expect-image`',
    scenario: { ...scenarios['busy-ready'], world: withGroup(scenarios['busy-ready'].world, ALL_AT_ONCE) },
    inputs: {
      ...BUDGET,
      operation: 'promote',
      'deployment-id': 'active',
      'expect-image': 'registry.example/web:1.0.1',
    },
  },
  lane: {
    title: '`operation: preview` puts a pull request on a free lane',
    scenario: { ...plain, world: previewWorld(1) },
    inputs: { ...BUDGET, operation: 'preview', service: '', 'preview-services': laneLines(1) },
    world: { ...pullRequest({ number: 12, run: 7 }) },
    lane: 'demo:web-preview-1',
  },
  back: {
    title: '`operation: rollback` deploys the revision before',
    scenario: { ...plain, world: withGroup(scenarios.busy.world, ALL_AT_ONCE) },
    inputs: { ...BUDGET, operation: 'rollback' },
    before: async (account) => {
      await deployByOther(account, 1_000, { revision: 'web:2' })
      await deployByOther(account, 1_000, { revision: 'web:1' })
    },
  },
} as const satisfies Record<string, Story>

export type StoryName = keyof typeof STORIES

export function storyOf(name: StoryName): Story {
  return STORIES[name]
}

/** A row of the matrix: requests of one operation in one story. */
export interface Row {
  story: StoryName
  operation: string
}

/** The rows by story, each with the operations that matter there. */
const OPERATIONS: Record<StoryName, readonly string[]> = {
  checks: [
    'GetCallerIdentity',
    'DescribeServices',
    'DescribeTaskDefinition',
    'GetDeploymentGroup',
    'GetDeploymentConfig',
    'ListDeployments',
    'RegisterTaskDefinition',
    'CreateDeployment',
  ],
  account: ['GetCallerIdentity'],
  role: ['AssumeRoleWithWebIdentity'],
  renewal: ['AssumeRoleWithWebIdentity'],
  search: ['ListApplications', 'ListDeploymentGroups', 'BatchGetDeploymentGroups'],
  misspelt: ['ListFunctions'],
  second: ['GetDeployment'],
  replace: ['GetDeploymentTarget', 'ContinueDeployment'],
  evict: ['StopDeployment'],
  lost: ['ListDeployments', 'GetDeployment'],
  follow: ['GetDeploymentTarget', 'GetDeployment'],
  blind: ['DescribeServices'],
  promote: ['ContinueDeployment'],
  rollback: ['GetDeploymentTarget', 'GetDeployment', 'GetFunctionConfiguration', 'FilterLogEvents'],
  stop: ['ListTasks', 'DescribeTasks'],
  stopping: ['StopDeployment', 'GetDeploymentTarget', 'GetDeployment'],
  cancel: ['StopDeployment', 'GetDeployment'],
  post: ['StopDeployment', 'GetDeploymentTarget', 'GetDeployment'],
  'post-lost': ['ListDeployments'],
  address: ['DescribeListeners', 'DescribeLoadBalancers'],
  watch: ['GetApplicationRevision'],
  'stop-asked': ['StopDeployment'],
  continue: ['GetApplicationRevision', 'ContinueDeployment'],
  lane: ['UpdateService'],
  back: ['GetApplicationRevision', 'CreateDeployment'],
}

export const ROWS: Row[] = (Object.keys(OPERATIONS) as StoryName[]).flatMap((story) =>
  OPERATIONS[story].map((operation) => ({ story, operation })),
)
