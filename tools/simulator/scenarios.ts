import type { BegunDeployment, GroupSeed, HookPlan, Occasion, Scenario, TaskDefinitionSeed, World } from './scenario.ts'
import { demoWorld } from './world.ts'

export type ScenarioName =
  | 'success'
  | 'no-hooks'
  | 'hook-fails'
  | 'hook-fails-no-rollback'
  | 'hook-silent'
  | 'hook-denied'
  | 'never-healthy'
  | 'task-dies'
  | 'alarm'
  | 'stopped'
  | 'ready-wait'
  | 'late-rollback'
  | 'rollback-fails'
  | 'bad-appspec'
  | 'lost-answer'
  | 'throttled'
  | 'expired'
  | 'expired-with-role'
  | 'denied-targets'
  | 'busy'
  | 'busy-ready'
  | 'busy-termination'

const PASSES: HookPlan = {
  answer: 'Succeeded',
  afterSeconds: 20,
  log: ['The test listener answered 200 from web:2.'],
}

const FAILS: HookPlan = {
  answer: 'Failed',
  afterSeconds: 20,
  log: ['The test listener answered 500 from web:2; expected 200.'],
}

const HOOK = 'CodeDeployHook_validate'

/** When a tenth of production has been on the replacement for a while. */
const DURING_SHIFT: Occasion = { event: 'AllowTraffic', seconds: 53.5 }

/** Everything goes well, with the demo world's one hook. The other scenarios differ from it in one thing or two. */
export const baseScenario: Scenario = {
  name: 'base',
  description: 'Everything goes well: the hook passes and production moves in two steps.',
  world: demoWorld,
  hookPlans: { [HOOK]: PASSES },
  replacement: {
    health: 'healthy',
    stopped: {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containerReason: "Error: Cannot find module '/app/server.js'",
      exitCode: 1,
    },
    answersWith: 200,
  },
  alarms: [],
  appSpecBroken: false,
  faults: [],
  timings: {},
  assumptions: {},
}

/** The demo world after somebody of another repository has registered `web:2` and begun to deploy it. */
function deployedByOther(secondsAgo: number): { world: World; begun: BegunDeployment[] } {
  const begun: BegunDeployment = {
    cluster: 'demo',
    service: 'web',
    taskDefinition: 'web:2',
    secondsAgo,
    description: 'base image [ecs-release repo=example/base wf=nightly.yml run=1650000001.1 n=7 job=roll op=release]',
  }
  const taskDefinitions = demoWorld.taskDefinitions.flatMap((first) => [first, nextRevision(first)])
  return { world: { ...demoWorld, taskDefinitions }, begun: [begun] }
}

/** The same again with another image. */
function nextRevision(first: TaskDefinitionSeed): TaskDefinitionSeed {
  const text = JSON.stringify(first.definition).replace('web:1.0.0', 'web:1.0.1')
  return { ...first, revision: first.revision + 1, definition: JSON.parse(text) }
}

const IN_INSTALL = deployedByOther(40)
const AT_READY = deployedByOther(300)
const IN_TERMINATION_WAIT = deployedByOther(500)

