import type { Release } from '../release-state.ts'

/**
 * Members of a release that the post step must know when this step is killed in the next moment: what was written, what
 * was asked for and accepted, and what is told of it. The others are read again there, or are saved with the next of
 * these.
 */
const SAVED_AT_ONCE: Record<keyof Release, boolean> = {
  operation: false,
  run: false,
  region: false,
  otherEndpoint: false,
  asked: false,
  caller: false,
  startedAt: false,
  endedAt: false,
  service: false,
  group: false,
  plan: true,
  problems: false,
  warnings: false,
  warnedOf: false,
  taskDefinition: true,
  lostRevisionOf: true,
  creationSentAtMs: true,
  deploymentId: true,
  adopted: true,
  madeEarlier: true,
  waits: true,
  timeline: true,
  snapshot: false,
  outcome: true,
  stopAccepted: true,
  settlement: true,
  production: false,
  testUrl: false,
  testListener: false,
  preview: true,
  hookLogs: false,
  hookFunctionExists: false,
  taskStops: true,
  serviceTroubles: true,
  status: true,
  failure: true,
  wasLost: false,
}

const MEMBERS = (Object.keys(SAVED_AT_ONCE) as (keyof Release)[]).filter((member) => SAVED_AT_ONCE[member])

/**
 * Whether a release is saved as soon as it has become this, for the post step to go on from here when this step is lost.
 * @param before as it was told last; undefined: nothing was told yet
 * @param tellsGithub what GitHub was told of a release must not stay as it is, deployment or not
 */
export function savedWhen(before: Release | undefined, news: Release, tellsGithub: boolean): boolean {
  const mayBeLeft = hasWritten(news) || (tellsGithub && news.plan !== undefined)
  return mayBeLeft && MEMBERS.some((member) => before?.[member] !== news[member])
}

/** Something in AWS is not as it was before this step, or may not be. */
function hasWritten({ taskDefinition, lostRevisionOf, deploymentId, preview, waits }: Release): boolean {
  const isWritten = taskDefinition !== undefined || lostRevisionOf !== undefined || deploymentId !== undefined
  return isWritten || preview?.taking !== undefined || waits.some(({ step }) => step !== 'wait')
}
