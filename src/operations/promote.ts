import { CallError } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { wordsOf } from '../engines/words.ts'
import { follow } from '../follow/follow.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'
import { hasEnded, hookAt, isDone, isWaitingForPromotion, type Snapshot } from '../follow/snapshot.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import type { Attached } from '../plan/attach.ts'
import { continuingOn, isBesideReady, otherImageProblems, promotionStep } from '../plan/promotion.ts'
import type { Problem } from '../problem.ts'
import { attachTo, takeUp } from '../release/attach.ts'
import { followThrough, settleAndConclude } from '../release/follow-through.ts'
import { patiently } from '../release/patience.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import { engineFor, followingOf } from '../release/wiring.ts'
import type { Release } from '../release-state.ts'
import { openingLines } from '../report/log-lines.ts'
import { endWithEnded, firstLook } from './stop.ts'

/**
 * Lets a deployment that waits at `Ready` shift production, and follows it to the finish line; one that somebody has
 * continued already is followed only. Changes AWS by that, and with `wait-for: completion` by ending the termination
 * wait too.
 */
export async function promote(parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const { inputs } = parsed
  const progress = Progress.begin(inputs, world)
  const patient = patiently(world)
  const attached = await attachTo(parsed, patient, progress, {
    examine: ({ shipped, plan, deploymentId }, findings) =>
      findings.add(...otherImageProblems(inputs.expectedImages, plan.appSpec.containerName, shipped, deploymentId)),
  })
  if (attached === undefined) return progress.end('refused')

  const engine = engineFor(attached.plan, inputs, patient, progress)
  const snapshot = await lookUntilClear(engine, attached, world, progress)
  if (world.signal.aborted) return progress.end('cancelled')
  if (snapshot === undefined) return progress.end('refused')
  takeUp(attached, progress)
  progress.see(snapshot)
  const step = promotionStep(snapshot, attached.plan.group, wordsOf(attached.plan.service.controller))
  if (typeof step !== 'string') {
    progress.learn({ problems: [step] })
    if (!hasEnded(snapshot)) return progress.end('refused')
    return await endWithEnded(attached, snapshot, 'refused', inputs, world, progress)
  }
  if (step === 'wait') return await promoteLater(engine, attached, snapshot, inputs, world, progress)
  const unseenHook =
    step === 'continue' && snapshot.eventsAreStale ? hookAt(attached.plan.hooks, 'after-test-shift') : undefined
  if (unseenHook !== undefined) progress.warn(unseenHookText(unseenHook, attached))
  const problem = step === 'follow' ? undefined : await continueAtReady(engine, attached, world)
  if (problem !== undefined && (await stillWaits(problem, engine, attached, world, progress))) {
    return progress.end('refused', { problems: [problem] })
  }
  return await followThrough(attached, continuingOn(inputs, attached.plan), world, progress)
}

/** A deployment may show as ready while its test hook runs. Source: User Guide, "Ready". */
function unseenHookText(hook: string, { deploymentId, plan }: Attached): string {
  const { service, nameOf, heldAt, ids } = wordsOf(plan.service.controller)
  return `Whether hook ${hook} (${nameOf('after-test-shift')}) has succeeded cannot be seen, and ${service} shows ${heldAt()} also while it runs. Deployment ${ids.shown(deploymentId)} is continued because that was asked for.`
}

/**
 * Waits for the test hook that still runs, whether or not the deployment shows `Ready` already, then continues the deployment and
 * follows it; what ends it meanwhile is told as of any release. Changes AWS.
 */
async function promoteLater(
  engine: ReleaseEngine,
  attached: Attached,
  { events }: Snapshot,
  inputs: Inputs,
  world: ReleaseWorld,
  progress: Progress,
): Promise<Release> {
  const { plan, deploymentId } = attached
  const { heldAt, ids } = wordsOf(plan.service.controller)
  for (const line of openingLines(progress.release)) world.log.line(line)
  const event = events.find((one) => !isDone(one))?.name ?? 'an event'
  world.log.line(
    `Deployment ${ids.shown(deploymentId)} is still at ${event}; it is continued once that has succeeded and it waits at ${heldAt()}.`,
  )
  const waiting = followingOf(plan, 'test-traffic', { ...inputs, autoPromote: false }, world, progress)
  const outcome = await follow(engineFor(plan, inputs, world, progress), deploymentId, waiting)
  if (outcome.kind !== 'finish-line') return await settleAndConclude(attached, outcome, inputs, world, progress)
  const isHeld = isWaitingForPromotion(outcome.snapshot)
  const problem = isHeld ? await continueAtReady(engine, attached, world) : undefined
  if (problem !== undefined && (await stillWaits(problem, engine, attached, world, progress))) {
    return progress.end('refused', { problems: [problem] })
  }
  const onward = continuingOn(inputs, plan)
  return await followThrough({ plan, deploymentId, before: outcome.snapshot }, onward, world, progress)
}

/** How soon to look again while a deployment comes to `Ready` or leaves it, and how often, in milliseconds. */
const BESIDE_READY_MS = 5_000
const MAX_LOOKS = 7

/** How the deployment is, once it can be told whether it is on the way to `Ready` or somebody has just continued it. */
async function lookUntilClear(
  engine: ReleaseEngine,
  attached: Attached,
  { clock, signal }: ReleaseWorld,
  progress: Progress,
): Promise<Snapshot | undefined> {
  for (let looks = 1; ; looks++) {
    const snapshot = await firstLook(engine, attached, progress)
    if (snapshot === undefined || !isBesideReady(snapshot) || looks === MAX_LOOKS || signal.aborted) return snapshot
    await clock.sleep(BESIDE_READY_MS, signal)
  }
}

/** How long a request whose answer was lost may take to show, in milliseconds. */
const SHOWS_WITHIN_MS = 5_000

/** Whether the deployment surely was not continued. A request without an answer may have been carried out. */
async function stillWaits(
  problem: Problem,
  engine: ReleaseEngine,
  attached: Attached,
  { clock, log, signal }: ReleaseWorld,
  progress: Progress,
): Promise<boolean> {
  if (problem.reason !== 'unreachable') return true
  await clock.sleep(SHOWS_WITHIN_MS, signal)
  const snapshot = await firstLook(engine, attached, progress)
  if (snapshot !== undefined && isWaitingForPromotion(snapshot)) return true
  log.line(`The request may have been carried out, so deployment ${attached.deploymentId} is followed.`)
  progress.learn({ problems: [] })
  return false
}

/** Changes AWS. @returns why it was not possible; somebody may have been first, which is as good */
async function continueAtReady(
  engine: ReleaseEngine,
  { deploymentId: id, plan }: Attached,
  { log }: ReleaseWorld,
): Promise<Problem | undefined> {
  const { heldAt } = wordsOf(plan.service.controller)
  return await log.group('Writes', async () => {
    try {
      await engine.promote(id)
      log.line(`Continued deployment ${id}, which waited at ${heldAt()}.`)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (!engine.saysNotWaiting(error)) return callProblem(error)
      log.line(`Deployment ${id} does not wait at ${heldAt()} any more; following it.`)
    }
    return undefined
  })
}