export const scenarios: Record<ScenarioName, Scenario> = {
  success: { ...baseScenario, name: 'success' },
  'no-hooks': {
    ...baseScenario,
    name: 'no-hooks',
    description: 'No hook, no test listener, all traffic at once, the original is terminated without a wait.',
    world: withGroup(demoWorld, {
      deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
      testListener: false,
      terminationWaitMinutes: 0,
    }),
  },
  'hook-fails': {
    ...baseScenario,
    name: 'hook-fails',
    description: 'The replacement answers 500 on the test listener; its hook reports Failed and CodeDeploy rolls back.',
    hookPlans: { [HOOK]: FAILS },
    replacement: { ...baseScenario.replacement, answersWith: 500 },
  },
  'hook-fails-no-rollback': {
    ...baseScenario,
    name: 'hook-fails-no-rollback',
    description:
      'The hook reports Failed and the group does not roll back: the replacement stays on the test listener.',
    hookPlans: { [HOOK]: FAILS },
    replacement: { ...baseScenario.replacement, answersWith: 500 },
    world: withGroup(demoWorld, { rollbackOn: [] }),
  },
  'hook-silent': {
    ...baseScenario,
    name: 'hook-silent',
    description: 'The hook never calls back: CodeDeploy waits an hour, fails and rolls back.',
    hookPlans: {},
    world: { ...demoWorld, functions: [{ name: HOOK }] },
  },
  'hook-denied': {
    ...baseScenario,
    name: 'hook-denied',
    description: "CodeDeploy's role may not invoke the hook: the deployment fails there and rolls back.",
    world: { ...demoWorld, functions: [{ name: HOOK, denied: true }] },
  },
  'never-healthy': {
    ...baseScenario,
    name: 'never-healthy',
    description:
      'The replacement tasks stop again and again; CodeDeploy gives up after an hour, a release with fail-fast sooner.',
    replacement: { ...baseScenario.replacement, health: 'never' },
  },
  'task-dies': {
    ...baseScenario,
    name: 'task-dies',
    description: 'Every replacement task dies while a tenth of production is on it; CodeDeploy fails and rolls back.',
    replacement: { ...baseScenario.replacement, health: 'dies', dies: DURING_SHIFT },
  },
  alarm: {
    ...baseScenario,
    name: 'alarm',
    description:
      'Alarm web-5xx goes off while a tenth of production is on the replacement; CodeDeploy stops and rolls back.',
    alarms: [{ name: 'web-5xx', after: DURING_SHIFT }],
  },
  stopped: {
    ...baseScenario,
    name: 'stopped',
    description: 'Somebody else stops the deployment while a tenth of production is on the replacement; it rolls back.',
    stops: [{ after: DURING_SHIFT }],
  },
  'ready-wait': {
    ...baseScenario,
    name: 'ready-wait',
    description:
      'The group waits at Ready, up to an hour, for somebody to continue; a release that nobody would continue is refused.',
    world: withGroup(demoWorld, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
  },
  'late-rollback': {
    ...baseScenario,
    name: 'late-rollback',
    description: 'The hook reports Failed, and CodeDeploy takes twelve seconds to say that it rolls back.',
    hookPlans: { [HOOK]: FAILS },
    replacement: { ...baseScenario.replacement, answersWith: 500 },
    timings: { rollbackGap: 12 },
  },
  'rollback-fails': {
    ...baseScenario,
    name: 'rollback-fails',
    description:
      'Alarm web-5xx goes off while a tenth of production is on the replacement, and the rollback fails too.',
    alarms: [{ name: 'web-5xx', after: DURING_SHIFT }],
    rollbackFails: true,
  },
  'bad-appspec': {
    ...baseScenario,
    name: 'bad-appspec',
    description: 'CodeDeploy finds the AppSpec broken, whatever it is: accepted at first, failed seconds later.',
    appSpecBroken: true,
  },
  'lost-answer': {
    ...baseScenario,
    name: 'lost-answer',
    description: 'CreateDeployment is carried out, and the connection is cut before its answer arrives.',
    faults: [{ operation: 'CreateDeployment', count: 1, kind: { type: 'drop-after-accept' } }],
  },
  throttled: {
    ...baseScenario,
    name: 'throttled',
    description: 'AWS throttles every request at first, and again for three minutes while production moves.',
    faults: [
      { operation: '*', untilSeconds: 20, kind: { type: 'throttle' } },
      { operation: '*', fromSeconds: 220, untilSeconds: 400, kind: { type: 'throttle' } },
    ],
  },
  expired: {
    ...baseScenario,
    name: 'expired',
    description: 'The credentials end while a tenth of production is on the replacement, and nothing renews them.',
    faults: [{ operation: '*', fromSeconds: 240, kind: { type: 'expired' } }],
  },
  'expired-with-role': {
    ...baseScenario,
    name: 'expired-with-role',
    description: 'Sessions of the role end after four minutes each; the action takes new ones and goes on.',
    world: { ...demoWorld, roles: [{ name: 'release-web', sessionSeconds: 240 }] },
  },
  'denied-targets': {
    ...baseScenario,
    name: 'denied-targets',
    description: 'The role may not read deployment targets: lifecycle events, hooks and traffic cannot be seen.',
    faults: ['ListDeploymentTargets', 'GetDeploymentTarget', 'BatchGetDeploymentTargets'].map((operation) => ({
      operation,
      kind: { type: 'denied' },
    })),
  },
  busy: {
    ...baseScenario,
    ...IN_INSTALL,
    name: 'busy',
    description: 'A deployment of another repository has begun 40 s ago and is installing its tasks.',
  },
  'busy-ready': {
    ...baseScenario,
    begun: AT_READY.begun,
    name: 'busy-ready',
    description: 'A deployment of another repository waits at Ready, for up to an hour, for somebody to continue it.',
    world: withGroup(AT_READY.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
  },
  'busy-termination': {
    ...baseScenario,
    ...IN_TERMINATION_WAIT,
    name: 'busy-termination',
    description: 'A deployment of another repository has moved production; its original is kept for four more minutes.',
  },
}

/** The world with every deployment group changed in these settings. */
export function withGroup(world: World, change: Partial<GroupSeed>): World {
  const applications = world.applications.map((application) => ({
    ...application,
    groups: application.groups.map((group) => ({ ...group, ...change })),
  }))
  return { ...world, applications }
}
