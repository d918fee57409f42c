import type { CallError } from '../aws/attempts.ts'
import { describeServiceError } from '../aws/service-error.ts'
import { codeDeployEngine } from '../code-deploy/code-deploy-engine.ts'
import type { KnownBefore } from '../code-deploy/own-deployment.ts'
import { ecsEngine } from '../ecs-native/ecs-engine.ts'
import { type EngineWords, wordsOf } from '../engines/words.ts'
import type { Following } from '../follow/following.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'
import { watchReplacementTasks } from '../follow/replacement-tasks.ts'
import type { FinishLine } from '../inputs/choices.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import { heartbeatLine, overdueLine } from '../report/log-lines.ts'
import {
  answerLostLine,
  readTroubleLine,
  requestTroubleLine,
  targetLostText,
  targetSeenLine,
} from '../report/outage-lines.ts'
import { buildDescription, buildMarker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { showLogOfRunning } from './hook-log.ts'
import type { Progress } from './progress.ts'

/** The engine of this release, by whom the service is deployed. */
export function engineFor(plan: ReleasePlan, inputs: Inputs, world: World, progress: Progress): ReleaseEngine {
  const { service } = plan
  const words = wordsOf(service.controller)
  const onAnswerLost = (error: CallError) => world.log.line(answerLostLine(error, words, world.clock.now()))
  if (service.controller === 'ECS') {
    return ecsEngine(world, { service, newestRevision: service.newestRevision ?? '', onAnswerLost })
  }
  return codeDeployEngine(world, {
    service,
    application: plan.group.application,
    deploymentGroup: plan.group.name,
    appSpec: plan.appSpec,
    hooks: plan.hooks,
    description: buildDescription(inputs.description, buildMarker(world.run, inputs.operation)),
    earlier: earlierDeployments(plan),
    deploymentConfig: inputs.deploymentConfig,
    rollbackOn: inputs.rollbackOn,
    alarms: inputs.alarms,
    ignoresAlarmTrouble: plan.group.ignoresAlarmTrouble,
    onAnswerLost,
    onTargetLost: (error) =>
      progress.afterwards(() =>
        progress.warnOf('lifecycle-events', [targetLostText(error, plan.hooks, inputs.waitFor, words)]),
      ),
    onTargetSeen: () => progress.afterwards(() => world.log.line(targetSeenLine(words, world.clock.now()))),
  })
}

/** What was there when the checks looked. */
function earlierDeployments({ service, group }: ReleasePlan): KnownBefore {
  const ids = [service.primary.deploymentId, group.lastDeployment?.id].filter((id) => id !== undefined)
  return { ids, newestCreatedAtMs: group.lastDeployment?.createdAtMs }
}

const WAITS_ON = {
  ready: 'The deployment waits for somebody to continue it in the console.',
  termination: 'The original stays until its wait is over.',
}

/** CodeDeploy shows `Ready` while the test hook runs. Source: CodeDeploy User Guide, "Ready". */
function unsureText({ heldAt, nameOf }: EngineWords): string {
  return `The deployment waits at ${heldAt()}, and whether its hook at ${nameOf('after-test-shift')} has succeeded cannot be seen, so this step does not continue it. Continue it in the console once the hook has succeeded.`
}

/** How this release is followed. */
export function followingOf(
  plan: ReleasePlan,
  finishLine: Exclude<FinishLine, 'nothing'>,
  inputs: Inputs,
  world: World,
  progress: Progress,
): Following {
  const words = wordsOf(plan.service.controller)
  return {
    clock: world.clock,
    signal: world.signal,
    random: world.random,
    finishLine,
    budget: plan.budget,
    hooks: plan.hooks,
    shift: plan.shift,
    terminationWaitMs: plan.group.terminationWaitMs ?? 0,
    autoPromote: inputs.autoPromote,
    endsTerminationWait: inputs.operation === 'promote' && finishLine === 'completion',
    onEntry: (entry) => progress.enter(entry),
    onSnapshot: (snapshot) => {
      progress.see(snapshot)
      if (!snapshot.eventsAreStale) progress.warnOf('lifecycle-events', [])
      if (snapshot.deploymentId !== progress.release.deploymentId) return
      if (snapshot.status === 'running' || snapshot.status === 'succeeded') progress.warnOf('ready-wait', [])
      if (snapshot.status === 'succeeded') progress.warnOf('termination-wait', [])
    },
    onTold: () => progress.told(),
    onHeartbeat: (heartbeat) => world.log.line(heartbeatLine(heartbeat, words, world.clock.now())),
    onHookOverdue: async (hook, snapshot) => {
      world.log.line(overdueLine(hook, snapshot, words, world.clock.now()))
      await showLogOfRunning(hook.event, inputs.hookLogs, world, progress)
    },
    reading: progress.reading,
    onRequestTrouble: (trouble) => world.log.line(requestTroubleLine(trouble, world.clock.now())),
    onStopAccepted: () => void progress.learn({ stopAccepted: true }),
    onPromotionDenied: ({ operation, serviceError }, wait) =>
      progress.warnOf(`${wait}-wait`, [`${describeServiceError(operation, serviceError)} ${WAITS_ON[wait]}`]),
    onPromotionUnsure: () => progress.warnOf('ready-wait', [unsureText(words)]),
    reasonToGiveUp: watchReplacementTasks(world, {
      service: plan.service,
      failFast: inputs.failFast,
      onStopped: (reason, count) => progress.taskStopped(reason, count),
      onServiceEvent: (message) => progress.serviceTroubled(message),
      onReadTrouble: (trouble) => world.log.line(readTroubleLine(trouble, world.clock.now())),
      onDenied: ({ operation }) => progress.warn(`${operation} was denied: why replacement tasks stop cannot be seen.`),
    }),
  }
}
