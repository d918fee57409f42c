import { taskSetIdOf } from '../identity.ts'
import { nameIn, otherTargetGroup, taskDefinitionArn } from '../names.ts'
import type { World } from '../scenario.ts'
import { isOver } from './deployment.ts'
import { makePrimary } from './ending.ts'
import {
  changeDeployment,
  changeService,
  changeTaskSet,
  findTaskSet,
  type Lane,
  latestDeployment,
  logServiceEvent,
  removeTaskSet,
  route,
} from './lane.ts'
import { replacementPlan } from './replacement-plan.ts'
import type { Rules } from './rules.ts'
import { closeSlots, openSlots, type TaskSet } from './task-set.ts'
import { weightSteps, weightsWith } from './traffic.ts'

/**
 * ECS makes the replacement task set, behind the target group that is not in use. What an earlier deployment left
 * there is removed first, and production is with the original (assumed).
 */
export function installReplacement(lane: Lane, rules: Rules, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  const original = findTaskSet(lane, deployment?.originalTaskSet)
  const appSpec = deployment?.order.appSpec
  if (!lane.service || !deployment || !original || !appSpec) return lane
  const cleared = leftoversOf(lane, rules, original).reduce(
    (before, leftover) => removeTaskSet(before, leftover.id, atMs),
    lane,
  )
  const { health } = replacementPlan(rules.scenario, lane.service.seed)
  const crashes = health === 'never'
  const slots = openSlots(lane.service.desiredCount, atMs, atMs + rules.timingsMs.install, crashes)

  const replacement: TaskSet = {
    id: taskSetIdOf(deployment.id),
    deploymentId: deployment.id,
    taskDefinitionArn: arnOf(rules.scenario.world, appSpec.taskDefinition),
    targetGroup: otherTargetGroup(original.targetGroup),
    containerName: appSpec.containerName,
    containerPort: appSpec.containerPort,
    status: 'ACTIVE',
    createdMs: atMs,
    updatedMs: atMs,
    steadyMs: undefined,
    slots: health === 'unplaced' ? slots.map((slot) => ({ ...slot, unplaced: true })) : slots,
    crashes,
    platformVersion: appSpec.platformVersion,
    networkConfiguration: appSpec.networkConfiguration,
    capacityProviderStrategy: appSpec.capacityProviderStrategy,
    goneMs: undefined,
  }
  const taskSets = [...(cleared.service?.taskSets ?? []), replacement]
  const cured = lane.service.production[original.targetGroup] !== 100
  const routed = cured ? route(cleared, { production: weightsWith(original.targetGroup, 100) }) : cleared
  const added = changeService(routed, { taskSets })
  return changeDeployment(added, atMs, { replacementTaskSet: replacement.id })
}

function leftoversOf(lane: Lane, rules: Rules, original: TaskSet): TaskSet[] {
  if (rules.assumptions.leftover === 'kept') return []
  return lane.service?.taskSets.filter((taskSet) => taskSet.id !== original.id) ?? []
}

export function becomeSteady(lane: Lane, id: string | undefined, atMs: number): Lane {
  const steady = changeTaskSet(lane, id, (taskSet) => ({ ...taskSet, steadyMs: atMs, updatedMs: atMs }))
  const logged = logServiceEvent(steady, atMs, 'updated state to STEADY_STATE.', id)
  return logServiceEvent(logged, atMs, 'has reached a steady state.')
}

/** Production moves one step further; with the last one the replacement becomes PRIMARY (observed). */
export function takeWeightStep(lane: Lane, rules: Rules, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  const replacement = findTaskSet(lane, deployment?.replacementTaskSet)
  const step = deployment && weightSteps(deployment.order.routing, rules.assumptions)[deployment.weightStepsTaken]
  if (!deployment || !replacement || !step) return lane
  const counted = changeDeployment(lane, atMs, { weightStepsTaken: deployment.weightStepsTaken + 1 })
  const moved = route(counted, { production: weightsWith(replacement.targetGroup, step.percent) })
  return step.percent === 100 ? makePrimary(moved, atMs, replacement.id) : moved
}

/** Every task of the replacement stops, if it has any, and what ECS starts instead does not stay up. */
export function killReplacement(lane: Lane, rules: Rules, atMs: number): Lane {
  const last = latestDeployment(lane)
  const id = last?.replacementTaskSet
  // CodeDeploy does not look at a deployment that is over any more.
  const updatedMs = last && isOver(last) ? last.updatedMs : atMs
  if (!findTaskSet(lane, id)?.slots.some((slot) => slot.untilMs === undefined)) {
    return changeDeployment(lane, updatedMs, { replacementDiesMs: undefined })
  }
  const died = changeDeployment(lane, updatedMs, { replacementDiesMs: undefined, replacementDiedMs: atMs })
  return changeTaskSet(died, id, (taskSet) => {
    const running = taskSet.slots.filter((slot) => slot.untilMs === undefined)
    const restarted = openSlots(running.length, atMs, atMs + rules.timingsMs.install, true, taskSet.slots.length)
    const stopped = closeSlots(taskSet, atMs, true)
    return { ...stopped, slots: [...stopped.slots, ...restarted], steadyMs: undefined, crashes: true }
  })
}

function arnOf(world: World, reference: string): string {
  const [family = '', revision] = nameIn(reference).split(':')
  return taskDefinitionArn(world, family, Number(revision))
}
