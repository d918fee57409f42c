import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { PUSH_TO_MAIN, type RunIdentity, runVariables } from './run-identity.ts'

const ACTION_ROOT = resolve(import.meta.dirname, '..', '..')

/** What a step of a workflow is run with. */
export interface StepOptions {
  /** `with:`, as a workflow would give it. */
  inputs: ReadonlyMap<string, string>
  workspace: string
  /** An existing folder for the files that runner and action exchange. */
  folder: string
  /** Beside and over what the runner sets. */
  environment: NodeJS.ProcessEnv
  /** The run that the step is part of; default: a push to main. */
  run?: RunIdentity
  /** Modules that Node loads before the action. */
  preloads: readonly string[]
  onOutput(chunk: string, stream: 'stdout' | 'stderr'): void
  /** The token of the job; absent: the job has none. */
  githubToken?: string
  /** The post step: with what the main step saved, and how the job ended. Absent: the main step. */
  post?: { state: Record<string, string>; jobStatus: string }
}

/** What a step leaves behind once its process has ended. */
export interface StepResult {
  /** The runner takes a process that was killed for failed. */
  exitCode: number
  outputs: Record<string, string>
  summary: string
  /** What it saved for its post step. */
  state: Record<string, string>
}

export interface RunningStep {
  result: Promise<StepResult>
  /** Sends a signal to the action's process. */
  kill(signal: NodeJS.Signals): void
}

/**
 * Runs the built action as the runner does: the file that action.yml names on this Node, inputs and their defaults as
 * `INPUT_…`, fresh files for what it writes, no standard input. Source: actions/runner, NodeScriptActionHandler.
 */
export function runStep(options: StepOptions): RunningStep {
  const { workspace, preloads, onOutput, post } = options
  const action = readAction()
  const { env, stateFile, outputFile, summaryFile } = stepEnvironment(options)
  const imports = preloads.flatMap((preload) => ['--import', preload])
  const child = spawn(
    process.execPath,
    [...imports, join(ACTION_ROOT, post === undefined ? action.runs.main : action.runs.post)],
    { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'], env },
  )
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => onOutput(chunk, stream))
  }
  const result = new Promise<StepResult>((settle, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      const outputs = parseFileCommands(readFileSync(outputFile, 'utf8'))
      const state = parseFileCommands(readFileSync(stateFile, 'utf8'))
      settle({ exitCode: code ?? 1, outputs, summary: readFileSync(summaryFile, 'utf8'), state })
    })
  })
  return { result, kill: (signal) => child.kill(signal) }
}

/** The environment of a step, and the fresh files in it that the step is to write. */
export interface StepEnvironment {
  env: NodeJS.ProcessEnv
  stateFile: string
  outputFile: string
  summaryFile: string
}

/** Where Node keeps what it made of sources; a step starts sooner with it, and does nothing else. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }

/** What the runner gives a step: inputs and their defaults as `INPUT_…`, the run, and files for what it writes. */
export function stepEnvironment(options: Omit<StepOptions, 'preloads' | 'onOutput'>): StepEnvironment {
  const { inputs, workspace, folder, environment, githubToken = '', run = PUSH_TO_MAIN, post } = options
  const expressions = { 'job.status': post?.jobStatus ?? 'success', 'github.token': githubToken }
  const stateFile = emptyFile(folder, 'state')
  const outputFile = emptyFile(folder, 'output')
  const summaryFile = emptyFile(folder, 'summary.md')
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    ...COMPILE_CACHE,
    ...runnerVariables(folder, workspace),
    ...runVariables(run),
    GITHUB_EVENT_PATH: eventFile(folder, run.payload),
    GITHUB_STATE: stateFile,
    GITHUB_OUTPUT: outputFile,
    GITHUB_STEP_SUMMARY: summaryFile,
    ...inputVariables(readAction(), inputs, expressions),
    ...stateVariables(post?.state ?? {}),
    ...environment,
  }
  return { env, stateFile, outputFile, summaryFile }
}

interface Action {
  inputs: Record<string, { default?: string }>
  runs: { main: string; post: string }
}

function readAction(): Action {
  return load(readFileSync(join(ACTION_ROOT, 'action.yml'), 'utf8')) as Action
}

/**
 * What the runner warns of before a step that is given inputs which action.yml does not declare; it passes them on all
 * the same. Undefined when there are none. Source: actions/runner, ActionRunner.
 */
export function unexpectedInputs(given: Iterable<string>): string | undefined {
  const declared = Object.keys(readAction().inputs)
  const known = new Set(declared.map((name) => name.toLowerCase()))
  const unexpected = [...given].filter((name) => !known.has(name.toLowerCase()))
  if (unexpected.length === 0) return undefined
  return `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${declared.join("', '")}']`
}

/** A given input wins over its default, also when it is empty. Source: actions/runner, ActionRunner. */
function inputVariables(
  { inputs: declared }: Action,
  given: ReadonlyMap<string, string>,
  expressions: Record<string, string>,
): NodeJS.ProcessEnv {
  const defaults = Object.entries(declared).map(([name, input]): [string, string] => [
    name,
    (input.default ?? '').replace(/\$\{\{ ([\w.]+) \}\}/, (_, name: string) => expressions[name] ?? ''),
  ])
  const values = [...defaults, ...given].map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ])
  return Object.fromEntries(values)
}

/** The variables of a runner that a rehearsal has something to say about. */
function runnerVariables(folder: string, workspace: string): NodeJS.ProcessEnv {
  const temp = join(folder, 'temp')
  mkdirSync(temp, { recursive: true })
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_ENV: emptyFile(folder, 'env'),
    GITHUB_PATH: emptyFile(folder, 'path'),
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: temp,
  }
}

function stateVariables(state: Record<string, string>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))
}

function eventFile(folder: string, payload: object): string {
  const path = join(folder, 'event.json')
  writeFileSync(path, JSON.stringify(payload))
  return path
}

function emptyFile(folder: string, name: string): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  return path
}

/**
 * Reads `NAME<<DELIMITER` blocks and `NAME=VALUE` lines; a later one wins.
 * Source: actions/runner, FileCommandManager.
 */
export function parseFileCommands(text: string): Record<string, string> {
  const found: [string, string][] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const block = /^([^=]+?)<<(.+)$/.exec(line)
    if (block === null) {
      const split = line.indexOf('=')
      if (split > 0) found.push([line.slice(0, split), line.slice(split + 1)])
      continue
    }
    const [, name = '', delimiter] = block
    const end = lines.indexOf(delimiter ?? '', index + 1)
    if (end < 0) throw new Error(`The value of '${name}' has no end; a runner fails such a step.`)
    found.push([name, lines.slice(index + 1, end).join('\n')])
    index = end
  }
  return Object.fromEntries(found)
}
