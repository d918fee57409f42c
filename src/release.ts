import { describeServiceError } from './aws/service-error.ts'
import { codeDeployEngine } from './follow/code-deploy-engine.ts'
import { type Following, follow, type Outcome, type ReleaseEngine } from './follow/follow.ts'
import type { Earlier } from './follow/own-deployment.ts'
import { watchReplacementTasks } from './follow/replacement-tasks.ts'
import { type Settlement, settle } from './follow/settle.ts'
import { makeRoom } from './group/make-room.ts'
import type { FinishLine, Inputs, ParsedInputs } from './inputs/inputs.ts'
import { buildDescription, buildMarker } from './marker.ts'
import { patiently } from './patience.ts'
import type { Adopted } from './plan/adoption.ts'
import { describeExpiry } from './plan/credential-expiry.ts'
import { callProblem } from './plan/findings.ts'
import { identify } from './plan/identity.ts'
import { makePlan } from './plan/make-plan.ts'
import type { ReleasePlan } from './plan/plan.ts'
import { readProduction } from './production.ts'
import { Progress } from './progress.ts'
import type { Release } from './release-state.ts'
import {
  adoptionLines,
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

  const begun = await begin(parsed, world, progress)
  if (begun === undefined) return progress.release
  const { plan, deploymentId } = begun
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

/** How often a release lets others go first that started right before it. */
const MAX_OVERTAKEN = 5

/** How long to wait for a deployment to show that came first, in milliseconds. */
const SHOWS_WITHIN_MS = 2_000

/** A deployment that is to be followed. */
interface Begun {
  plan: ReleasePlan
  deploymentId: string
}

/**
 * Checks, makes room in the deployment group, and starts. From the checks on again once there is room, and when another
 * deployment came first: what serves, and whose turn it is, may have changed.
 * @returns undefined when the release has ended
 */
async function begin(parsed: ParsedInputs, world: World, progress: Progress): Promise<Begun | undefined> {
  const { inputs } = parsed
  const patient = patiently(world)
  let blocker: string | undefined
  for (let overtaken = 0; ; ) {
    const plan = await check(parsed, blocker, patient, progress)
    if (plan === undefined || plan.isUnchanged) {
      progress.end(plan === undefined ? 'refused' : 'unchanged')
      return undefined
    }
    if (plan.adopted !== undefined) return { plan, deploymentId: adopt(plan.adopted, world, progress) }
    if (world.signal.aborted) {
      progress.end('cancelled')
      return undefined
    }
    if (plan.occupant !== undefined) {
      blocker = undefined
      if (await makeRoom(plan.room, plan.occupant, inputs.autoPromote, world, progress)) continue
      return undefined
    }
    if (overtaken > 0) await world.clock.sleep(SHOWS_WITHIN_MS, world.signal)

    // Nothing above this line changes anything in AWS, but for what 'on-active-deployment: replace' ends.
    const started = await start(plan, engineFor(plan, inputs, patient, progress), patient, progress)
    if (started.kind === 'started') return { plan, deploymentId: started.deploymentId }
    if (started.kind === 'ended') return undefined
    overtaken += 1
    blocker = started.blocker
    if (overtaken === MAX_OVERTAKEN) {
      progress.end('refused', { problems: [{ ...callProblem(started.error), reason: 'busy' }] })
      return undefined
    }
  }
}

async function check(
  parsed: ParsedInputs,
  blocker: string | undefined,
  world: World,
  progress: Progress,
): Promise<ReleasePlan | undefined> {
  return await world.log.group('Checks', async () => {
    const identity = identify(parsed.inputs, world)
    const earlier = { blocker, waitsSinceMs: progress.release.waits[0]?.startedAtMs }
    const { plan, problems, warnings, notes, service, group } = await makePlan(parsed, world, identity, earlier)
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

/** Takes over the deployment that an earlier attempt or step of this job has made. */
function adopt(adopted: Adopted, world: World, progress: Progress): string {
  const { deploymentId, taskDefinitionArn } = adopted
  const taskDefinition = { arn: taskDefinitionArn, isNew: false }
  for (const line of adoptionLines(progress.learn({ adopted, deploymentId, taskDefinition }))) world.log.line(line)
  return deploymentId
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
