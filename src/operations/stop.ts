import { CallError } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { wordsOf } from '../engines/words.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'
import { settle } from '../follow/settle.ts'
import type { Settlement } from '../follow/settlement.ts'
import { hasEnded, type Snapshot } from '../follow/snapshot.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import type { Attached } from '../plan/attach.ts'
import { notAtReadyProblem } from '../plan/promotion.ts'
import { attachTo, takeUp } from '../release/attach.ts'
import { conclude } from '../release/conclude.ts'
import { WIND_DOWN_MS } from '../release/follow-through.ts'
import { patiently } from '../release/patience.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import { engineFor, followingOf } from '../release/wiring.ts'
import type { Release } from '../release-state.ts'
import { openingLines, outcomeLines } from '../report/log-lines.ts'

/**
 * Stops a deployment with rollback, also in its termination wait, and follows both to their ends; with `only-at-ready`
 * one that waits at `Ready`, or will once its test hook has passed, only. Changes AWS by that stop only; with nothing active there is nothing to do.
 */
export async function stop(parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const { inputs } = parsed
  const progress = Progress.begin(inputs, world)
  const patient = patiently(world)
  const attached = await attachTo(parsed, patient, progress, { mayBeAbsent: true })
  if (attached !== undefined && 'absent' in attached) return progress.end('unchanged')
  if (world.signal.aborted) return progress.end('cancelled')
  if (attached === undefined) return progress.end('refused')
  takeUp(attached, progress)

  const snapshot = await firstLook(engineFor(attached.plan, inputs, patient, progress), attached, progress)
  if (world.signal.aborted) return progress.end('cancelled')
  if (snapshot === undefined) return progress.end('refused')
  if (hasEnded(snapshot)) return await endWithEnded(attached, snapshot, 'unchanged', inputs, world, progress)
  const problem = inputs.onlyAtReady
    ? notAtReadyProblem(snapshot, attached.plan.group, wordsOf(attached.plan.service.controller))
    : undefined
  if (problem !== undefined) return progress.end('refused', { problems: [problem] })
  for (const line of openingLines(progress.release)) world.log.line(line)
  return await stopAndConclude(attached, snapshot, inputs, world, progress)
}

/** How the deployment is now; undefined with the problem learned when it cannot be read. */
export async function firstLook(
  engine: ReleaseEngine,
  { deploymentId }: Pick<Attached, 'deploymentId'>,
  progress: Progress,
): Promise<Snapshot | undefined> {
  try {
    const snapshot = await engine.observe(deploymentId, undefined)
    progress.see(snapshot)
    return snapshot
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    progress.learn({ problems: [callProblem(error)] })
    return undefined
  }
}

/**
 * Ends an operation that came too late with what became of the deployment: a rollback is looked for, and followed while
 * it runs. Changes nothing.
 * @param status what the operation ends with, unless the rollback failed or is not over
 */
export async function endWithEnded(
  { plan, deploymentId }: Attached,
  snapshot: Snapshot,
  status: 'unchanged' | 'refused',
  inputs: Inputs,
  world: ReleaseWorld,
  progress: Progress,
): Promise<Release> {
  if (snapshot.status === 'succeeded') return progress.end(status)
  const outcome = { kind: 'ended', snapshot } as const
  const engine = engineFor(plan, inputs, world, progress)
  const following = followingOf(plan, 'completion', inputs, world, progress)
  const policy = { ...inputs, rollbackOn: plan.rollbackOn, windDownMs: WIND_DOWN_MS }
  const settlement = await settle(engine, deploymentId, outcome, following, policy)
  const { rollback } = settlement
  if (rollback.status === 'none' || rollback.status === 'succeeded') {
    return progress.end(status, { settlement, snapshot: settlement.snapshot })
  }
  progress.learn({ outcome, problems: [] })
  return await conclude({ plan, outcome, settlement }, inputs.hookLogs, world, progress)
}

/** Stops a deployment that runs and follows it and its rollback to their ends. Changes AWS. */
async function stopAndConclude(
  attached: Attached,
  snapshot: Snapshot,
  inputs: Inputs,
  world: ReleaseWorld,
  progress: Progress,
): Promise<Release> {
  const { plan } = attached
  const outcome = { kind: 'stop-asked', snapshot } as const
  const settlement = await stopAsAsked(attached, snapshot, inputs, world, progress)
  progress.learn({ problems: tooLate(settlement, attached.deploymentId) })
  return await conclude({ plan, outcome, settlement }, inputs.hookLogs, world, progress)
}

/** Changes AWS. */
export async function stopAsAsked(
  { plan, deploymentId }: Attached,
  snapshot: Snapshot,
  inputs: Inputs,
  world: ReleaseWorld,
  progress: Progress,
): Promise<Settlement> {
  const outcome = { kind: 'stop-asked', snapshot } as const
  progress.learn({ outcome })
  const policy = { ...inputs, rollbackOn: plan.rollbackOn, windDownMs: WIND_DOWN_MS }
  for (const line of outcomeLines(outcome, policy, deploymentId, world.clock.now())) world.log.line(line)
  const engine = engineFor(plan, inputs, world, progress)
  const following = followingOf(plan, 'completion', inputs, world, progress)
  return await settle(engine, deploymentId, outcome, following, policy)
}

/** Why the stop did not take effect, if it did not. */
function tooLate({ stop: asked, snapshot }: Settlement, id: string) {
  if (snapshot?.status === 'succeeded') {
    return [{ reason: 'rejected' as const, sentence: `Deployment ${id} succeeded before it could be stopped.` }]
  }
  const isOver = snapshot !== undefined && hasEnded(snapshot)
  return isOver || asked?.problem === undefined ? [] : [asked.problem]
}
