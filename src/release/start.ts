import { CallError, isPassing } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { registerTaskDefinition } from '../aws/ecs.ts'
import { describeServiceError } from '../aws/service-error.ts'
import { NothingStartedError } from '../ecs-native/start-deployment.ts'
import { MaybeStartedError, OvertakenError, type ReleaseEngine } from '../follow/release-engine.ts'
import type { DefinitionPlan, ReleasePlan } from '../plan/plan.ts'
import type { Problem } from '../problem.ts'
import type { Release } from '../release-state.ts'
import { NOT_KNOWN_YET } from '../report/cause.ts'
import { writeLines } from '../report/log-lines.ts'
import { inSentence } from '../text/untrusted.ts'
import { delayed, until } from '../time/race.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

/** What became of the attempt to start a deployment. */
export type Start =
  | { kind: 'started'; deploymentId: string }
  /** Another deployment came first; mostly it is named. */
  | { kind: 'overtaken'; blocker: string | undefined; refusal: CallError | undefined }
  /** There is none, and the release has ended. */
  | { kind: 'ended' }

/**
 * All that a release writes: registers the task definition unless a revision asks for the same, and starts the
 * deployment. Changes AWS.
 */
export async function start(
  plan: ReleasePlan,
  engine: ReleaseEngine,
  world: World,
  progress: Progress,
): Promise<Start> {
  const said = new Set<string>()
  const sayWritten = () => {
    const lines = writeLines(writtenBy(plan, progress.release)).filter((line) => !said.has(line))
    for (const line of lines) {
      said.add(line)
      world.log.line(line)
    }
  }
  return await world.log.group('Writes', async () => {
    try {
      if (world.signal.aborted) {
        progress.end('cancelled')
        return { kind: 'ended' }
      }
      const arn = await revisionFor(plan.definition, world, progress)
      const { taskDefinition: before } = progress.release
      const isNew = plan.definition.kind === 'register' || (before?.arn === arn && before.isNew)
      progress.learn({ taskDefinition: { arn, isNew } })
      sayWritten()
      if (world.signal.aborted) {
        progress.end('cancelled')
        return { kind: 'ended' }
      }
      // From here on there may be a deployment, also if this step is killed in the next moment.
      progress.learn({ creationSentAtMs: world.clock.now() })
      await world.whenSaved()
      if (world.signal.aborted) {
        progress.end('cancelled', { creationSentAtMs: undefined })
        return { kind: 'ended' }
      }
      const deploymentId = await inTime(engine.start(arn), world)
      if (deploymentId === undefined) return leaveToPostStep(progress)
      progress.learn({ deploymentId })
      return { kind: 'started', deploymentId }
    } catch (error) {
      if (error instanceof MaybeStartedError) {
        return world.signal.aborted ? leaveToPostStep(progress) : endUnsure(error, progress)
      }
      if (error instanceof OvertakenError) {
        progress.learn({ creationSentAtMs: undefined })
        return { kind: 'overtaken', blocker: error.blocker, refusal: error.refusal }
      }
      if (error instanceof NothingStartedError) {
        progress.end('refused', { creationSentAtMs: undefined, problems: [nothingStarted(plan)] })
        return { kind: 'ended' }
      }
      if (!(error instanceof CallError)) throw error
      progress.learn({ creationSentAtMs: undefined })
      if (world.signal.aborted) progress.end('cancelled')
      else progress.end('refused', { problems: [callProblem(error)] })
      return { kind: 'ended' }
    } finally {
      sayWritten()
    }
  })
}

/** ECS was asked, and saw nothing to do. */
function nothingStarted({ service }: ReleasePlan): Problem {
  const sentence = `ECS started no deployment of service '${service.clusterName}/${service.name}': it says that nothing changes, although another revision serves. Look at its deployments in the console.`
  return { reason: 'rejected', sentence }
}

/** How long a CreateDeployment in flight is waited for after a cancel, in milliseconds: it is never aborted. */
const ANSWER_AFTER_CANCEL_MS = 4_000

/** The run was cancelled before it was known whether there is a deployment. */
function leaveToPostStep(progress: Progress): Start {
  progress.end('cancelled', { failure: NOT_KNOWN_YET })
  return { kind: 'ended' }
}

/** The answer; undefined when the run was cancelled and it still did not come. */
async function inTime<Answer>(answer: Promise<Answer>, { signal, clock }: World): Promise<Answer | undefined> {
  const late = delayed(clock, signal, ANSWER_AFTER_CANCEL_MS)
  try {
    return await until(late.signal, answer)
  } finally {
    late.cancel()
  }
}

/** What this attempt has written: the revision may be of one before, which another deployment overtook. */
function writtenBy({ definition }: ReleasePlan, release: Release): Release {
  const { taskDefinition } = release
  if (taskDefinition === undefined) return release
  return { ...release, taskDefinition: { ...taskDefinition, isNew: definition.kind === 'register' } }
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
function endUnsure({ lost, last }: MaybeStartedError, progress: Progress): Start {
  const sentences = new Set(
    [lost, last].map(({ operation, serviceError }) => describeServiceError(operation, serviceError)),
  )
  progress.end('unknown', { failure: [...sentences].join(' ') })
  return { kind: 'ended' }
}
