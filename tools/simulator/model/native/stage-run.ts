import { roleArn } from '../../names.ts'
import { activeAlarms } from '../alarms.ts'
import { changeService, type Lane, logServiceEvent } from '../lane.ts'
import { replacementPlan } from '../replacement-plan.ts'
import type { Rules } from '../rules.ts'
import { weightsWith } from '../traffic.ts'
import { stepBakeMs, stepPercents } from './configuration.ts'
import { liveTargetGroup, servingOf, sourcesOf, takeTargetGroup } from './creation.ts'
import { failDeployment } from './ending.ts'
import { hooksOfStage } from './hooks.ts'
import {
  changeServiceDeployment,
  findRevision,
  findServiceDeployment,
  livingRevisions,
  type NativeService,
  taskSetOf,
} from './native-service.ts'
import { scheduleNativeOccasions } from './occasions.ts'
import { isThrough, type ServiceDeployment, STAGES, type Stage } from './service-deployment.ts'
import { becomeSteady, beginFailing, failForEver, giveUpTasks, startTasks, stopTasks } from './tasks.ts'

/** The deployment leaves PENDING. What ECS reads of the rules now is what it goes by. */
export function startServiceDeployment(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  const { native } = lane
  if (!deployment || !native) return lane
  const sources = sourcesOf(lane).filter((number) => number !== deployment.revision)
  const known: ServiceDeployment = {
    ...deployment,
    status: 'IN_PROGRESS',
    startedMs: atMs,
    sources,
    serving: servingOf(lane, { sources }),
    liveTargetGroup: liveTargetGroup(lane),
    alarms: alarmsAtStart(lane, deployment, atMs),
    networkFault: sources.length > 1 ? undefined : networkFaultOf(lane, rules, native, atMs),
  }
  const started = takeTargetGroup(changeServiceDeployment(withoutRemains(lane, rules, atMs), id, atMs, known), known)
  return startStage(started, rules, id, sources.length > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP', 0, atMs)
}

/** What a deployment that was stopped while it took tasks away has left of them. */
function withoutRemains(lane: Lane, rules: Rules, atMs: number): Lane {
  const remains = livingRevisions(lane, atMs).filter(({ kept }) => !kept)
  return remains.reduce((one, { number }) => stopTasks(one, rules, number, atMs), lane)
}

/** An alarm that is active already switches the watching off for the whole deployment (documented). */
function alarmsAtStart(lane: Lane, { alarms }: ServiceDeployment, atMs: number): ServiceDeployment['alarms'] {
  if (activeAlarms(lane, alarms.names, atMs).length === 0) return alarms
  return { ...alarms, status: 'DISABLED' }
}

/** What ECS finds wrong with the rules. Texts: Developer Guide, troubleshooting of blue/green deployments. */
function networkFaultOf(
  lane: Lane,
  rules: Rules,
  native: NativeService,
  atMs: number,
): ServiceDeployment['networkFault'] {
  if (native.loadBalancer === 'none') return undefined
  const noticedMs = atMs + rules.native.timingsMs.rollbackRequested
  const fault = (detail: string) => ({ atMs: noticedMs, cause: `of invalid networking configuration. ${detail}` })
  if (native.rulesDeleted) return fault('One or more rules not found')
  const weighted = (lane.service?.production ?? []).filter((weight) => weight > 0).length
  if (weighted === 1) return undefined
  return fault(
    'Production listener rule should have exactly one target group serving traffic but found ' +
      `${weighted} target groups which are serving traffic`,
  )
}

/** The stage begins: what it does at its start is done, and its hooks begin too. */
export function startStage(lane: Lane, rules: Rules, id: string, stage: Stage, step: number, atMs: number): Lane {
  const before = findServiceDeployment(lane, id)
  if (!before) return lane
  const hooks = [...keptHooks(before, rules), ...hooksOfStage(rules, before, stage, step, atMs)]
  const entered = changeServiceDeployment(lane, id, atMs, { stage, step, waits: false, stageSinceMs: atMs, hooks })
  const done = effectOf(entered, rules, id, stage, step, atMs)
  return scheduleNativeOccasions(done, rules, id, stage, atMs)
}

/** Which of the hooks so far are shown on, when another stage begins (assumed). */
function keptHooks({ hooks, stage, step }: ServiceDeployment, { native }: Rules): ServiceDeployment['hooks'] {
  const { doneHooks } = native.assumptions
  if (doneHooks === 'for-ever') return hooks
  if (doneHooks === 'until-the-stage-ends') return []
  return hooks.filter((hook) => hook.stage === stage && hook.step === step)
}

function effectOf(lane: Lane, rules: Rules, id: string, stage: Stage, step: number, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment) return lane
  const { timingsMs } = rules.native
  switch (stage) {
    case 'RECONCILE_SERVICE':
      return settleTraffic(lane, deployment)
    case 'SCALE_UP': {
      const started = startTasks(lane, id, deployment.revision, atMs, atMs + timingsMs.scaleUp)
      const plan = replacementPlan(rules.scenario, lane.service?.seed)
      return plan.health === 'never' ? beginFailing(started, rules, id, atMs) : started
    }
    case 'TEST_TRAFFIC_SHIFT':
      return shift(lane, rules, deployment, atMs, (one) => shiftTest(one, deployment, atMs))
    case 'PRODUCTION_TRAFFIC_SHIFT': {
      const percent = percentAfter(deployment, step)
      return shift(lane, rules, deployment, atMs, (one) => shiftProduction(one, deployment, percent, atMs))
    }
    case 'CLEAN_UP':
      return deployment.sources.reduce((one, source) => giveUpTasks(one, source, atMs), lane)
    default:
      return lane
  }
}

