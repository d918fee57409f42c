import { CallError, isPassing } from './aws/attempts.ts'
import { registerTaskDefinition } from './aws/ecs.ts'
import { describeServiceError } from './aws/service-error.ts'
import type { ReleaseEngine } from './follow/follow.ts'
import { MaybeStartedError } from './follow/start-deployment.ts'
import { callProblem } from './plan/findings.ts'
import type { DefinitionPlan, ReleasePlan } from './plan/plan.ts'
import type { Progress } from './progress.ts'
import { writeLines } from './report/log-lines.ts'
import { inSentence } from './untrusted.ts'
import type { World } from './world.ts'

/**
 * All that a release writes: registers the task definition unless a revision asks for the same, and starts the
 * deployment. Changes AWS.
 * @returns the deployment's id; undefined when there is none, and then the release has ended
 */
export async function start(
  plan: ReleasePlan,
  engine: ReleaseEngine,
  world: World,
  progress: Progress,
): Promise<string | undefined> {
  return await world.log.group('Writes', async () => {
    try {
      const arn = await revisionFor(plan.definition, world, progress)
      progress.learn({ taskDefinition: { arn, isNew: plan.definition.kind === 'register' } })
      if (world.signal.aborted) return progress.end('cancelled').deploymentId
      const deploymentId = await inTime(engine.start(arn), world)
      if (deploymentId === undefined) return progress.end('cancelled', { failure: NOT_KNOWN_YET }).deploymentId
      return progress.learn({ deploymentId }).deploymentId
    } catch (error) {
      if (error instanceof MaybeStartedError) return endUnsure(error, progress).deploymentId
      if (!(error instanceof CallError)) throw error
      return endUnstarted(error, progress).deploymentId
    } finally {
      for (const line of writeLines(progress.release)) world.log.line(line)
    }
  })
}

/** How long a CreateDeployment in flight is waited for after a cancel, in milliseconds: it is never aborted. */
const ANSWER_AFTER_CANCEL_MS = 4_000

const NOT_KNOWN_YET = 'Whether a deployment was created is not known yet; the post step of this action looks for it.'

/** The answer; undefined when the run was cancelled and it still did not come. */
async function inTime<Answer>(answer: Promise<Answer>, { signal, clock }: World): Promise<Answer | undefined> {
  const tooLate = new Promise<undefined>((resolve) => {
    const onAbort = () => {
      const late = clock.deadline(ANSWER_AFTER_CANCEL_MS)
      late.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  return await Promise.race([answer, tooLate])
}

async function revisionFor(definition: DefinitionPlan, world: World, progress: Progress): Promise<string> {
  if (definition.kind === 'use') return definition.arn
  try {
    return await registerTaskDefinition(world, definition.definition)
  } catch (error) {
    const isLost = error instanceof CallError && isPassing(error.serviceError) && !error.serviceError.notAccepted
    if (isLost) progress.learn({ lostRevisionOf: inSentence(String(definition.definition['family']), 300) })
    throw error
  }
}

/** A deployment may have been started: never "nothing was deployed". */
function endUnsure({ lost, last }: MaybeStartedError, progress: Progress) {
  const sentences = new Set(
    [lost, last].map(({ operation, serviceError }) => describeServiceError(operation, serviceError)),
  )
  return progress.end('unknown', { failure: [...sentences].join(' ') })
}

/** A write that failed and surely started nothing. */
function endUnstarted(error: CallError, progress: Progress) {
  const problem = callProblem(error)
  const isBusy = error.serviceError.code === 'DeploymentLimitExceeded'
  return progress.end('refused', { problems: [isBusy ? { ...problem, reason: 'busy' } : problem] })
}
