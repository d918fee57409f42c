import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { logLine } from '../../src/text/untrusted.ts'
import { duration } from '../../src/text/words.ts'
import { endingProblem } from './ending-check.ts'
import { type JobResult, runJob } from './job.ts'
import { endOf } from './results.ts'
import { PUSH_TO_MAIN, type RunIdentity } from './run-identity.ts'
import { runnerLog } from './runner-log.ts'
import type { Stage } from './stage.ts'
import { ask, type Sighting, startWitness, type Witness } from './witness.ts'
import type { Chapter, Inputs, Job, Look, Step, Told } from './workflow.ts'

/** A job that was played to its end. */
export interface PlayedJob {
  chapter: string
  name: string
  run: RunIdentity
  inputs: Inputs
  outputs: Inputs
  result: JobResult
  /** What production served when it had ended. */
  production: Sighting[]
  log: string[]
}

/** A chapter that was played, as far as it went. */
export interface PlayedChapter {
  chapter: Chapter
  jobs: PlayedJob[]
  /** Why it did not end as it must; undefined when it did. */
  problem: string | undefined
}

/** Where a chapter does not go as it must, in one sentence. */
class Astray extends Error {}

/** A job whose process runs. */
interface Begun {
  ended: Promise<void>
  /** Resolves when the log has a line like this; true when it never will. */
  told(pattern: RegExp): Promise<boolean>
}

const SERVICE = 'demo:web'

/** How often a listener is asked in one look; the next request of a canary may go elsewhere. */
const REQUESTS = 20

/** How soon it is asked again until an answer comes at all, in milliseconds of real time. */
const ASK_AGAIN_MS = 10

/**
 * Plays a chapter on a stage that was set anew. It ends at the first thing that is not as it must be, and with the step
 * that is under way when it is interrupted.
 */
export async function playChapter(
  chapter: Chapter,
  stage: Stage,
  isInterrupted: () => boolean,
  say: (line: string) => void,
): Promise<PlayedChapter> {
  const player = new Player(chapter, stage, say)
  try {
    for (const step of chapter.steps) {
      if (isInterrupted()) throw new Astray('it was interrupted.')
      await player.play(step)
    }
    return { chapter, jobs: player.jobs, problem: undefined }
  } catch (error) {
    if (!(error instanceof Astray)) throw error
    return { chapter, jobs: player.jobs, problem: `Chapter '${chapter.name}': ${logLine(error.message)}` }
  } finally {
    await player.close()
  }
}

class Player {
  readonly jobs: PlayedJob[] = []
  readonly #chapter: Chapter
  readonly #stage: Stage
  readonly #say: (line: string) => void
  readonly #witness: Witness
  readonly #running = new Map<string, Begun>()
  readonly #width: number

