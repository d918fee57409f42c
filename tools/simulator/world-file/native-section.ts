import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { HOOK_TIMEOUT_MINUTES } from '../model/native/configuration.ts'
import { STAGES } from '../model/native/service-deployment.ts'
import { functionArn, roleArn } from '../names.ts'
import { DEFAULT_NATIVE_ASSUMPTIONS, type NativeAssumptions } from '../native/assumptions.ts'
import type { NativeCourse, NativeHookAnswer, NativeHookPlan, NativeSeed, RuleEdit } from '../native/seeds.ts'
import { DEFAULT_NATIVE_TIMINGS, type NativeTimings } from '../native/timings.ts'
import type { World } from '../scenario.ts'
import { MAX_SECONDS } from './fault-section.ts'
import type { Section } from './section.ts'
import { FUNCTION_NAME, REVISION, ROLE_NAME } from './words.ts'

type Place = Pick<World, 'region' | 'account'>
type LifecycleHook = NonNullable<DeploymentConfiguration['lifecycleHooks']>[number]

/** Source: ECS API Reference, DeploymentConfiguration. */
const MAX_BAKE_MINUTES = 1440

/** Source: Developer Guide, pages on hooks: two weeks, for a pause. */
const MAX_HOOK_MINUTES = 20_160

const HOOK_STAGES = STAGES.filter((stage) => stage !== 'SCALE_UP' && stage !== 'BAKE_TIME' && stage !== 'CLEAN_UP')

/** Reads `native` of a service: how ECS deploys it. What it leaves out is as in the demo world. */
export function readNative(section: Section, place: Place, service: string): NativeSeed {
  const strategy = section.choice('strategy', ['BLUE_GREEN', 'LINEAR', 'CANARY']) ?? 'BLUE_GREEN'
  const alarms = section.section('alarms')
  const breaker = section.section('circuit-breaker')
  const steps = section.section('steps')
  const hooks = section.sections('hooks')?.map((hook) => readHook(hook, place)) ?? []
  const deploymentConfiguration: DeploymentConfiguration = {
    strategy,
    bakeTimeInMinutes: section.wholeNumber('bake-minutes', 0, MAX_BAKE_MINUTES) ?? 5,
    alarms: alarms ? readAlarms(alarms) : { alarmNames: [`${service}-5xx`], enable: true, rollback: true },
    deploymentCircuitBreaker: breaker ? readBreaker(breaker) : { enable: true, rollback: true },
    lifecycleHooks: hooks,
    ...(steps && readSteps(steps, section, strategy)),
  }
  const loadBalancer = section.choice('load-balancer', ['application', 'network', 'none'])
  const testRule = section.flag('test-rule')
  const earlier = section.texts('earlier')
  const firstDeployment = section.flag('first-deployment')
  const weights = section.raw('production-weights')
  const isPair = Array.isArray(weights) && weights.length === 2 && weights.every(Number.isInteger)
  if (weights !== undefined && !isPair) section.wrong('production-weights', 'must be a list of two whole numbers.')
  const hookRoleBroken = section.flag('hook-role-broken')
  const infrastructureRoleDenied = section.flag('infrastructure-role-denied')
  for (const [i, revision] of (earlier ?? []).entries()) {
    if (!REVISION.matches.test(revision)) section.wrong('earlier', `entry ${i + 1} must be ${REVISION.words}.`)
  }
  section.done()
  return {
    deploymentConfiguration,
    ...(loadBalancer && { loadBalancer }),
    ...(testRule !== undefined && { testRule }),
    ...(earlier && { earlier }),
    ...(firstDeployment !== undefined && { firstDeployment }),
    ...(isPair && { productionWeights: [Number(weights[0]), Number(weights[1])] as const }),
    ...(hookRoleBroken !== undefined && { hookRoleBroken }),
    ...(infrastructureRoleDenied !== undefined && { infrastructureRoleDenied }),
  }
}

