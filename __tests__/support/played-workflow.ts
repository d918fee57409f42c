import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PUSH_TO_MAIN, type RunIdentity } from '../../tools/rehearsal/run-identity.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import { type Kill, type PlayedStep, playStep } from './played-step.ts'
import type { SimulatedAccount } from './simulated-release.ts'
import { isOurs, type Job, type Workflow } from './workflow.ts'
import { type Contexts, fillAll, holds } from './workflow-expressions.ts'

/** What becomes of the main step of one job. */
export interface Accident {
  job: string
  kill: Kill
  /** The runner is lost with it: no post step runs, and GitHub never gets outputs of the job. */
  isRunnerLost?: boolean
}

export interface WorkflowPlay {
  workflow: Workflow
  run: Partial<RunIdentity>
  /** `env`, `inputs`, `github`, `vars`, `matrix`. */
  contexts: Contexts
  /** Over the inputs that the workflow gives. */
  inputs?: Record<string, string>
  /** How jobs end that are not played: those of other steps, and one that nobody approves. */
  others?: Record<string, { result: string; outputs?: Record<string, string> }>
  /** An empty folder. */
  folder: string
  accident?: Accident | undefined
}

/** A job as the others see it, and what it did. */
export interface PlayedJob {
  result: string
  outputs: Record<string, string>
  main?: PlayedStep
  /** Requests that changed something and were not refused: of its main step, and of its post step. */
  writes: { main: string[]; post: string[] }
}

/** How long GitHub takes to begin the next job, and to give up a runner that it hears no more of, in milliseconds. */
const NEXT_JOB_AFTER_MS = 20_000
const RUNNER_GIVEN_UP_AFTER_MS = 10 * 60_000

/** What this account needs instead of what the examples name. */
const HERE = { cluster: 'demo', 'aws-region': '', 'role-to-assume': '', 'expected-account-id': '' }

/** Plays the jobs of a workflow in their order, each as GitHub would run it after what became of those before. */
export async function playWorkflow(account: SimulatedAccount, play: WorkflowPlay): Promise<Record<string, PlayedJob>> {
  const jobs: Record<string, PlayedJob> = {}
  for (const [name, job] of Object.entries(play.workflow.jobs)) {
    jobs[name] = await playJob(account, play, name, job, jobs)
    await account.clock.sleep(NEXT_JOB_AFTER_MS)
  }
  return jobs
}

async function playJob(
  account: SimulatedAccount,
  play: WorkflowPlay,
  name: string,
  job: Job,
  needs: Record<string, PlayedJob>,
): Promise<PlayedJob> {
  const nothing = { outputs: {}, writes: { main: [], post: [] } }
  const contexts = { ...play.contexts, needs: asContext(needs) }
  if (!isDue(job, contexts)) return { ...nothing, result: 'skipped' }
  const step = job.steps.find(isOurs)
  const other = play.others?.[name] ?? (step === undefined ? { result: 'success' } : undefined)
  if (other !== undefined) return { ...nothing, ...other }

  const inputs = new Map(Object.entries({ ...fillAll(step?.with, contexts), ...HERE, ...play.inputs }))
  const run = { ...PUSH_TO_MAIN, ...play.run, job: name }
  const accident = play.accident?.job === name ? play.accident : undefined
  const { calls } = account.simulator
  const before = calls.length
  const main = await playStep(account, {
    inputs,
    run,
    folder: folderIn(play.folder, name),
    kill: accident?.kill,
    environment: {},
  })
  const between = calls.length
  if (main.wasKilled && accident?.isRunnerLost === true) {
    await account.clock.sleep(RUNNER_GIVEN_UP_AFTER_MS)
    return { result: 'failure', outputs: {}, main, writes: { main: writesIn(calls.slice(before)), post: [] } }
  }
  const outcome = main.exitCode === 0 ? 'success' : 'failure'
  const post = { state: main.state, jobStatus: outcome }
  await playStep(account, { inputs, run, folder: folderIn(play.folder, `${name} post`), post, environment: {} })
  const steps = { [step?.id ?? 'it']: { outputs: main.outputs, outcome } }
  const writes = { main: writesIn(calls.slice(before, between)), post: writesIn(calls.slice(between)) }
  return { result: outcome, outputs: fillAll(job.outputs, { ...contexts, steps }), main, writes }
}

/** What an expression can see of jobs: `needs`. */
type Needs = Record<string, Pick<PlayedJob, 'result' | 'outputs'>>

function asContext(jobs: Record<string, PlayedJob>): Needs {
  return Object.fromEntries(Object.entries(jobs).map(([name, { result, outputs }]) => [name, { result, outputs }]))
}

/**
 * The jobs that would run after one whose main step was killed with these outputs.
 * @param before the jobs that were played, those before it included
 */
export function dueAfterKill(
  { workflow, contexts }: Pick<WorkflowPlay, 'workflow' | 'contexts'>,
  killed: string,
  outputs: Record<string, string>,
  before: Record<string, PlayedJob>,
): string[] {
  const names = Object.keys(workflow.jobs)
  const place = names.indexOf(killed)
  const needs = asContext(Object.fromEntries(Object.entries(before).filter(([name]) => names.indexOf(name) < place)))
  const job = workflow.jobs[killed]
  const id = job?.steps.find(isOurs)?.id ?? 'it'
  const steps = { [id]: { outputs, outcome: 'failure' } }
  needs[killed] = { result: 'failure', outputs: fillAll(job?.outputs, { ...contexts, needs, steps }) }
  return names.slice(place + 1).filter((name) => {
    const isRun = isDue(workflow.jobs[name], { ...contexts, needs })
    needs[name] = { result: isRun ? 'success' : 'skipped', outputs: {} }
    return isRun
  })
}

/** Without a condition of its own a job runs when all that it needs have succeeded. */
function isDue(job: Pick<Job, 'if' | 'needs'> = {}, contexts: Contexts & { needs: Needs }): boolean {
  const needed = [job.needs ?? []].flat().map((name) => contexts.needs[name]?.result)
  if (job.if === undefined) return needed.every((result) => result === 'success')
  return holds(job.if, contexts)
}

function writesIn(calls: readonly RecordedCall[]): string[] {
  return calls.filter(({ writes, error }) => writes && error === undefined).map(({ operation }) => operation)
}

function folderIn(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}