/** Production stays where most of it is, with none elsewhere (assumed). */
function settleTraffic(lane: Lane, { serving }: ServiceDeployment): Lane {
  const index = findRevision(lane, serving)?.targetGroup
  if (index === undefined || lane.native?.loadBalancer === 'none') return lane
  return changeService(lane, { production: weightsWith(index, 100), ...(lane.native?.testRule && { test: index }) })
}

/** Source: Developer Guide, troubleshooting; it says "hook(s)" although no hook has to do with it. */
function shift(
  lane: Lane,
  rules: Rules,
  { id, stage }: ServiceDeployment,
  atMs: number,
  move: (lane: Lane) => Lane,
): Lane {
  const { native, service } = lane
  if (native?.loadBalancer === 'none') return lane
  if (stage === 'TEST_TRAFFIC_SHIFT' && !native?.testRule) return lane
  if (native?.rulesDeleted) {
    return failDeployment(
      lane,
      rules,
      id,
      atMs,
      'of invalid networking configuration. One or more rules not found',
      true,
    )
  }
  if (!service?.seed.native?.infrastructureRoleDenied) return move(lane)
  const user = `${roleArn(rules.scenario.world, INFRASTRUCTURE_ROLE).replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ECSNetworkingWithELB`
  const cause =
    `${stage} lifecycle hook(s) failed. User: ${user} is not authorized to perform: ` +
    'elasticloadbalancing:ModifyListener'
  return failDeployment(lane, rules, id, atMs, cause, true)
}

/** The role with which ECS changes the rules of every simulated service. */
export const INFRASTRUCTURE_ROLE = 'ecs-infrastructure'

function shiftTest(lane: Lane, deployment: ServiceDeployment, atMs: number): Lane {
  const test = findRevision(lane, deployment.revision)?.targetGroup
  return changeServiceDeployment(changeService(lane, { test }), deployment.id, atMs, { test: 100 })
}

function shiftProduction(lane: Lane, deployment: ServiceDeployment, percent: number, atMs: number): Lane {
  const target = findRevision(lane, deployment.revision)?.targetGroup ?? 0
  const moved = changeService(lane, { production: weightsWith(target, percent) })
  return changeServiceDeployment(moved, deployment.id, atMs, { production: percent })
}

function percentsOf({ config, serving }: ServiceDeployment): number[] {
  return serving === undefined ? [100] : stepPercents(config)
}

function percentAfter(deployment: ServiceDeployment, step: number): number {
  return percentsOf(deployment)[step] ?? 100
}

