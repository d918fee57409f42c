/** Where AWS is not documented: what is assumed, and the switch that flips it. README.md has the whole list. */
export interface Assumptions {
  /** Bytes of AppSpec text that CreateDeployment takes. */
  appSpecMaxBytes: number
  /** In `documented` case only, a key in another case is as good as absent. */
  appSpecKeys: 'any-case' | 'documented'
  /** An AppSpec whose sha256 is not the one that was sent with it. */
  wrongSha256: 'refused' | 'ignored'
  descriptionMaxLength: 256 | 512
  /** A hook named by function ARN with version or alias. */
  qualifiedHook: 'invoked' | 'refused'
  /** `errorInformation.code` when a hook has not called back in time. */
  hookTimeoutCode: string
  /** The same when the replacement did not get healthy in time. */
  installTimeoutCode: string
  brokenAppSpecCode: string
  /** The same when nobody continued a deployment that waited at `Ready`. */
  readyTimeoutCode: string
  /** The same when the production listener is not as CodeDeploy left it. */
  listenerErrorCode: string
  /** What a deployment that a person stopped shows as its error; an empty text: no `errorInformation` at all. */
  stopMessage: string
  /** What the target of a deployment that a person stopped shows. */
  stoppedTarget: 'Failed' | 'Skipped'
  /** Status `Queued` is shown between `Created` and `InProgress`. */
  queuedShown: boolean
  /** Status `Baking` is shown while the original task set waits for its termination. */
  bakingShown: boolean
  /** Status `Ready` is shown already while AfterAllowTestTraffic runs, or once it has succeeded. */
  readyShown: 'during-test-hook' | 'after-test-hook'
  /** A ready wait that ran out is rolled back as a failure is. */
  readyTimeoutRollsBack: boolean
  /** A deployment that started and ended before there was a replacement gets a rollback all the same. */
  rollbackWithoutReplacement: boolean
  /** The lifecycle events that the target of a rollback shows. */
  rollbackEvents: 'all' | 'production-traffic' | 'none'
  /** Where the test listener points after a rollback. */
  testListenerAfterRollback: 'former' | 'replacement'
  /** `lastSuccessfulDeployment` of the group after a rollback. */
  lastSuccessful: 'any' | 'releases-only'
  /** A failed hook's event carries a `diagnostics` member. */
  hookDiagnostics: boolean
  /** A function that ends with an error and without calling back fails its event at once. */
  hookErrorFails: boolean
  /** What an alarm that is active when a deployment starts does: ends it in its first event, or later as any alarm does. */
  alarmActiveAtStart: 'first-event' | 'as-any-alarm'
  /** What StopDeployment does while the original task set waits for termination. */
  stopInTerminationWait: 'accepted' | 'refused'
  /** The status in the first answer of StopDeployment. */
  stopAnswer: 'Pending' | 'Succeeded'
  /** `autoRollbackEnabled: false` against a group that rolls back when a deployment is stopped. */
  stopWithoutRollback: 'honoured' | 'ignored'
  stopOfRollback: 'refused' | 'accepted'
  /** What becomes of a task set that an earlier release left behind, when the next one installs. */
  leftover: 'removed' | 'kept'
  /** What is left of 100 % by a linear percentage that does not divide it. */
  linearRemainder: 'own-step' | 'in-last-step'
  /** How long Install takes for a service with no task to run. */
  emptyInstall: 'as-long' | 'at-once'
  /** Order of CodeDeploy's list of deployments. */
  listOrder: 'newest-first' | 'oldest-first'
  /** Entries on one page of a CodeDeploy list. */
  listPageSize: number
  /** How long a finished deployment stays in the list. */
  listedForDays: number
  /** How long after CreateDeployment a deployment is not in the list yet. */
  listLagSeconds: number
}

/** What the simulator takes for true where AWS says nothing; README.md lists them with the open points they answer. */
export const DEFAULT_ASSUMPTIONS: Assumptions = {
  appSpecMaxBytes: 1024 * 1024,
  appSpecKeys: 'any-case',
  wrongSha256: 'refused',
  descriptionMaxLength: 256,
  qualifiedHook: 'invoked',
  hookTimeoutCode: 'TIMEOUT',
  installTimeoutCode: 'TIMEOUT',
  brokenAppSpecCode: 'INVALID_REVISION',
  readyTimeoutCode: 'TIMEOUT',
  listenerErrorCode: 'ELASTIC_LOAD_BALANCING_INVALID',
  stopMessage: 'The deployment was stopped by a user.',
  stoppedTarget: 'Failed',
  queuedShown: false,
  bakingShown: false,
  readyShown: 'during-test-hook',
  readyTimeoutRollsBack: false,
  rollbackWithoutReplacement: false,
  rollbackEvents: 'all',
  testListenerAfterRollback: 'former',
  lastSuccessful: 'any',
  hookDiagnostics: false,
  hookErrorFails: false,
  alarmActiveAtStart: 'first-event',
  stopInTerminationWait: 'accepted',
  stopAnswer: 'Pending',
  stopWithoutRollback: 'honoured',
  stopOfRollback: 'refused',
  leftover: 'removed',
  linearRemainder: 'own-step',
  emptyInstall: 'as-long',
  listOrder: 'newest-first',
  listPageSize: 100,
  listedForDays: Number.POSITIVE_INFINITY,
  listLagSeconds: 0,
}
