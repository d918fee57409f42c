import type { Deployment } from './deployment.ts'
import { completeDeployment, endDeployment } from './ending.ts'
import { outlookOf, refusalOf } from './event-outlook.ts'
import { HOOK_FAILED } from './failures.ts'
import { changeDeployment, findTaskSet, type Lane, latestDeployment, route } from './lane.ts'
import type { Failure, LifecycleEvent, LifecycleEventName } from './lifecycle.ts'
import { scheduleOccasions } from './occasions.ts'
import { becomeReady, waitsBefore } from './ready-wait.ts'
import { becomeSteady, installReplacement } from './replacement.ts'
import type { Context, Rules } from './rules.ts'

export function startEvent(lane: Lane, context: Context, index: number, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  const event = deployment?.events[index]
  if (!deployment || !event) return lane
  const outlook = outlookOf(lane, deployment, context, index, atMs)
  const started = changeEvent(lane, index, atMs, { status: 'InProgress', startMs: atMs, ...outlook })
  if (deployment.kind === 'rollback') return started

  const { rules } = context
  const installs = event.name === 'Install' && !refusalOf(lane, deployment, context, atMs)
  const installed = installs ? installReplacement(started, rules, atMs) : started
  const showsReady =
    rules.assumptions.readyShown === 'during-test-hook' &&
    event.name === 'AfterAllowTestTraffic' &&
    waitsBefore(lane, deployment, index + 1)
  const shown = showsReady ? becomeReady(installed, atMs) : installed
  return scheduleOccasions(shown, rules, event.name, atMs)
}

export function finishEvent(lane: Lane, rules: Rules, index: number, atMs: number, failure: Failure | undefined): Lane {
  if (failure) return endDeployment(lane, rules, atMs, 'failure', failure)
  const before = latestDeployment(lane)
  const event = before?.events[index]
  if (!before || !event) return lane
  const finished = changeEvent(lane, index, atMs, { status: 'Succeeded', endMs: atMs, due: undefined })
  if (before.kind === 'rollback') {
    const isLast = index === before.events.length - 1
    return isLast ? completeDeployment(finished, rules, atMs) : changeDeployment(finished, atMs, { nextEventMs: atMs })
  }
  return goOn(effectOf(finished, before, event.name, atMs), rules, before, index, atMs)
}

/** A hook's verdict arrived. */
export function answerHook(
  lane: Lane,
  rules: Rules,
  executionId: string,
  status: 'Succeeded' | 'Failed',
  atMs: number,
): Lane {
  const index = latestDeployment(lane)?.events.findIndex((event) => event.hook?.executionId === executionId) ?? -1
  return index < 0 ? lane : finishEvent(lane, rules, index, atMs, status === 'Failed' ? HOOK_FAILED : undefined)
}

/** What follows an event that succeeded. */
function goOn(lane: Lane, rules: Rules, before: Deployment, index: number, atMs: number): Lane {
  if (index === before.events.length - 1) {
    const status = rules.assumptions.bakingShown ? 'Baking' : 'InProgress'
    return changeDeployment(lane, atMs, { status, targetStatus: 'Succeeded', terminationSinceMs: atMs })
  }
  if (before.status === 'Ready') return lane
  if (waitsBefore(lane, before, index + 1) && !before.ready.continued) return becomeReady(lane, atMs)
  return changeDeployment(lane, atMs, { nextEventMs: atMs + rules.timingsMs.gap })
}

/** The test listener moves when AllowTestTraffic ends (assumed). */
function effectOf(lane: Lane, deployment: Deployment, event: LifecycleEventName, atMs: number): Lane {
  if (event === 'Install') return becomeSteady(lane, deployment.replacementTaskSet, atMs)
  if (event !== 'AllowTestTraffic') return lane
  return route(lane, { test: findTaskSet(lane, deployment.replacementTaskSet)?.targetGroup })
}

function changeEvent(lane: Lane, index: number, atMs: number, change: Partial<LifecycleEvent>): Lane {
  const events = latestDeployment(lane)?.events ?? []
  return changeDeployment(lane, atMs, {
    events: events.map((event, i) => (i === index ? { ...event, ...change } : event)),
    nextEventMs: undefined,
  })
}
