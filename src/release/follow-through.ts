import { follow } from '../follow/follow.ts'
import type { Outcome } from '../follow/following.ts'
import { settle } from '../follow/settle.ts'
import type { Snapshot } from '../follow/snapshot.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import type { Release } from '../release-state.ts'
import { openingLines, outcomeLines } from '../report/log-lines.ts'
import type { World } from '../world.ts'
import { conclude } from './conclude.ts'
import type { Progress } from './progress.ts'
import { learnTestUrl } from './test-url.ts'
import { engineFor, followingOf } from './wiring.ts'

/**
 * The runner kills a cancelled step 10 s after its first signal; until here is followed, the rest is for telling.
 * Source: actions/runner, ProcessInvoker. In milliseconds.
 */
export const WIND_DOWN_MS = 6_000

/** A deployment that is to be followed. */
export interface Deploying {
  plan: ReleasePlan
  deploymentId: string
  /** The last reading of it that was told, when it was followed before. */
  before?: Snapshot | undefined
}

/** Follows a deployment to the finish line, settles what is left, and comes to the verdict. */
export async function followThrough(
  { plan, deploymentId, before }: Deploying,
  inputs: Inputs,
  world: World,
  progress: Progress,
): Promise<Release> {
  if (before === undefined) for (const line of openingLines(progress.release)) world.log.line(line)
  if (inputs.waitFor === 'nothing') return progress.end('started')

  // A look that fails is made up for by the next one, so it needs no patience.
  const engine = engineFor(plan, inputs, world, progress)
  const following = followingOf(plan, inputs.waitFor, inputs, world, progress)
  const outcome = await follow(engine, deploymentId, following, before)
  return await settleAndConclude({ plan, deploymentId }, outcome, inputs, world, progress)
}

/** Settles what is left once a deployment is no longer followed, and comes to the verdict. */
export async function settleAndConclude(
  { plan, deploymentId }: Deploying,
  outcome: Outcome,
  inputs: Inputs,
  world: World,
  progress: Progress,
): Promise<Release> {
  progress.learn({ outcome })
  const policy = { ...inputs, rollbackOn: plan.rollbackOn, windDownMs: WIND_DOWN_MS }
  for (const line of outcomeLines(outcome, policy, deploymentId, world.clock.now())) world.log.line(line)
  const finishLine = inputs.waitFor === 'nothing' ? 'production-traffic' : inputs.waitFor
  const engine = engineFor(plan, inputs, world, progress)
  const following = followingOf(plan, finishLine, inputs, world, progress)
  const settlement = await settle(engine, deploymentId, outcome, following, policy)
  const isAtTestListener = outcome.kind === 'finish-line' && inputs.waitFor === 'test-traffic'
  const lastly = isAtTestListener ? () => learnTestUrl(plan.group, world, progress) : undefined
  return await conclude({ plan, outcome, settlement }, inputs.hookLogs, world, progress, lastly)
}
