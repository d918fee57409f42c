import fc from 'fast-check'
import type { NativeAssumptions } from '../../../../../tools/simulator/native/assumptions.ts'
import { nativeHook } from '../../../../../tools/simulator/native/scenarios.ts'
import type { NativeHookAnswer, NativeSeed } from '../../../../../tools/simulator/native/seeds.ts'
import type { Scenario } from '../../../../../tools/simulator/scenario.ts'
import { baseScenario } from '../../../../../tools/simulator/scenarios.ts'
import { type Answer, DirectAccount } from '../../support/account.ts'
import { nativeScenario } from './native-scenario.ts'

/** One thing that somebody does, or time that passes. `pick` chooses among what there is at that moment. */
export type Step =
  | { do: 'wait'; seconds: number }
  | { do: 'update'; revision: string; force: boolean }
  | { do: 'stop'; pick: number; type: 'ROLLBACK' | 'ABORT' }
  | { do: 'continue'; pick: number; action: 'CONTINUE' | 'ROLLBACK' }
  | { do: 'alarm'; state: 'ALARM' | 'OK' }
  | { do: 'edit rules'; production: readonly [number, number] | undefined; deleted: boolean }
  | { do: 'scale'; desiredCount: number }
  | { do: 'fail tasks' }

export interface Play {
  scenario: Scenario
  steps: Step[]
}

const STAGES = ['PRE_SCALE_UP', 'POST_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT']
const LATER_STAGES = ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT']
const ALL_STAGES = ['RECONCILE_SERVICE', ...STAGES, ...LATER_STAGES]

const seconds = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1000),
  fc.integer({ min: 1, max: 700 }),
  fc.constantFrom(1, 50, 62.1, 93.1, 300, 500, 4000, 90_000),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      revision: fc.constantFrom('web:1', 'web:2', 'web:2', 'web:3', 'web:9'),
      force: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('stop' as const),
      pick: fc.nat({ max: 3 }),
      type: fc.constantFrom('ROLLBACK' as const, 'ROLLBACK' as const, 'ABORT' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('continue' as const),
      pick: fc.nat({ max: 3 }),
      action: fc.constantFrom('CONTINUE' as const, 'CONTINUE' as const, 'ROLLBACK' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('alarm' as const),
      state: fc.constantFrom('ALARM' as const, 'OK' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('edit rules' as const),
      production: fc.constantFrom([100, 0] as const, [0, 100] as const, [50, 50] as const, undefined),
      deleted: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('scale' as const), desiredCount: fc.nat({ max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'fail tasks' as const }) },
)

const answer: fc.Arbitrary<NativeHookAnswer> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ afterSeconds: 5, hookStatus: 'SUCCEEDED' }) },
  { weight: 2, arbitrary: fc.constant({ afterSeconds: 1, hookStatus: 'IN_PROGRESS', hookDetails: { again: true } }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ afterSeconds: 20, hookStatus: 'FAILED' }, { afterSeconds: 3, throws: true }),
  },
)

const hook = fc.oneof(
  fc.record({ name: fc.constantFrom('validate', 'unknown'), stage: fc.constantFrom(...ALL_STAGES) }),
  fc.record({ name: fc.constant('validate'), stage: fc.constantFrom(...ALL_STAGES) }),
  fc.record({ name: fc.constant(undefined), stage: fc.constantFrom('POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT') }),
)

const strategy = fc.constantFrom(
  { strategy: 'BLUE_GREEN' as const },
  { strategy: 'CANARY' as const, canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 } },
  { strategy: 'LINEAR' as const, linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 1 } },
)

const assumptions: fc.Arbitrary<Partial<NativeAssumptions>> = fc.record(
  {
    concurrentUpdate: fc.constantFrom('queue' as const, 'supersede' as const, 'refuse' as const),
    supersededStatus: fc.constant('ROLLBACK_SUCCESSFUL' as const),
    stageInRollback: fc.constant('walks-back' as const),
    noTestRule: fc.constant('stages-skipped' as const),
    doneHooks: fc.constantFrom('for-ever' as const, 'until-the-next-stage-ends' as const),
    rollbackRequestedShown: fc.constant('on-request-only' as const),
    stopInCleanUp: fc.constant('refused' as const),
    circuitBreaker: fc.constant('ignored' as const),
    rollbackHookFails: fc.constant('fails-the-rollback' as const),
    weightsWithoutShift: fc.constant('100' as const),
    executionIdOnRetry: fc.constant('new' as const),
  },
  { requiredKeys: [] },
)

