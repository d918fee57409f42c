/** The moment at which a release counts as done: the input `wait-for`. */
export type FinishLine = 'test-traffic' | 'production-traffic' | 'completion' | 'nothing'

/** What ends a deployment in a way that rolls it back: the words of `rollback-on`. */
export type RollbackEvent = 'failure' | 'alarm' | 'stop'

/** What becomes of a deployment when we stop waiting for it before its end: the inputs `on-timeout` and `on-cancel`. */
export type EarlyEndAction = 'leave' | 'rollback'

/** Hooks of which the function's own log is shown: the input `hook-logs`. */
export type HookLogChoice = 'failed' | 'always' | 'never'

/** What to do when another deployment keeps the group busy: the input `on-active-deployment`. */
export type RoomPolicy = 'wait' | 'replace' | 'fail'
