import { scheduleAlarms } from './alarms.ts'
import { changeDeployment, type Lane } from './lane.ts'
import { replacementPlan } from './replacement-plan.ts'
import type { Rules } from './rules.ts'
import { scheduleStop } from './stop.ts'

/** What the scenario wants to happen so long after this event of the newest deployment; `Created` is its creation. */
export function scheduleOccasions(lane: Lane, rules: Rules, event: string, atMs: number): Lane {
  return scheduleAlarms(scheduleStop(scheduleDeath(lane, rules, event, atMs), rules, event, atMs), rules, event, atMs)
}

function scheduleDeath(lane: Lane, rules: Rules, event: string, atMs: number): Lane {
  const { health, dies } = replacementPlan(rules.scenario, lane.service?.seed)
  if (health !== 'dies' || dies?.event !== event) return lane
  return changeDeployment(lane, atMs, { replacementDiesMs: atMs + Math.round(dies.seconds * 1000) })
}