const service: fc.Arbitrary<Partial<NativeSeed>> = fc.record(
  {
    loadBalancer: fc.constantFrom('application' as const, 'application' as const, 'network' as const, 'none' as const),
    testRule: fc.boolean(),
    firstDeployment: fc.constantFrom(false, false, true),
    earlier: fc.constant(['web:3', 'web:2']),
    infrastructureRoleDenied: fc.constantFrom(false, false, false, true),
  },
  { requiredKeys: [] },
)

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    strategy,
    service,
    assumptions,
    hooks: fc.array(hook, { maxLength: 3 }),
    answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
    health: fc.constantFrom<'healthy' | 'never' | 'dies'>('healthy', 'healthy', 'healthy', 'never', 'dies'),
    rollback: fc.boolean(),
    bakeTimeInMinutes: fc.constantFrom(0, 1, 5),
    desiredCount: fc.nat({ max: 3 }),
  })
  .map(({ strategy, service, assumptions, hooks, answers, health, rollback, bakeTimeInMinutes, desiredCount }) => {
    const lifecycleHooks = hooks.map(({ name, stage }) =>
      name === undefined
        ? { targetType: 'PAUSE' as const, lifecycleStages: [stage as never] }
        : nativeHook(name, stage, { timeoutConfiguration: { timeoutInMinutes: 10, action: 'ROLLBACK' } }),
    )
    const made = nativeScenario({
      config: {
        ...strategy,
        bakeTimeInMinutes,
        lifecycleHooks,
        deploymentCircuitBreaker: { enable: true, rollback },
        alarms: { alarmNames: ['web-5xx'], enable: true, rollback },
      },
      service,
      course: { assumptions, hookPlans: { validate: { answers } } },
      more: {
        replacement: { ...baseScenario.replacement, health, dies: { event: 'BAKE_TIME', seconds: 10 } },
      },
    })
    const services = made.world.services.map((seed) => ({ ...seed, desiredCount }))
    const [first] = made.world.taskDefinitions
    const taskDefinitions = first ? [first, { ...first, revision: 2 }, { ...first, revision: 3 }] : []
    return { ...made, world: { ...made.world, services, taskDefinitions } }
  })

/** A random native service and a random script; it begins with an update more often than not. */
export const nativePlays: fc.Arbitrary<Play> = fc
  .record({ scenario, updates: fc.boolean(), steps: fc.array(step, { minLength: 1, maxLength: 14 }) })
  .map(({ scenario, updates, steps }) => ({
    scenario,
    steps: updates ? [{ do: 'update', revision: 'web:2', force: true }, ...steps] : steps,
  }))

/** Does one thing. Time is not moved here. */
function perform(direct: DirectAccount, step: Step): Answer | undefined {
  const key = 'demo:web'
  const atMs = direct.nowMs
  const deployments = direct.lane.native?.deployments ?? []
  const picked =
    'pick' in step ? deployments[deployments.length - 1 - (step.pick % Math.max(1, deployments.length))] : undefined
  const arn = `arn:aws:ecs:us-east-1:123456789012:service-deployment/demo/web/${picked?.id}`
  const place = { cluster: 'demo', service: 'web' }
  switch (step.do) {
    case 'wait':
      return undefined
    case 'update':
      return direct.call('UpdateService', { ...place, taskDefinition: step.revision, forceNewDeployment: step.force })
    case 'scale':
      return direct.call('UpdateService', { ...place, desiredCount: step.desiredCount })
    case 'stop':
      return direct.call('StopServiceDeployment', { serviceDeploymentArn: arn, stopType: step.type })
    case 'continue': {
      const hookId = picked?.hooks.find(({ type }) => type === 'PAUSE')?.hookId ?? 'ecs-pause-none'
      return direct.call('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId, action: step.action })
    }
    case 'alarm':
      direct.setAlarm('web-5xx', step.state)
      return undefined
    case 'edit rules': {
      const { production, deleted } = step
      direct.account.record(key, { kind: 'native-rules-edited', atMs, ...(production && { production }), deleted })
      return undefined
    }
    case 'fail tasks':
      direct.account.record(key, { kind: 'native-tasks-failed', atMs })
      return undefined
  }
}

/** What a client can read, as one text. */
function readAll(direct: DirectAccount): string {
  const place = { cluster: 'demo', service: 'web' }
  const arns = (direct.lane.native?.deployments ?? [])
    .slice(-20)
    .map(({ id }) => `arn:aws:ecs:us-east-1:123456789012:service-deployment/demo/web/${id}`)
  return JSON.stringify([
    direct.call('DescribeServices', { cluster: 'demo', services: ['web'] }),
    direct.call('ListServiceDeployments', place),
    direct.call('DescribeServiceDeployments', { serviceDeploymentArns: arns }),
    direct.call('ListTasks', { cluster: 'demo' }),
    direct.call('ListTasks', { cluster: 'demo', desiredStatus: 'STOPPED' }),
  ])
}

/** Plays it, with the clock in one step for each wait or in many, and looks at every moment in between. */
export function playNative(
  { scenario, steps }: Play,
  how: 'at once' | 'step by step',
  look?: (direct: DirectAccount) => void,
): string {
  const direct = new DirectAccount(scenario)
  const texts: string[] = []
  for (const step of steps) {
    const answered = perform(direct, step)
    if (answered) texts.push(JSON.stringify(answered))
    look?.(direct)
    if (step.do !== 'wait') continue
    const endMs = direct.ms + Math.round(step.seconds * 1000)
    if (how === 'step by step') {
      const strideMs = Math.max(500, Math.round((endMs - direct.ms) / 20))
      while (direct.ms + strideMs < endMs) {
        direct.ms += strideMs
        readAll(direct)
        look?.(direct)
      }
    }
    direct.ms = endMs
    texts.push(readAll(direct))
    look?.(direct)
  }
  return texts.join('\n')
}