function readAlarms(section: Section): NonNullable<DeploymentConfiguration['alarms']> {
  const alarmNames = section.texts('names') ?? []
  const rollback = section.flag('rollback') ?? true
  section.done()
  return { alarmNames, enable: alarmNames.length > 0, rollback }
}

function readBreaker(section: Section): NonNullable<DeploymentConfiguration['deploymentCircuitBreaker']> {
  const enable = section.flag('enable') ?? true
  const rollback = section.flag('rollback') ?? true
  const failures = section.wholeNumber('failures', 1, 200)
  section.done()
  return {
    enable,
    rollback,
    ...(failures !== undefined && { thresholdConfiguration: { type: 'COUNT' as const, value: failures } }),
  }
}

/** `percent` of each step, or of the canary; `bake-minutes` after it. */
function readSteps(steps: Section, section: Section, strategy: string): DeploymentConfiguration {
  const percent = steps.number('percent', 0.1, 100)
  const minutes = steps.wholeNumber('bake-minutes', 0, MAX_BAKE_MINUTES)
  steps.done()
  if (strategy === 'BLUE_GREEN') section.wrong('steps', 'is for LINEAR and CANARY only.')
  if (strategy === 'LINEAR') {
    return {
      linearConfiguration: {
        ...(percent !== undefined && { stepPercent: percent }),
        ...(minutes !== undefined && { stepBakeTimeInMinutes: minutes }),
      },
    }
  }
  return {
    canaryConfiguration: {
      ...(percent !== undefined && { canaryPercent: percent }),
      ...(minutes !== undefined && { canaryBakeTimeInMinutes: minutes }),
    },
  }
}

/** A function, or a pause. */
function readHook(section: Section, place: Place): LifecycleHook {
  const name = section.text('function', FUNCTION_NAME)
  const isPause = section.flag('pause') ?? false
  if ((name !== undefined) === isPause && !section.isBroken) {
    section.problems.add(section.path, "must have either 'function' or 'pause: true'.")
  }
  const stages = section.choices('stages', HOOK_STAGES)
  if (!stages?.length) section.wrong('stages', `must be a list of ${HOOK_STAGES.join(', ')}.`)
  const role = section.text('role', ROLE_NAME) ?? 'ecs-hooks'
  const timeoutInMinutes = section.wholeNumber('timeout-minutes', 1, MAX_HOOK_MINUTES) ?? HOOK_TIMEOUT_MINUTES
  const action = section.choice('on-timeout', ['ROLLBACK', 'CONTINUE']) ?? 'ROLLBACK'
  const hookDetails = section.raw('details')
  section.done()
  return {
    targetType: isPause ? 'PAUSE' : 'AWS_LAMBDA',
    ...(name !== undefined && { hookTargetArn: functionArn(place, name), roleArn: roleArn(place, role) }),
    lifecycleStages: (stages ?? []) as NonNullable<LifecycleHook['lifecycleStages']>,
    ...(hookDetails !== undefined && { hookDetails: hookDetails as NonNullable<LifecycleHook['hookDetails']> }),
    timeoutConfiguration: { timeoutInMinutes, action },
  }
}

/** Reads `native` of the file: what goes on in its native services. */
export function readNativeCourse(section: Section): NativeCourse {
  const plans = section.sections('answers')?.map(readPlan)
  const timings = section.section('timings')
  const assumptions = section.section('assumptions')
  const ruleEdits = section.sections('rule-edits')?.map(readRuleEdit)
  section.done()
  return {
    ...(plans && { hookPlans: Object.fromEntries(plans) }),
    ...(timings && { timings: readTimings(timings) }),
    ...(assumptions && { assumptions: readAssumptions(assumptions) }),
    ...(ruleEdits && { ruleEdits }),
  }
}

function readPlan(section: Section): [string, NativeHookPlan] {
  const name = section.text('function', { ...FUNCTION_NAME, required: true }) ?? ''
  const answers = section.sections('in-turn')?.map(readAnswer) ?? []
  const inRollback = section.section('in-rollback')
  const plan: NativeHookPlan = { answers, ...(inRollback && { inRollback: readAnswer(inRollback) }) }
  section.done()
  return [name, plan]
}

