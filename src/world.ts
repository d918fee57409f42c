import type { Attempts } from './aws/attempts.ts'
import type { CodeDeploy } from './aws/code-deploy.ts'
import type { Ecs } from './aws/ecs.ts'
import type { CredentialsEnd } from './aws/environment-credentials.ts'
import type { Functions } from './aws/functions.ts'
import type { LoadBalancing } from './aws/load-balancing.ts'
import type { Caller } from './aws/sts.ts'
import type { Problem } from './problem.ts'
import type { GithubRun } from './workflow-run/github-run.ts'

/** Everything outside that a release works with. Built by the entries and by tests, handed to everything else. */
export interface World extends Ecs, CodeDeploy {
  /** Aborted when the workflow run is cancelled. */
  signal: AbortSignal
  /** Region of the clients; undefined when none was told. */
  region: string | undefined
  /** Why nothing may be called at all, e.g. because no region is known. */
  obstacles: readonly Problem[]
  /** The endpoint when it is not AWS itself, as in a rehearsal. */
  otherEndpoint: string | undefined
  /** Who the calls are made as. @throws CallError */
  readCaller(attempts: Attempts): Promise<Caller>
  /** When the credentials end. */
  credentialsEnd(): Promise<CredentialsEnd>
  run: GithubRun
  /** The event that started the run. */
  event: { name: string; read(): unknown }
  /** Whether a pull request of this repository is closed; undefined when GitHub does not say. */
  isPullRequestClosed(number: string): Promise<boolean | undefined>
  /** Whether the run is seen only by people who may see the repository; false when that is not known. */
  isPrivateRepository(): boolean
  /** Logs of Lambda functions; loaded when it is first asked for. */
  functions(): Promise<Functions>
  /** Load balancers and listeners; loaded when it is first asked for. */
  loadBalancing(): Promise<LoadBalancing>
  log: Log
  /** The text of a file of the workspace; undefined when there is none. */
  readText(path: string): Promise<string | undefined>
  /** What has been warned of before the release began, for its summary. */
  cautions?: readonly string[]
  /** Resolves when what was told so far is on disk for the post step. */
  whenSaved(): Promise<void>
}

/** The log of the step. Every text is made safe for the runner where it is printed. */
export interface Log {
  line(text: string): void
  /** What deserves attention although it does not stop the release. */
  warning(text: string): void
  group<Result>(title: string, body: () => Promise<Result>): Promise<Result>
}
