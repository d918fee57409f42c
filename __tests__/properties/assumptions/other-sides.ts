import type { Assumptions } from '../../../tools/simulator/assumptions.ts'

/** The other sides of every switch of the simulator; a switch that is missing does not compile. */
const OTHER_SIDES: { [Name in keyof Assumptions]: Assumptions[Name][] } = {
  appSpecMaxBytes: [4096],
  appSpecKeys: ['documented'],
  wrongSha256: ['ignored'],
  descriptionMaxLength: [512],
  qualifiedHook: ['refused'],
  hookTimeoutCode: ['HOOK_EXECUTION_FAILURE'],
  installTimeoutCode: ['ECS_UPDATE_ERROR'],
  brokenAppSpecCode: ['INTERNAL_ERROR'],
  readyTimeoutCode: ['MANUAL_STOP', 'DEPLOYMENT_READY_TIMEOUT'],
  listenerErrorCode: ['INTERNAL_ERROR'],
  stopMessage: ['', 'Stopped by arn:aws:iam::123456789012:user/ops'],
  stoppedTarget: ['Skipped'],
  queuedShown: [true],
  bakingShown: [true],
  readyShown: ['after-test-hook'],
  readyTimeoutRollsBack: [true],
  rollbackWithoutReplacement: [true],
  rollbackEvents: ['production-traffic', 'none'],
  testListenerAfterRollback: ['replacement'],
  lastSuccessful: ['releases-only'],
  hookDiagnostics: [true],
  hookErrorFails: [true],
  alarmActiveAtStart: ['as-any-alarm'],
  stopInTerminationWait: ['refused'],
  stopAnswer: ['Succeeded'],
  stopWithoutRollback: ['ignored'],
  stopOfRollback: ['accepted'],
  leftover: ['kept'],
  linearRemainder: ['in-last-step'],
  emptyInstall: ['at-once'],
  listOrder: ['oldest-first'],
  listPageSize: [1],
  listedForDays: [0],
  listLagSeconds: [20],
}

export type Flip = Partial<Assumptions>

/** Every other side of every switch, one at a time. */
export const FLIPS: Flip[] = Object.entries(OTHER_SIDES).flatMap(([name, sides]) =>
  (sides as unknown[]).map((side): Flip => ({ [name]: side })),
)