/** How long the stage takes by itself; undefined: until something happens. */
function ownDurationMs(
  lane: Lane,
  rules: Rules,
  { stage, waits, config, failing }: ServiceDeployment,
): number | undefined {
  const { timingsMs } = rules.native
  const extra = lane.native?.loadBalancer === 'network' ? timingsMs.nlbExtra : 0
  if (waits) return stepBakeMs(config)
  switch (stage) {
    case 'RECONCILE_SERVICE':
      return timingsMs.reconcile
    case 'PRE_SCALE_UP':
      return timingsMs.preScaleUp
    case 'SCALE_UP':
      return failing ? undefined : timingsMs.scaleUp
    case 'POST_SCALE_UP':
      return timingsMs.postScaleUp
    case 'TEST_TRAFFIC_SHIFT':
      return timingsMs.testShift + extra
    case 'POST_TEST_TRAFFIC_SHIFT':
      return timingsMs.postTestShift
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
      return timingsMs.preProductionShift
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return timingsMs.productionShift + extra
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return timingsMs.postProductionShift
    case 'BAKE_TIME':
      return (config.bakeTimeInMinutes ?? 0) * 60_000
    case 'CLEAN_UP':
      return timingsMs.cleanUp
    case undefined:
      return undefined
  }
}

/** When the running stage is over: its own time is, and all its hooks are through. */
export function stageEndMs(lane: Lane, rules: Rules, deployment: ServiceDeployment): number | undefined {
  const own = ownDurationMs(lane, rules, deployment)
  if (own === undefined) return undefined
  const hooks = deployment.waits ? [] : currentHooks(deployment)
  if (!hooks.every(isThrough)) return undefined
  return Math.max(deployment.stageSinceMs + own, ...hooks.map(({ doneMs }) => doneMs ?? 0))
}

export function currentHooks({ hooks, stage, step }: ServiceDeployment): ServiceDeployment['hooks'] {
  return hooks.filter((hook) => hook.stage === stage && hook.step === step && !hook.inRollback)
}

export function endStage(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment?.stage) return lane
  const { stage, step, waits, revision, serving } = deployment
  const last = percentsOf(deployment).length - 1
  switch (stage) {
    case 'RECONCILE_SERVICE': {
      const others = deployment.sources.filter((source) => source !== serving)
      const reconciled = others.reduce((one, source) => stopTasks(one, rules, source, atMs), lane)
      return startStage(reconciled, rules, id, 'PRE_SCALE_UP', 0, atMs)
    }
    case 'SCALE_UP':
      return startStage(becomeSteady(lane, revision, atMs), rules, id, 'POST_SCALE_UP', 0, atMs)
    case 'PRODUCTION_TRAFFIC_SHIFT': {
      if (step === last) return startStage(lane, rules, id, 'POST_PRODUCTION_TRAFFIC_SHIFT', step, atMs)
      if (waits) return startStage(lane, rules, id, 'PRE_PRODUCTION_TRAFFIC_SHIFT', step + 1, atMs)
      return changeServiceDeployment(lane, id, atMs, { waits: true, stageSinceMs: atMs })
    }
    case 'CLEAN_UP':
      return succeed(lane, rules, deployment, atMs)
    default:
      return startStage(lane, rules, id, stageAfter(lane, rules, stage), step, atMs)
  }
}

/** Whether the test stages of a service without a test rule run is assumed (observed once, weakly). */
function stageAfter(lane: Lane, { native }: Rules, stage: Stage): Stage {
  if (stage === 'POST_SCALE_UP' && !lane.native?.testRule && native.assumptions.noTestRule === 'stages-skipped') {
    return 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  }
  return STAGES[STAGES.indexOf(stage) + 1] ?? stage
}

function succeed(lane: Lane, rules: Rules, { id, sources, revision, failing }: ServiceDeployment, atMs: number): Lane {
  const cleaned = sources.reduce((one, source) => stopTasks(one, rules, source, atMs), lane)
  const ended = changeServiceDeployment(cleaned, id, atMs, {
    status: 'SUCCESSFUL',
    finishedMs: atMs,
    failing: undefined,
  })
  const left = failing && taskSetOf(ended, revision) ? failForEver(ended, revision, atMs) : ended
  const completed = logServiceEvent(left, atMs, `(deployment ecs-svc/${revision}) deployment completed.`)
  return logServiceEvent(completed, atMs, 'has reached a steady state.')
}
