import type { Scenario } from '../simulator/scenario.ts'
import type { RunIdentity } from './run-identity.ts'
import type { Stage } from './stage.ts'

/** A story of several runs of the action in one account, as data; `player.ts` plays it. */
export interface Workflow {
  scenario: Scenario
  /** How many times faster than real time it is played. */
  speed: number
  /** The account begins anew with each. */
  chapters: readonly Chapter[]
}

export interface Chapter {
  name: string
  /** What happens, in one sentence. */
  says: string
  /** Played only when it is asked for by name. */
  isAside?: true
  steps: readonly Step[]
}

export type Step =
  /** A job from its begin to its end. */
  | { kind: 'run'; job: Job }
  /** A job that goes on while the next steps are played, once its log has got so far. */
  | { kind: 'start'; job: Job; until: RegExp }
  /** The end of a job that was started. */
  | { kind: 'end'; job: string }
  /** Time goes by while no job runs. */
  | { kind: 'pass'; minutes: number }
  /** Something that nobody of these jobs does. */
  | { kind: 'act'; says: string; act(stage: Stage): void | Promise<void> }
  /** Somebody opens an address that a job gave; an image answers, or `HTTP 503`. */
  | { kind: 'open'; says: string; url(outputsOf: OutputsOf): string; answers: string }
  /** Waits until production answers with an image for the first time. */
  | { kind: 'see'; production: string }
  | Look
  | Told
  /** A pull request must have exactly one comment, which says this somewhere. */
  | { kind: 'commented'; pullRequest: number; says: string }

/** A job of one step: this action. */
export interface Job {
  /** What it is called here, once in a chapter; also its `GITHUB_JOB` unless the run says otherwise. */
  name: string
  run: Partial<RunIdentity>
  /** `with:`; over cluster `demo` and service `web`. */
  inputs: Inputs | ((outputsOf: OutputsOf, stage: Stage) => Inputs)
  ends: Ending
}

export type Inputs = Readonly<Record<string, string>>

/** The outputs of a job that has ended, by its name: `needs.NAME.outputs`. */
export type OutputsOf = (job: string) => Inputs

/** What must hold once a job has ended. */
export interface Ending {
  status: string
  exitCode: 0 | 1
  /** Other outputs. */
  outputs?: Inputs
  /** What its summary says somewhere. */
  summary?: string
  /** Operations that changed something in the account since it began, by whomever. */
  writes?: readonly string[]
}

/** Requests to the listeners of a service; what must answer is an image, or `HTTP 503`. */
export interface Look {
  kind: 'look'
  /** Default: `demo:web`. */
  service?: string
  production: string
  test?: string
  /** Whether anything else has answered production since the last look; default: it may have. */
  unmoved?: true
}

/** The GitHub deployment that was made last must stand so. */
export interface Told {
  kind: 'told'
  environment: string
  state: string
  /** What the description of its last status says somewhere. */
  says?: string
}
