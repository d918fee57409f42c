import { scheduleAlarms } from '../alarms.ts'
import type { Lane } from '../lane.ts'
import { replacementPlan } from '../replacement-plan.ts'
import type { Rules } from '../rules.ts'
import { changeServiceDeployment } from './native-service.ts'

/** What the scenario wants to happen so long after this stage of the deployment; `Created` is its creation. */
export function scheduleNativeOccasions(lane: Lane, rules: Rules, id: string, stage: string, atMs: number): Lane {
  const stopping = scheduleStop(scheduleFailures(lane, rules, id, stage, atMs), rules, id, stage, atMs)
  return scheduleAlarms(stopping, rules, stage, atMs)
}

function scheduleFailures(lane: Lane, rules: Rules, id: string, stage: string, atMs: number): Lane {
  const { health, dies } = replacementPlan(rules.scenario, lane.service?.seed)
  if (health !== 'dies' || dies?.event !== stage) return lane
  return changeServiceDeployment(lane, id, atMs, { failsMs: atMs + Math.round(dies.seconds * 1000) })
}

function scheduleStop(lane: Lane, rules: Rules, id: string, stage: string, atMs: number): Lane {
  const plans = rules.scenario.stops ?? []
  const place = plans.findIndex((plan, i) => plan.after.event === stage && !lane.spentStopPlans.includes(i))
  const plan = plans[place]
  if (!plan) return lane
  const type = plan.rollback === false ? ('ABORT' as const) : ('ROLLBACK' as const)
  const plannedStop = { atMs: atMs + Math.round(plan.after.seconds * 1000), type }
  const spent = { ...lane, spentStopPlans: [...lane.spentStopPlans, place] }
  return changeServiceDeployment(spent, id, atMs, { plannedStop })
}
