import { CallError } from '../aws/attempts.ts'
import { testAddress } from '../aws/rule-url.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList } from '../text/words.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

const NOT_FOUND = "The address of the test listener could not be found; give it with 'test-url'."

/** Finds the address of the group's test listener, unless an input gives it; a release does not depend on it. */
export async function learnTestUrl({ testListener }: DeploymentGroup, world: World, progress: Progress): Promise<void> {
  if (progress.release.testUrl !== undefined || testListener === undefined) return
  try {
    const { url, needs } = await testAddress(world, await world.loadBalancing(), testListener)
    if (url !== undefined) progress.learn({ testUrl: url })
    else progress.warn(needs.length === 0 ? NOT_FOUND : reachedWith(needs))
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    progress.warn(`${NOT_FOUND} ${describeServiceError(error.operation, error.serviceError)}`)
  }
}

/** A rule may want more of a request than an address says. */
function reachedWith(needs: readonly string[]): string {
  return `The test traffic is what comes with ${inSentence(andList(needs), 300)}, which no address says; give an address that people can open with 'test-url'.`
}