  constructor(chapter: Chapter, stage: Stage, say: (line: string) => void) {
    this.#chapter = chapter
    this.#stage = stage
    this.#say = say
    this.#witness = startWitness(stage.simulator.listeners)
    const names = chapter.steps.map((step) => ('job' in step && typeof step.job === 'object' ? step.job.name : ''))
    this.#width = Math.max(...names.map((name) => name.length))
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'run':
        return await this.#begin(step.job).ended
      case 'start': {
        const isOver = await this.#begin(step.job).told(step.until)
        if (isOver) throw new Astray(`job '${step.job.name}' ended before its log said ${step.until}.`)
        return
      }
      case 'end':
        return await this.#running.get(step.job)?.ended
      case 'pass':
        if (this.#running.size > 0) throw new Error('Time cannot be moved while a job runs.')
        this.#say(`-- ${duration(step.minutes * 60_000)} later`)
        return this.#stage.clock.advance(step.minutes * 60)
      case 'act':
        this.#say(`-- ${step.says}`)
        return await step.act(this.#stage)
      case 'open':
        return await this.#open(
          step.says,
          step.url((name) => this.#outputsOf(name)),
          step.answers,
        )
      case 'see':
        return await this.#see(step.production)
      case 'look':
        return await this.#look(step)
      case 'told':
        return this.#told(step)
      case 'commented':
        return this.#commented(step.pullRequest, step.says)
    }
  }

  /** Ends what still runs, and the requests. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ ended }) => ended))
    await this.#witness.close()
  }

  #begin(job: Job): Begun {
    const run = { ...PUSH_TO_MAIN, job: job.name, ...job.run }
    const given =
      typeof job.inputs === 'function' ? job.inputs((name) => this.#outputsOf(name), this.#stage) : job.inputs
    const inputs = { cluster: 'demo', service: 'web', ...given }
    for (const line of announcement(job.name, run, inputs)) this.#say(logLine(line))

    const log: string[] = []
    const waiting = new Set<{ pattern: RegExp; told(isOver: boolean): void }>()
    const shown = runnerLog({
      colours: process.stdout.isTTY === true,
      write: (line) => {
        log.push(line)
        this.#say(`${job.name.padEnd(this.#width)} | ${line}`)
        for (const one of waiting) if (one.pattern.test(line)) one.told(false)
      },
    })
    const ended = this.#runToItsEnd(job, run, inputs, shown, log).finally(() => {
      this.#running.delete(job.name)
      for (const one of waiting) one.told(true)
    })
    // It is awaited at the job's end, which may come later than its failure.
    ended.catch(() => {})
    const begun: Begun = {
      ended,
      told: (pattern) => new Promise((told) => waiting.add({ pattern, told })),
    }
    this.#running.set(job.name, begun)
    return begun
  }

  async #runToItsEnd(job: Job, run: RunIdentity, inputs: Inputs, shown: ReturnType<typeof runnerLog>, log: string[]) {
    const { simulator, clock, speed, folder } = this.#stage
    const own = join(folder, `${this.#chapter.name} ${job.name}`)
    mkdirSync(own)
    const before = simulator.calls.length
    const parts = { ...this.#stage.surroundings(), inputs: new Map(Object.entries(inputs)), run, onOutput: shown.take }
    const options = { folder: own, speed, cancelAt: undefined, now: () => clock.now(), say: this.#say }
    const result = await runJob(parts, options)
    shown.end()
    const { outputs, summary } = endOf(result)
    const production = await askOften(simulator.listeners[SERVICE]?.production ?? '')
    this.jobs.push({ chapter: this.#chapter.name, name: job.name, run, inputs, outputs, result, production, log })
    const changes = simulator.calls.slice(before).filter((call) => call.writes)
    const writes = changes.map(({ operation }) => operation).filter((one) => !one.startsWith('PutLifecycleEvent'))
    const { exitCode } = result.main
    this.#say(`Job '${job.name}' of run ${run.runNumber} has ended: ${outputs['status']}, exit code ${exitCode}.`)
    const problem = endingProblem(job.ends, { outputs, exitCode, summary, writes })
    if (problem !== undefined) throw new Astray(`job '${job.name}' ${problem}.`)
  }

  #outputsOf(name: string): Inputs {
    const played = this.jobs.find((job) => job.name === name)
    if (played === undefined) throw new Error(`No job '${name}' has ended yet.`)
    return played.outputs
  }

  #told({ environment, state, says = '' }: Told): void {
    const { deployments = [], violations = [] } = this.#stage.github?.api ?? {}
    const last = deployments.findLast((one) => one.environment === environment)?.statuses.at(-1)
    const shown = last === undefined ? 'nothing' : `${last.state}: ${last.description}`
    this.#say(`-- GitHub shows the deployment to ${environment} as ${logLine(shown)}`)
    if (last?.state !== state || !last.description.includes(says)) {
      throw new Astray(`GitHub must show ${environment} as ${state}${says && `, saying '${says}'`}; it shows ${shown}.`)
    }
    const [violation] = violations
    if (violation !== undefined) throw new Astray(`GitHub does not take such a request: ${violation}`)
  }

  #commented(pullRequest: number, says: string): void {
    const { comments = [] } = this.#stage.github?.api ?? {}
    const [first, ...others] = comments.filter(({ issue }) => issue === pullRequest)
    const row = first?.body.split('\n').findLast((line) => line.startsWith('| ')) ?? 'nothing'
    this.#say(`-- pull request ${pullRequest} has ${others.length + (first ? 1 : 0)} comment: ${logLine(row)}`)
    if (others.length > 0) throw new Astray(`pull request ${pullRequest} must have one comment; it has more.`)
    if (first?.body.includes(says) !== true) {
      throw new Astray(`the comment on pull request ${pullRequest} must say '${says}'; it says ${row}.`)
    }
  }

  async #see(expected: string): Promise<void> {
    const url = this.#stage.simulator.listeners[SERVICE]?.production ?? ''
    for (let mayChange = true; mayChange; ) {
      mayChange = this.#running.size > 0
      const sighting = await ask(url)
      if (sighting.answer === expected) return this.#say(`-- production ${url} has answered ${tell([sighting])}`)
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
    }
    throw new Astray(`production must come to answer with ${expected}.`)
  }

  async #open(says: string, url: string, expected: string): Promise<void> {
    const sightings = await askOften(url)
    this.#say(`-- ${says} (${logLine(url)} answers ${tell(sightings)})`)
    const other = sightings.find(({ answer }) => answer !== expected)
    if (other !== undefined) throw new Astray(`${url} must answer with ${expected}; it answered ${other.answer}.`)
  }

  async #look({ service = SERVICE, production, test, unmoved }: Look): Promise<void> {
    const listeners = this.#stage.simulator.listeners[service]
    const seen = this.#witness.takeSeen(service)
    const lane = service === SERVICE ? '' : `lane ${service.split(':').at(-1)}`
    for (const [kind, expected] of [['production', production] as const, ['test', test] as const]) {
      const url = listeners?.[kind]
      if (url === undefined || expected === undefined) continue
      const sightings = await askOften(url)
      const before = [...seen[kind]].map(([answer, count]) => `${answer} ${count} times`).join(', ')
      this.#say(`-- ${lane || kind} ${url} answers ${tell(sightings)}${before && `; since the last look: ${before}`}`)
      const others = new Set(sightings.map(({ answer }) => answer).filter((answer) => answer !== expected))
      const moved =
        kind === 'production' && unmoved ? [...seen.production.keys()].filter((one) => one !== expected) : []
      if (others.size > 0)
        throw new Astray(`${kind} must answer with ${expected}; it answered ${[...others].join(', ')}.`)
      if (moved.length > 0) throw new Astray(`production must not have moved; it answered ${moved.join(', ')}.`)
    }
  }
}

function announcement(name: string, run: RunIdentity, inputs: Inputs): string[] {
  const set = Object.entries(inputs).filter(([input]) => input !== 'cluster' && input !== 'service')
  return [
    '',
    `Job '${name}' of run ${run.runNumber} of ${run.workflow} (${run.event} on ${run.ref}) begins, with`,
    ...set.map(([input, value]) => `  ${input}: ${value}`),
  ]
}

async function askOften(url: string): Promise<Sighting[]> {
  const sightings: Sighting[] = []
  for (let i = 0; i < REQUESTS; i++) sightings.push(await ask(url))
  return sightings
}

/** `web:2 (registry.example/web:1.1.0)`, each that answered once. */
export function tell(sightings: readonly Sighting[]): string {
  const each = sightings.map(({ answer, taskDefinition }) =>
    taskDefinition === '' ? answer : `${taskDefinition} (${answer})`,
  )
  return [...new Set(each)].join(' and ')
}
