import fc from 'fast-check'
import { hookExecutionIdOf } from '../../../../tools/simulator/identity.ts'
import { HOOK_EVENTS } from '../../../../tools/simulator/model/lifecycle.ts'
import type { Assumptions, GroupSeed, RollbackEvent, Scenario, Timings } from '../../../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../../../tools/simulator/scenarios.ts'
import { type Answer, DirectAccount } from './account.ts'
import { appSpec } from './revision.ts'

/** One thing that somebody does, or time that passes. `pick` chooses among what there is at that moment. */
export type Step =
  | { do: 'wait'; seconds: number }
  | { do: 'release'; hooks: Record<string, string>; revision: string; more: Record<string, unknown> }
  | { do: 'stop'; pick: number; rollback: boolean | undefined }
  | { do: 'continue'; pick: number; waitType: 'READY_WAIT' | 'TERMINATION_WAIT' | undefined }
  | { do: 'answer hook'; pick: number; event: string; status: string; isForged: boolean }
  | { do: 'alarm'; name: string; state: 'ALARM' | 'OK' }
  | { do: 'scale'; desiredCount: number }

export interface Play {
  scenario: Scenario
  steps: Step[]
}

const ALARMS = ['web-5xx', 'web-latency']
const FUNCTIONS = ['passes', 'fails', 'silent', 'throws', 'denied', 'unknown']
const ROLLBACK_EVENTS: RollbackEvent[] = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST',
]
const LIFECYCLE = ['Created', 'BeforeInstall', 'Install', 'AfterAllowTestTraffic', 'AllowTraffic', 'AfterAllowTraffic']

/** Each of these members once in a while. */
function sometimes<Record>(
  members: { [Name in keyof Record]: fc.Arbitrary<Record[Name]> },
): fc.Arbitrary<Partial<Record>> {
  const names = Object.keys(members) as (keyof Record)[]
  const chances = names.map(() => fc.nat({ max: 7 }))
  return fc.tuple(fc.record(members), fc.tuple(...chances)).map(([all, drawn]) => {
    const chosen = names.filter((_, i) => drawn[i] === 1)
    return Object.fromEntries(chosen.map((name) => [name, all[name]])) as Partial<Record>
  })
}

/** The usual most of the time, so that releases get far enough to meet what is unusual. */
function mostly<Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
}

function rarely<Value>(some: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<Value[]>([]) },
    { weight: 1, arbitrary: fc.array(some, { maxLength: 2 }) },
  )
}

const pick = fc.nat({ max: 5 })
const seconds = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1000),
  fc.integer({ min: 1, max: 700 }),
  fc.constantFrom(3, 124, 146, 300, 300, 750, 3600),
)
const occasion = fc.record({ event: fc.constantFrom(...LIFECYCLE), seconds: fc.integer({ min: 0, max: 400 }) })
const hooks = fc.dictionary(fc.constantFrom(...HOOK_EVENTS), mostly('passes', ...FUNCTIONS), { maxKeys: 3 })

const release: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('release' as const),
  hooks,
  revision: mostly('web:1', 'web:99', 'web:latest'),
  more: sometimes({
    deploymentConfigName: fc.constantFrom(
      'CodeDeployDefault.ECSAllAtOnce',
      'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
      'linear-30',
    ),
    autoRollbackConfiguration: fc.constantFrom({ enabled: false }, { enabled: true, events: ROLLBACK_EVENTS }),
    overrideAlarmConfiguration: fc.constantFrom(
      { enabled: false },
      { enabled: true, alarms: ALARMS.map((name) => ({ name })) },
    ),
  }),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds }) },
  { weight: 3, arbitrary: release },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('stop' as const),
      pick,
      rollback: fc.constantFrom(true, false, undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('continue' as const),
      pick,
      waitType: fc.constantFrom('READY_WAIT' as const, 'TERMINATION_WAIT' as const, undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('answer hook' as const),
      pick,
      event: fc.constantFrom(...HOOK_EVENTS),
      status: fc.constantFrom('Succeeded', 'Failed', 'Skipped'),
      isForged: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('alarm' as const),
      name: fc.constantFrom(...ALARMS),
      state: fc.constantFrom('ALARM' as const, 'OK' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('scale' as const), desiredCount: fc.nat({ max: 4 }) }),
  },
)

