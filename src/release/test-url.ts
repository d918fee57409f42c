import { CallError } from '../aws/attempts.ts'
import { listenerUrl } from '../aws/load-balancing.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

const NOT_FOUND = "The address of the test listener could not be found; give it with 'test-url'."

/** Finds the address of the group's test listener, unless an input gives it; a release does not depend on it. */
export async function learnTestUrl({ testListener }: DeploymentGroup, world: World, progress: Progress): Promise<void> {
  if (progress.release.testUrl !== undefined || testListener === undefined) return
  try {
    const testUrl = await listenerUrl(world, await world.loadBalancing(), testListener)
    if (testUrl === undefined) progress.warn(NOT_FOUND)
    else progress.learn({ testUrl })
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    progress.warn(`${NOT_FOUND} ${describeServiceError(error.operation, error.serviceError)}`)
  }
}
