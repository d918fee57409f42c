import { describeServiceError } from './aws/service-error.ts'
import { codeDeployEngine } from './follow/code-deploy-engine.ts'
import { type Following, follow, type Outcome, type ReleaseEngine } from './follow/follow.ts'
import type { Earlier } from './follow/own-deployment.ts'
import { watchReplacementTasks } from './follow/replacement-tasks.ts'
import { type Settlement, settle } from './follow/settle.ts'
import type { FinishLine, Inputs, ParsedInputs } from './inputs/inputs.ts'
import { buildDescription, buildMarker } from './marker.ts'
import { patiently } from './patience.ts'
import { describeExpiry } from './plan/credential-expiry.ts'
import { identify } from './plan/identity.ts'
import { makePlan } from './plan/make-plan.ts'
import type { ReleasePlan } from './plan/plan.ts'
import { readProduction } from './production.ts'
import { Progress } from './progress.ts'
import type { Release } from './release-state.ts'
import {
  heartbeatLine,
  openingLines,
  outcomeLines,
  planLines,
  readTroubleLine,
  targetLostText,
} from './report/log-lines.ts'
import { start } from './start.ts'
import { verdictOf } from './verdict.ts'
import type { World } from './world.ts'

/**
 * The runner kills a cancelled step 10 s after its first signal; until here is followed, the rest is for telling.
 * Source: actions/runner, ProcessInvoker. In milliseconds.
 */
const WIND_DOWN_MS = 6_000

/** How much of that rest ECS may take to tell what serves production. In milliseconds. */
const LAST_LOOK_WHEN_CANCELLED_MS = 1_500

/**
 * Releases one service: checks everything with reads, writes, follows to the finish line and settles what is left. It
 * throws for nothing that AWS or the user did: the answer's `status` says how it ended.
 */
export async function release(parsed: ParsedInputs, world: World): Promise<Release> {
  const { inputs } = parsed
  const progress = Progress.begin(inputs, world)

  const patient = patiently(world)
  const plan = await check(parsed, patient, progress)
  if (plan === undefined) return progress.end('refused')
  if (plan.isUnchanged) return progress.end('unchanged')
  if (world.signal.aborted) return progress.end('cancelled')

  // Nothing above this line changes anything in AWS.
  const deploymentId = await start(plan, engineFor(plan, inputs, patient, progress), patient, progress)
  if (deploymentId === undefined) return progress.release
  for (const line of openingLines(progress.release)) world.log.line(line)
  if (inputs.waitFor === 'nothing') return progress.end('started')

  // A look that fails is made up for by the next one, so it needs no patience.
  const engine = engineFor(plan, inputs, world, progress)
  const following = followingOf(plan, inputs.waitFor, inputs, world, progress)
  const outcome = await follow(engine, deploymentId, following)
  progress.learn({ outcome })
  const partings = { ...inputs, rollbackOn: plan.rollbackOn, windDownMs: WIND_DOWN_MS }
  for (const line of outcomeLines(outcome, partings, deploymentId, world.clock.now())) world.log.line(line)
  const settlement = await settle(engine, deploymentId, outcome, following, partings)

  return await endSettled(plan, outcome, settlement, world, progress)
}

/** The verdict on a release whose deployment is at rest, or as far as it could be followed. */
export async function endSettled(
  plan: ReleasePlan,
  outcome: Outcome,
  settlement: Settlement,
  world: World,
  progress: Progress,
): Promise<Release> {
  const sides = {
    deploymentId: progress.release.deploymentId ?? '',
    original: plan.service.primary.taskDefinitionArn,
    replacement: progress.release.taskDefinition?.arn,
  }
  const lastToMoveTraffic = settlement.rollback.snapshot ?? settlement.snapshot
  const production = await readProduction(world, plan.service, sides, lastToMoveTraffic, {
    mayHaveMoved: isOutOfSight(outcome, settlement),
    withinMs: outcome.kind === 'cancelled' ? LAST_LOOK_WHEN_CANCELLED_MS : undefined,
  })
  return progress.end(verdictOf(outcome, settlement), { settlement, snapshot: settlement.snapshot, production })
}

/** The deployment or its rollback went on, or may have, after the last reading. */
function isOutOfSight(outcome: Outcome, { rollback, cutShort }: Settlement): boolean {
  const wasRollbackSeen = rollback.deploymentId === undefined || rollback.snapshot !== undefined
  const isLost = outcome.kind === 'lost-sight' || cutShort === 'lost-sight'
  return isLost || rollback.status === 'unknown' || !wasRollbackSeen
}

async function check(parsed: ParsedInputs, world: World, progress: Progress): Promise<ReleasePlan | undefined> {
  return await world.log.group('Checks', async () => {
    const identity = identify(parsed.inputs, world)
    const { plan, problems, warnings, notes, service, group } = await makePlan(parsed, world, identity)
    const { caller } = await identity
    progress.learn({ caller, plan, problems, service, group })
    for (const note of notes) world.log.line(note)
    for (const line of planLines(progress.release)) world.log.line(line)
    const expiry = plan && describeExpiry(plan, parsed.inputs, await world.credentialsEndAtMs(), world.clock.now())
    if (expiry?.kind === 'note') world.log.line(expiry.text)
    for (const warning of warnings) progress.warn(warning)
    if (expiry?.kind === 'warning') progress.warn(expiry.text)
    return plan
  })
}

/** The engine of this release. */
export function engineFor(plan: ReleasePlan, inputs: Inputs, world: World, progress: Progress): ReleaseEngine {
  return codeDeployEngine(world, {
    service: plan.service,
    application: plan.group.application,
    deploymentGroup: plan.group.name,
    appSpec: plan.appSpec,
    hooks: plan.hooks,
    description: buildDescription(inputs.description, buildMarker(world.run, inputs.operation)),
    earlier: earlierDeployments(plan),
    deploymentConfig: inputs.deploymentConfig,
    rollbackOn: inputs.rollbackOn,
    alarms: inputs.alarms,
    onTargetLost: (error) => progress.warn(targetLostText(error, plan.hooks, inputs.waitFor)),
  })
}

/** What was there when the checks looked. */
function earlierDeployments({ service, group }: ReleasePlan): Earlier {
  const ids = [service.primary.deploymentId, group.lastDeployment?.id].filter((id) => id !== undefined)
  return { ids, newestCreatedAtMs: group.lastDeployment?.createdAtMs }
}

/** How this release is followed. */
export function followingOf(
  plan: ReleasePlan,
  finishLine: Exclude<FinishLine, 'nothing'>,
  inputs: Inputs,
  world: World,
  progress: Progress,
): Following {
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
    onEntry: (entry) => progress.enter(entry),
    onSnapshot: (snapshot) => progress.see(snapshot),
    onHeartbeat: (heartbeat) => world.log.line(heartbeatLine(heartbeat, world.clock.now())),
    onReadTrouble: (trouble) => world.log.line(readTroubleLine(trouble, world.clock.now())),
    onPromotionDenied: ({ operation, serviceError }) =>
      progress.warn(
        `${describeServiceError(operation, serviceError)} The deployment waits for somebody to continue it in the console.`,
      ),
    reasonToGiveUp: watchReplacementTasks(world, {
      service: plan.service,
      failFast: inputs.failFast,
      onStopped: (reason) => progress.taskStopped(reason),
      onServiceEvent: (message) => progress.warn(`ECS says: ${message}`),
      onDenied: ({ operation }) => progress.warn(`${operation} was denied: why replacement tasks stop cannot be seen.`),
    }),
  }
}