const group = fc.record({
  testListener: fc.boolean(),
  deploymentConfig: fc.constantFrom(
    'CodeDeployDefault.ECSAllAtOnce',
    'CodeDeployDefault.ECSCanary10Percent5Minutes',
    'linear-30',
  ),
  ready: fc.constantFrom<GroupSeed['ready']>(
    { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 0 },
    { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 0 },
    { action: 'STOP_DEPLOYMENT', waitMinutes: 0 },
    { action: 'STOP_DEPLOYMENT', waitMinutes: 2 },
    { action: 'STOP_DEPLOYMENT', waitMinutes: 60 },
  ),
  terminationWaitMinutes: fc.constantFrom(0, 1, 5),
  rollbackOn: fc.constantFrom(ROLLBACK_EVENTS, ROLLBACK_EVENTS, ['DEPLOYMENT_FAILURE' as const], []),
  alarms: fc.constantFrom(ALARMS, ['web-5xx'], []),
})

const timings: fc.Arbitrary<Partial<Timings>> = sometimes({
  created: fc.constantFrom(0, 1, 10),
  notStarted: fc.constantFrom(0, 8),
  gap: fc.constantFrom(0, 1),
  install: fc.constantFrom(0, 10, 300),
  hookTimeout: fc.constantFrom(5, 60),
  installTimeout: fc.constantFrom(30, 200),
  alarmLag: fc.constantFrom(0, 30),
  stopLag: fc.constantFrom(0, 30),
  rollbackGap: fc.constantFrom(0, 12),
  rollbackCreated: fc.constantFrom(0, 5),
  rollbackRun: fc.constantFrom(0, 30),
  drain: fc.constantFrom(0, 200),
  unhealthyLag: fc.constantFrom(0, 60),
  // What is behind contradicts what is not, which is its point.
  targetLag: fc.constant(0),
  refusal: fc.constantFrom(0, 5),
})

/** Every switch that is a matter of behaviour and not of a text, a code or a size. */
const assumptions: fc.Arbitrary<Partial<Assumptions>> = sometimes({
  qualifiedHook: fc.constant('refused'),
  stopMessage: fc.constant(''),
  stoppedTarget: fc.constant('Skipped'),
  queuedShown: fc.constant(true),
  bakingShown: fc.constant(true),
  readyShown: fc.constant('after-test-hook'),
  readyTimeoutRollsBack: fc.constant(true),
  rollbackWithoutReplacement: fc.constant(true),
  rollbackEvents: fc.constantFrom('production-traffic', 'none'),
  testListenerAfterRollback: fc.constant('replacement'),
  lastSuccessful: fc.constant('releases-only'),
  hookDiagnostics: fc.constant(true),
  hookErrorFails: fc.constant(true),
  alarmActiveAtStart: fc.constant('as-any-alarm'),
  stopInTerminationWait: fc.constant('refused'),
  stopAnswer: fc.constant('Succeeded'),
  stopWithoutRollback: fc.constant('ignored'),
  stopOfRollback: fc.constant('accepted'),
  leftover: fc.constant('kept'),
  linearRemainder: fc.constant('in-last-step'),
  emptyInstall: fc.constant('at-once'),
  listOrder: fc.constant('oldest-first'),
  listPageSize: fc.constant(1),
  listedForDays: fc.constant(0.01),
  listLagSeconds: fc.constant(30),
})

const troubles = fc.record({
  health: mostly<'healthy' | 'never' | 'dies'>('healthy', 'never', 'dies'),
  dies: occasion,
  alarms: rarely(fc.record({ name: fc.constantFrom(...ALARMS), after: occasion })),
  stops: fc.array(fc.record({ after: occasion, rollback: fc.boolean() }, { requiredKeys: ['after'] }), {
    maxLength: 1,
  }),
  rollbackFails: fc.constantFrom(false, false, true),
  listenerEdited: mostly(false, true),
  appSpecBroken: mostly(false, true),
  hookSeconds: fc.constantFrom(0, 20, 90),
  desiredCount: fc.nat({ max: 3 }),
})

