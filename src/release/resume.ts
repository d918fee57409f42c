import { CallError } from '../aws/attempts.ts'
import { describeServiceError, type ErrorKind } from '../aws/service-error.ts'
import { type EngineWords, wordsOf } from '../engines/words.ts'
import type { Outcome } from '../follow/following.ts'
import { settle } from '../follow/settle.ts'
import { hasEnded } from '../follow/snapshot.ts'
import type { EarlyEndAction } from '../inputs/choices.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import { mayHaveStarted, type Release } from '../release-state.ts'
import { clockTime } from '../text/words.ts'
import { conclude } from './conclude.ts'
import { Progress } from './progress.ts'
import type { ReleaseWorld } from './release-world.ts'
import { engineFor, followingOf } from './wiring.ts'

/**
 * How long the post step goes on, in milliseconds: after a cancel the server ends everything 5 minutes later. Source:
 * GitHub docs, "Workflow cancellation".
 */
const WRAP_UP_MS = 240_000

/** How long a deployment that was found late is followed at least once it was stopped, in milliseconds. */
const STOPPED_WITHIN_MS = 20_000

/**
 * Takes up a release whose main step was cancelled or lost: finds the deployment if its id was never seen, does what
 * `on-cancel` says, and follows to the end. Changes AWS only by the stop.
 */
export async function resume(saved: Release, { inputs }: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const { clock, log } = world
  const untilMs = clock.monotonicMs() + WRAP_UP_MS
  const again = { status: undefined, settlement: undefined, failure: undefined, testListener: undefined }
  const progress = new Progress({ ...saved, ...again }, world)
  const { plan, taskDefinition } = saved
  if (plan === undefined || taskDefinition === undefined) return progress.end('cancelled')
  if (saved.deploymentId === undefined && !mayHaveStarted(saved)) return progress.end('cancelled')

  const engine = engineFor(plan, inputs, world, progress)
  const search = () => engine.findStarted(taskDefinition.arn)
  const deploymentId =
    saved.deploymentId ?? (await searchStarted(search, untilMs, world, wordsOf(saved.service?.controller)))
  if (typeof deploymentId !== 'string') {
    return progress.end('unknown', { failure: notFound(saved, deploymentId, clock.now()) })
  }
  progress.learn({ deploymentId })

  const { waitFor } = inputs
  const wasStopped = saved.stopAccepted
  // What the main step had decided or begun is seen through, whatever is done about a deployment that nobody has stopped.
  const onCancel = wasStopped || isToBeStopped(saved, inputs) ? 'rollback' : inputs.onCancel
  log.line(wrapUpLine(deploymentId, wasStopped, onCancel))
  const finishLine = waitFor === 'nothing' ? 'production-traffic' : waitFor
  const following = followingOf(plan, finishLine, inputs, world, progress)
  const outcome: Outcome = { kind: 'cancelled', snapshot: saved.snapshot }
  const isAsked = wasStopped || saved.outcome?.kind === 'stop-asked'
  const windDownMs = Math.max(STOPPED_WITHIN_MS, untilMs - clock.monotonicMs())
  const stop = { wasStopped: isAsked, wasStopAccepted: wasStopped }
  const policy = { ...inputs, ...stop, onCancel, rollbackOn: plan.rollbackOn, windDownMs }
  const settled = await settle(engine, deploymentId, outcome, following, policy)
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
function wrapUpLine(deploymentId: string, wasStopped: boolean, onCancel: EarlyEndAction): string {
  if (wasStopped) {
    return `The main step has stopped deployment ${deploymentId} and ended before its rollback did; following both to their end.`
  }
  const what = onCancel === 'rollback' ? 'stopping it with rollback if it still runs' : 'it goes on (on-cancel: leave)'
  return `The main step ended while deployment ${deploymentId} was running; ${what}.`
}

/** How soon to look again for a deployment whose id was never seen, in milliseconds: at first, and at most. */
const LOOK_AGAIN_MS = 2_000
const LOOK_AGAIN_AT_MOST_MS = 10_000

/**
 * The id of the deployment that may have been started, or why that could not be found out. CodeDeploy may take its time
 * to carry a request out, and to show what it has made, so it is looked for until the time is up.
 * @returns undefined when everything could be read and nothing has shown
 */
async function searchStarted(
  search: () => Promise<string | undefined>,
  untilMs: number,
  { clock, log }: ReleaseWorld,
  { startCall }: EngineWords,
): Promise<string | undefined | CallError> {
  log.line(`The main step ended before ${startCall} was answered; looking for the deployment.`)
  for (let restMs = LOOK_AGAIN_MS; ; restMs = Math.min(LOOK_AGAIN_AT_MOST_MS, restMs * 2)) {
    const found = await orCallError(search())
    if (typeof found === 'string') return found
    if (found !== undefined && NO_CALL_WORKS.has(found.serviceError.kind)) return found
    const leftMs = untilMs - clock.monotonicMs()
    if (leftMs <= 0) return found
    await clock.sleep(Math.min(restMs, leftMs))
  }
}

/** Errors after which no later call can succeed. */
const NO_CALL_WORKS: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['expired', 'invalid-credentials', 'no-credentials'])

async function orCallError<Answer>(answer: Promise<Answer>): Promise<Answer | CallError> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

/** Why it is not known whether there is a deployment. */
function notFound(release: Release, last: CallError | undefined, nowMs: number): string {
  const { creationSentAtMs = 0, service } = release
  const { startCall, placeName } = wordsOf(service?.controller)
  const sent = `${startCall} was sent at ${clockTime(creationSentAtMs)} and this run did not see its answer`
  if (last === undefined) {
    return `${sent}; until ${clockTime(nowMs)} no deployment of this run showed in ${placeName(release)}, where one may still begin.`
  }
  return `${sent}. ${describeServiceError(last.operation, last.serviceError)}`
}

/** What was left could not be brought to rest, so that somebody has to look: nobody else will say so. */
export function needsSomebody({ status, settlement, snapshot }: Release): boolean {
  if (status === 'rollback-failed' || status === 'unknown') return true
  if (settlement === undefined) return false
  const goesOn = snapshot === undefined || !hasEnded(snapshot)
  return settlement.cutShort !== undefined || (settlement.stop?.refusal !== undefined && goesOn)
}
