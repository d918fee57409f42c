import { CallError, isPassing } from './aws/attempts.ts'
import { registerTaskDefinition } from './aws/ecs.ts'
import { describeServiceError } from './aws/service-error.ts'
import type { ReleaseEngine } from './follow/follow.ts'
import { callProblem } from './plan/findings.ts'
import type { DefinitionPlan, ReleasePlan } from './plan/plan.ts'
import type { Progress } from './progress.ts'
import { writeLines } from './report/log-lines.ts'
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
      const arn = await revisionFor(plan.definition, world)
      progress.learn({ taskDefinition: { arn, isNew: plan.definition.kind === 'register' } })
      if (world.signal.aborted) return progress.end('cancelled').deploymentId
      return progress.learn({ deploymentId: await engine.start(arn) }).deploymentId
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      return endUnstarted(error, progress).deploymentId
    } finally {
      for (const line of writeLines(progress.release)) world.log.line(line)
    }
  })
}

async function revisionFor(definition: DefinitionPlan, world: World): Promise<string> {
  return definition.kind === 'use' ? definition.arn : await registerTaskDefinition(world, definition.definition)
}

/** A write that failed: refused when it surely started nothing, unknown when a deployment may have been started. */
function endUnstarted(error: CallError, progress: Progress) {
  const { operation, serviceError } = error
  const isLost = isPassing(serviceError) && !serviceError.notAccepted
  if (operation === 'codedeploy:CreateDeployment' && isLost) {
    return progress.end('unknown', { failure: describeServiceError(operation, serviceError) })
  }
  const problem = callProblem(error)
  const isBusy = serviceError.code === 'DeploymentLimitExceeded'
  return progress.end('refused', { problems: [isBusy ? { ...problem, reason: 'busy' } : problem] })
}