const scenario: fc.Arbitrary<Scenario> = fc
  .record({ group, timings, assumptions, troubles })
  .map(({ group, timings, assumptions, troubles }) => {
    const { health, dies, hookSeconds, desiredCount, ...rest } = troubles
    const plan = (answer: 'Succeeded' | 'Failed' | 'none' | 'throws') => ({
      answer,
      afterSeconds: hookSeconds,
      log: [],
    })
    const routing = { type: 'TimeBasedLinear', percentage: 30, intervalMinutes: 1 } as const
    return {
      ...baseScenario,
      ...rest,
      world: {
        ...withGroup(baseScenario.world, group),
        services: baseScenario.world.services.map((seed) => ({ ...seed, desiredCount })),
        functions: FUNCTIONS.slice(0, -1).map((name) => ({ name, denied: name === 'denied' })),
        deploymentConfigs: [{ name: 'linear-30', computePlatform: 'ECS', routing }],
      },
      hookPlans: { passes: plan('Succeeded'), fails: plan('Failed'), silent: plan('none'), throws: plan('throws') },
      replacement: { ...baseScenario.replacement, health, dies },
      timings,
      assumptions,
    }
  })

/** A random world and a random script; it begins with a release more often than not. */
export const plays: fc.Arbitrary<Play> = fc
  .record({ scenario, first: fc.option(release, { freq: 8 }), steps: fc.array(step, { minLength: 1, maxLength: 14 }) })
  .map(({ scenario, first, steps }) => ({ scenario, steps: first ? [first, ...steps] : steps }))

/** Does one thing. Time is not moved here. */
export function perform(direct: DirectAccount, step: Step): Answer | undefined {
  const deploymentId = 'pick' in step ? chosenId(direct, step.pick) : 'd-NOTHING00'
  switch (step.do) {
    case 'wait':
      return undefined
    case 'release':
      return direct.create(appSpec(step.revision, step.hooks), step.more)
    case 'stop':
      return direct.call('StopDeployment', {
        deploymentId,
        ...(step.rollback !== undefined && { autoRollbackEnabled: step.rollback }),
      })
    case 'continue':
      return direct.call('ContinueDeployment', {
        deploymentId,
        ...(step.waitType && { deploymentWaitType: step.waitType }),
      })
    case 'answer hook': {
      const id = step.isForged ? 'forged' : hookExecutionIdOf(deploymentId, step.event)
      const { status } = step
      const input = { deploymentId, lifecycleEventHookExecutionId: id, status }
      return direct.call('PutLifecycleEventHookExecutionStatus', input)
    }
    case 'alarm':
      direct.setAlarm(step.name, step.state)
      return undefined
    case 'scale':
      return direct.call('UpdateService', { cluster: 'demo', service: 'web', desiredCount: step.desiredCount })
  }
}

function chosenId({ lane }: DirectAccount, pick: number): string {
  const ids = lane.deployments.map((deployment) => deployment.id).reverse()
  return ids[pick % Math.max(1, ids.length)] ?? 'd-NOTHING00'
}

/** How time passes: in one step, or with a look whenever something is due and a few in between. */
export type Pace = 'at once' | 'step by step'

/** Plays the script and tells `look` whenever somebody could look. @returns the answers to the script's own calls */
export function play({ scenario, steps }: Play, pace: Pace, look: (direct: DirectAccount) => void = () => {}): string {
  const direct = new DirectAccount(scenario)
  const answers: unknown[] = []
  for (const step of steps) {
    const untilMs = direct.ms + (step.do === 'wait' ? Math.round(step.seconds * 1000) : 0)
    if (pace === 'step by step') stepUntil(direct, untilMs, look)
    direct.ms = untilMs
    answers.push(perform(direct, step), step.do === 'wait' ? picture(direct) : undefined)
    look(direct)
  }
  return JSON.stringify(answers)
}

const MOST_LOOKS = 60

function stepUntil(direct: DirectAccount, untilMs: number, look: (direct: DirectAccount) => void): void {
  for (let i = 0; i < MOST_LOOKS; i++) {
    const dueMs = (direct.account.nextDueMs() ?? Number.POSITIVE_INFINITY) - (direct.nowMs - direct.ms)
    if (dueMs > untilMs) return
    if (dueMs < direct.ms) throw new Error('Something was due before now.')
    direct.ms = dueMs
    look(direct)
  }
}

/** Everything that can be read about the service and its deployments. */
export function picture(direct: DirectAccount): Answer[] {
  const group = { applicationName: 'AppECS-demo-web', deploymentGroupName: 'DgpECS-demo-web' }
  return [
    direct.call('DescribeServices', { cluster: 'demo', services: ['web'] }),
    direct.call('GetDeploymentGroup', group),
    direct.call('ListDeployments', group),
    ...direct.lane.deployments.flatMap(({ id }) => [
      direct.call('GetDeployment', { deploymentId: id }),
      direct.call('GetDeploymentTarget', { deploymentId: id, targetId: 'demo:web' }),
    ]),
  ]
}
