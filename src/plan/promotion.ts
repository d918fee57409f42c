import type { DescribedDefinition } from '../aws/ecs.ts'
import type { EngineWords } from '../engines/words.ts'
import { endingOf } from '../follow/ending.ts'
import {
  eventsByProduction,
  hasEnded,
  isAhead,
  isAtTestHook,
  isBeforeProduction,
  isDone,
  isWaitingForPromotion,
  productionMoved,
  runningEvent,
  type Snapshot,
} from '../follow/snapshot.ts'
import type { ContainerImage } from '../inputs/container-lines.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { containersOf, nameOf } from '../task-definition/containers.ts'
import { inSentence } from '../text/untrusted.ts'
import { clockTime } from '../text/words.ts'
import type { ReleasePlan } from './plan.ts'

/**
 * What a promotion does with a deployment: continues it, waits for its test hook first, only follows one that went on
 * already, or why it cannot.
 */
export function promotionStep(
  snapshot: Snapshot,
  { holdsAtReady, readyWaitMs }: Pick<DeploymentGroup, 'holdsAtReady' | 'readyWaitMs'>,
  words: EngineWords,
): 'continue' | 'wait' | 'follow' | Problem {
  const { deploymentId: id, statusWord, status, endedAtMs } = snapshot
  if (status === 'succeeded') return 'follow'
  if (hasEnded(snapshot)) {
    const at = endedAtMs === undefined ? '' : ` at ${clockTime(endedAtMs, true)}`
    if (endingOf(snapshot) === 'ready-wait-over') {
      const minutes = readyWaitMs / 60_000
      return notHeld(
        `Nobody continued deployment ${id} within ${minutes} min: ${words.service} stopped it${at}; start a new release.`,
      )
    }
    return notHeld(`Deployment ${id} has ended (${statusWord}${at}), so it cannot be continued; start a new release.`)
  }
  if (isWaitingForPromotion(snapshot)) return 'continue'
  if (status === 'ready' || (holdsAtReady && isAtTestHook(snapshot))) return 'wait'
  const hasGoneOn = !eventsByProduction(snapshot).after.every(isAhead)
  if (hasGoneOn || productionMoved(snapshot)) return 'follow'
  return notHeld(`${elsewhere(snapshot, words)}, so it cannot be continued now.`)
}

/**
 * Why a deployment that runs is not stopped when only one that waits at `Ready` is to be; undefined when it waits there,
 * or will as soon as its test hook has passed, which CodeDeploy may show as `Ready` already or not yet.
 */
export function notAtReadyProblem(
  snapshot: Snapshot,
  { holdsAtReady }: Pick<DeploymentGroup, 'holdsAtReady'>,
  words: EngineWords,
): Problem | undefined {
  if (isBeforeProduction(snapshot) && (snapshot.status === 'ready' || holdsAtReady)) return undefined
  return notHeld(`${elsewhere(snapshot, words)}, so it was not stopped ('only-at-ready').`)
}

function elsewhere(snapshot: Snapshot, { heldAt }: EngineWords): string {
  const { deploymentId, statusWord } = snapshot
  const event = runningEvent(snapshot)
  const where = event === undefined ? statusWord : `${statusWord} at ${event.name}`
  return `Deployment ${deploymentId} does not wait at ${heldAt()} (it is ${where})`
}

/** Every event before `Ready` is done and none after it has begun: about to wait there, or just continued by somebody. */
export function isBesideReady(snapshot: Snapshot): boolean {
  const { before, after } = eventsByProduction(snapshot)
  const isBetween = before.length > 0 && after.length > 0 && before.every(isDone) && after.every(isAhead)
  return snapshot.status === 'running' && isBetween
}

/** The inputs of what follows a promotion: a deployment that can wait for somebody again is continued each time. */
export function continuingOn(inputs: Inputs, { group }: Pick<ReleasePlan, 'group'>): Inputs {
  return group.ecs === undefined ? inputs : { ...inputs, autoPromote: true }
}

function notHeld(sentence: string): Problem {
  return { reason: 'not-held', sentence }
}

/** Whether a deployment ships the images that were approved, to the letter: a tag is not compared with a digest. */
export function otherImageProblems(
  expected: readonly ContainerImage[],
  trafficContainer: string,
  shipped: DescribedDefinition | undefined,
  deploymentId: string,
): Problem[] {
  return expected.flatMap(({ container = trafficContainer, image }): Problem[] => {
    const found = shipped && containersOf(shipped.definition).find((one) => nameOf(one) === container)
    if (found?.['image'] === image) return []
    const ships =
      shipped === undefined
        ? 'what it ships could not be read'
        : found === undefined
          ? `it ships no container '${inSentence(container, 100)}'`
          : `it ships '${inSentence(String(found['image']), 300)}'`
    const sentence = `Deployment ${deploymentId} is not what was approved: 'expect-image' is '${inSentence(image, 300)}', and ${ships}.`
    return [{ reason: 'other-image', sentence }]
  })
}
