import { callProblem } from '../aws/call-problem.ts'
import type { ParsedInputs } from '../inputs/inputs.ts'
import type { Adopted } from '../plan/plan.ts'
import type { Problem } from '../problem.ts'
import type { Preview, Release } from '../release-state.ts'
import { adoptionLines } from '../report/log-lines.ts'
import type { World } from '../world.ts'
import { check } from './check.ts'
import { type Deploying, followThrough } from './follow-through.ts'
import { freeGroup } from './free-group.ts'
import { patiently } from './patience.ts'
import { Progress } from './progress.ts'
import type { ReleaseWorld } from './release-world.ts'
import { type Start, start } from './start.ts'
import { engineFor } from './wiring.ts'

/*
 * The stations of a release, in order; a refusal or a cancel ends it at any of the first three:
 *
 *   check ──► free-group ──► start ──► follow-through ──► conclude
 *     ▲           │           │          follow/follow      status, summary, hook logs
 *     └───────────┴───────────┘          follow/settle
 *      there is room, or another          rollback, stop
 *      deployment came first
 *
 * A preview has its say twice (`Terms`): right before `start` writes, and right after the deployment was created.
 * `attach` stands in for the first three when the deployment exists already (watch, stop, promote); a rollback takes up
 * what it finds by itself, and is a release of an earlier revision else. `resume` settles and concludes in the post step
 * what a lost step has left. `progress` hands every change on as it becomes known.
 */

/**
 * Releases one service: checks everything with reads, writes, follows to the finish line and settles what is left. It
 * throws for nothing that AWS or the user did: the answer's `status` says how it ended.
 */
export async function release(parsed: ParsedInputs, world: ReleaseWorld, terms: Terms = {}): Promise<Release> {
  const { inputs } = parsed
  const progress = Progress.begin(inputs, world)
  if (terms.preview !== undefined) progress.learn({ preview: terms.preview })

  const begun = await begin(parsed, world, progress, terms)
  if (begun === undefined) return progress.release
  return await followThrough(begun, inputs, world, progress)
}

/** What else a release has to do with. */
export interface Terms {
  /** It is the preview of a pull request. */
  preview?: Preview
  /** Asked right before a deployment that is in the way is ended: what speaks against that after all. */
  objection?(): Promise<Problem | undefined>
  /** Called once every check has passed, right before the first write. @returns what speaks against it after all */
  beforeWrites?(progress: Progress): Promise<Problem | undefined>
  /** Called right after the deployment was created. @returns whether the release goes on; else it has ended */
  afterStart?(deploymentId: string, progress: Progress): Promise<boolean>
}

/** How often a release lets others go first that started right before it. */
const MAX_OVERTAKEN = 5

/** How long to wait for a deployment to show that came first, in milliseconds. */
const SHOWS_WITHIN_MS = 2_000

/**
 * Checks, makes room in the deployment group, and starts. From the checks on again once there is room, and when another
 * deployment came first: what serves, and whose turn it is, may have changed.
 * @returns undefined when the release has ended
 */
async function begin(
  parsed: ParsedInputs,
  world: ReleaseWorld,
  progress: Progress,
  terms: Terms,
): Promise<Deploying | undefined> {
  const { inputs } = parsed
  const patient = patiently(world)
  let blocker: string | undefined
  for (let overtaken = 0; ; ) {
    const plan = await check(parsed, blocker, patient, progress)
    if (plan === undefined || plan.isUnchanged) {
      progress.end(plan !== undefined ? 'unchanged' : world.signal.aborted ? 'cancelled' : 'refused')
      return undefined
    }
    if (plan.adopted !== undefined) return { plan, deploymentId: adopt(plan.adopted, world, progress) }
    if (world.signal.aborted) {
      progress.end('cancelled')
      return undefined
    }
    if (plan.occupant !== undefined) {
      blocker = undefined
      const room = terms.objection === undefined ? plan.room : { ...plan.room, objection: terms.objection }
      if (await freeGroup(room, plan.occupant, inputs.autoPromote, world, progress)) continue
      return undefined
    }
    if (overtaken > 0) await world.clock.sleep(SHOWS_WITHIN_MS, world.signal)

    const problem = await terms.beforeWrites?.(progress)
    if (problem !== undefined) {
      progress.end('refused', { problems: [problem] })
      return undefined
    }

    // Above this line nothing changes in AWS, but for what 'on-active-deployment: replace' ends and what a preview does
    // before the writes: it sets the number of its lane's tasks.
    const started = await start(plan, engineFor(plan, inputs, patient, progress), patient, progress)
    if (started.kind === 'started') {
      const { deploymentId } = started
      const goesOn = (await terms.afterStart?.(deploymentId, progress)) ?? true
      return goesOn ? { plan, deploymentId } : undefined
    }
    if (started.kind === 'ended') return undefined
    overtaken += 1
    blocker = started.blocker
    if (overtaken === MAX_OVERTAKEN) {
      progress.end('refused', { problems: [overtakenProblem(started)] })
      return undefined
    }
  }
}

/** Why a release gives up that others came before, again and again. */
function overtakenProblem({ blocker, refusal }: Extract<Start, { kind: 'overtaken' }>): Problem {
  if (refusal !== undefined) return { ...callProblem(refusal), reason: 'busy' }
  return { reason: 'busy', sentence: `Deployment ${blocker} came first. Try again when it has ended.` }
}

/** Takes over the deployment that an earlier attempt or step of this job has made. */
function adopt(adopted: Adopted, world: World, progress: Progress): string {
  const { deploymentId, taskDefinitionArn } = adopted
  const taskDefinition = { arn: taskDefinitionArn, isNew: false }
  for (const line of adoptionLines(progress.learn({ adopted, deploymentId, taskDefinition }))) world.log.line(line)
  return deploymentId
}
