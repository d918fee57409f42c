/** What was wrong with a hook function. */
export interface HookFault {
  /** `hook-silent`: there was no answer that counts; `hook-not-invoked`: it was never run, so that it has printed nothing. */
  kind: 'hook-failed' | 'hook-silent' | 'hook-not-invoked'
  event: string
  hookFunction: string
}

/** What a deployment that ended badly ended of: it decides what is said of the cause, and what there is to do. */
export type Fault =
  | HookFault
  /** Names of CloudWatch alarms; empty when none are named. */
  | { kind: 'alarm'; names: readonly string[] }
  /** Tasks of the replacement did not start, did not become healthy, or died. */
  | { kind: 'tasks' }
  | { kind: 'stop-request' }
  | { kind: 'ready-wait' }
  /** A newer deployment of the same service took over. */
  | { kind: 'superseded' }
  /**
   * What the service says says it all.
   * @property cause the same in plainer words; absent: as the service says it
   * @property advice what to do before releasing again; absent: it is not known
   */
  | { kind: 'other'; cause?: string; advice?: string }

/** Code and message with which a deployment ended, empty where there are none. */
export interface EndError {
  code: string
  message: string
}

/** What a failed deployment is judged by. */
export interface EndFacts {
  error: EndError
  /** The event at which it failed; empty when that was not seen. */
  event: string
  /** Which function runs at which event. */
  hooks: Readonly<Record<string, string>>
  /** For which reasons tasks of the replacement stopped. */
  taskStops: readonly string[]
}

/** What is known of a hook that made a deployment fail. */
export interface HookFacts {
  error: EndError
  region: string | undefined
  /** What the hook itself printed about it; undefined when nothing is known. */
  said: string | undefined
  /** Whether there is the function; undefined when that could not be seen. */
  functionExists: boolean | undefined
}

/** How an engine's ends are read and told. */
export interface FaultWords {
  /** Code and message to speak of, which may be among the service events about trouble, oldest first. */
  told(error: EndError, serviceTroubles: readonly string[]): EndError
  /** What a deployment that failed by itself ended of. */
  faultOf(facts: EndFacts): Fault
  isSuperseded(error: EndError): boolean
  /** Names of alarms in a message; empty when it names none. */
  alarmsIn(message: string): string[]
  /** Code and message in a clause, without a full stop; empty when there are none. */
  reason(error: EndError): string
  /** The least that names the reason in brackets, once it is told in other words; empty when there is nothing. */
  brief(error: EndError): string
  /** Whether a reason says no more than that somebody stopped it. */
  isPlainStop(reason: string): boolean
  /** A service event that only repeats how the deployment ended. */
  repeatsEnd(serviceEvent: string): boolean
  /** What the hook did, or could not be made to do: the rest of "hook f …". */
  hookText(fault: HookFault, facts: HookFacts): string
  /**
   * What to do about a hook that gave no answer or was not run, as sentences.
   * @param again "release again"
   * @param log where its log is, as a sentence
   */
  mendHook(fault: HookFault, facts: HookFacts & { again: string; log: string }): string
}