function readAnswer(section: Section): NativeHookAnswer {
  const hookStatus = section.text('hook-status')
  const callBackDelay = section.number('call-back-delay', 0, MAX_SECONDS)
  const throws = section.flag('throws')
  const log = section.texts('log')
  const details = section.raw('hook-details')
  const answer: NativeHookAnswer = {
    afterSeconds: section.number('after-seconds', 0, MAX_SECONDS) ?? 20,
    ...(hookStatus !== undefined && { hookStatus }),
    ...(callBackDelay !== undefined && { callBackDelay }),
    ...(throws !== undefined && { throws }),
    ...(log && { log }),
    ...(typeof details === 'object' && details !== null && { hookDetails: { ...details } }),
  }
  section.done()
  return answer
}

function readRuleEdit(section: Section): RuleEdit {
  const atSeconds = section.number('at', 0, MAX_SECONDS, { required: true }) ?? 0
  const first = section.wholeNumber('first', 0, 999)
  const second = section.wholeNumber('second', 0, 999)
  const test = section.choice('test', [0, 1])
  const deleted = section.flag('deleted')
  section.done()
  return {
    atSeconds,
    ...(first !== undefined && second !== undefined && { production: [first, second] as const }),
    ...(test !== undefined && { test }),
    ...(deleted !== undefined && { deleted }),
  }
}

function readTimings(section: Section): Partial<NativeTimings> {
  const timings: Partial<NativeTimings> = {}
  for (const name of Object.keys(DEFAULT_NATIVE_TIMINGS) as (keyof NativeTimings)[]) {
    const seconds = section.number(name, 0, MAX_SECONDS)
    if (seconds !== undefined) timings[name] = seconds
  }
  section.done()
  return timings
}

/** What the switches that are words can be set to; one that is missing here does not compile. */
const SWITCH_WORDS: {
  [Name in keyof NativeAssumptions as string extends Name
    ? never
    : NativeAssumptions[Name] extends boolean
      ? never
      : Name]: readonly NativeAssumptions[Name][]
} = {
  concurrentUpdate: ['supersede', 'queue', 'refuse'],
  supersededStatus: ['STOPPED', 'ROLLBACK_SUCCESSFUL'],
  preProductionShown: ['as-is', 'as-post-test'],
  stageInStepWait: ['PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'],
  stageInRollback: ['of-the-failure', 'walks-back'],
  stageWhenDone: ['CLEAN_UP', 'absent'],
  noTestRule: ['stages-run', 'stages-skipped'],
  testWeightWithoutRule: ['absent', 'zero'],
  doneHooks: ['until-the-stage-ends', 'until-the-next-stage-ends', 'for-ever'],
  currentServiceDeployment: ['described', 'always', 'never'],
  rollbackRequestedShown: ['always', 'on-request-only'],
  abort: ['accepted', 'refused'],
  stopInCleanUp: ['accepted', 'refused'],
  stopOfTerminal: ['ConflictException', 'InvalidParameterException'],
  circuitBreaker: ['works', 'ignored'],
  configurationUpdate: ['replaced', 'merged', 'reset'],
  executionIdOnRetry: ['same', 'new'],
  rollbackHookFails: ['ignored', 'fails-the-rollback'],
  serviceDeploymentOrder: ['newest-first', 'oldest-first'],
  weightsWithoutShift: ['absent', '100'],
  pauseHookDescribed: ['whole', 'stages-only'],
}

function readAssumptions(section: Section): Partial<NativeAssumptions> {
  const names = Object.keys(DEFAULT_NATIVE_ASSUMPTIONS) as (keyof NativeAssumptions)[]
  const entries = names.map((name) => [
    name,
    name === 'controllerChangeDeploys'
      ? section.flag(name)
      : section.choice(name, SWITCH_WORDS[name] as readonly string[]),
  ])
  section.done()
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
