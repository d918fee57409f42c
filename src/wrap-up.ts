import { CallError } from './aws/attempts.ts'
import { withClockNews } from './clock-news.ts'
import { conclude } from './conclude.ts'
import type { Outcome } from './follow/follow.ts'
import { settle } from './follow/settle.ts'
import { hasEnded } from './follow/snapshot.ts'
import type { Parting } from './inputs/choices.ts'
import type { Inputs, ParsedInputs } from './inputs/inputs.ts'
import { giveBackLane } from './preview/tidy-up.ts'
import { Progress } from './progress.ts'
import { engineFor, followingOf } from './release-following.ts'
import type { Release } from './release-state.ts'
import type { World } from './world.ts'

/**
 * How long the post step goes on, in milliseconds: after a cancel the server ends everything 5 minutes later. Source:
 * GitHub docs, "Workflow cancellation".
 */
const WRAP_UP_MS = 240_000

/**
 * Brings to rest what the main step left behind when it was cancelled or lost: finds the deployment if its id was never
 * seen, does what `on-cancel` says, and follows to the end. Changes AWS only by the stop, and of a preview by giving back the
 * lane.
 */
export async function wrapUp(saved: Release, parsed: ParsedInputs, world: World): Promise<Release> {
  const ended = await bringToRest(saved, parsed, withClockNews(world))
  await giveBackLane(ended, world)
  return ended
}

async function bringToRest(saved: Release, { inputs }: ParsedInputs, world: World): Promise<Release> {
  const progress = new Progress({ ...saved, status: undefined, settlement: undefined, failure: undefined }, world)
  const { plan, taskDefinition } = saved
  if (plan === undefined || taskDefinition === undefined) return progress.end('cancelled')

  const engine = engineFor(plan, inputs, world, progress)
  const since = saved.startedAt.atMs
  const deploymentId = saved.deploymentId ?? (await findStarted(() => engine.findStarted(taskDefinition.arn, since)))
  if (deploymentId === undefined) return progress.end('cancelled')
  if (typeof deploymentId !== 'string') return progress.end('unknown', { failure: deploymentId.message })
  progress.learn({ deploymentId })

  const { waitFor } = inputs
  const wasStopped = saved.stopAccepted
  // What the main step had decided or begun is seen through, whatever is done about a deployment that nobody has stopped.
  const onCancel = wasStopped || isToBeStopped(saved, inputs) ? 'rollback' : inputs.onCancel
  world.log.line(wrapUpLine(deploymentId, wasStopped, onCancel))
  const finishLine = waitFor === 'nothing' ? 'production-traffic' : waitFor
  const following = followingOf(plan, finishLine, inputs, world, progress)
  const outcome: Outcome = { kind: 'cancelled', snapshot: saved.snapshot }
  const isAsked = wasStopped || saved.outcome?.kind === 'stop-asked'
  const parting = { onCancel, wasStopped: isAsked, wasStopAccepted: wasStopped, rollbackOn: plan.rollbackOn }
  const partings = { ...inputs, ...parting, windDownMs: WRAP_UP_MS }
  const settled = await settle(engine, deploymentId, outcome, following, partings)
  const settlement = { ...settled, stop: settled.stop ?? (wasStopped ? { refusal: undefined } : undefined) }
  return await conclude({ plan, outcome, settlement }, inputs.hookLogs, world, progress)
}

/** The main step had come to where it stops the deployment; whether the request was sent is not known. */
function isToBeStopped({ outcome }: Release, { onTimeout }: Inputs): boolean {
  switch (outcome?.kind) {
    case 'given-up':
    case 'stop-asked':
      return true
    case 'timed-out':
      return onTimeout === 'rollback'
    default:
      return false
  }
}

/** What is left to do. */
function wrapUpLine(deploymentId: string, wasStopped: boolean, onCancel: Parting): string {
  if (wasStopped) {
    return `The main step has stopped deployment ${deploymentId} and ended before its rollback did; following both to their end.`
  }
  const what = onCancel === 'rollback' ? 'stopping it with rollback if it still runs' : 'it goes on (on-cancel: leave)'
  return `The main step ended while deployment ${deploymentId} was running; ${what}.`
}

/** The deployment's id, that there is none, or why that could not be found out. */
async function findStarted(find: () => Promise<string | undefined>): Promise<string | undefined | CallError> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

/** What was left could not be brought to rest, so that somebody has to look: nobody else will say so. */
export function needsSomebody({ status, settlement, snapshot }: Release): boolean {
  if (status === 'rollback-failed' || status === 'unknown') return true
  if (settlement === undefined) return false
  const goesOn = snapshot === undefined || !hasEnded(snapshot)
  return settlement.cutShort !== undefined || (settlement.stop?.refusal !== undefined && goesOn)
}

/** Nothing is left to be done for a cancelled release. */
export function isAtRest({ deploymentId, failure, settlement, preview }: Release): boolean {
  // A lane that was taken runs tasks until it is given back.
  if (deploymentId === undefined) return failure === undefined && preview?.taking === undefined
  return settlement !== undefined && settlement.cutShort === undefined
}
