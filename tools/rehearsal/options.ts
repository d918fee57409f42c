import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { OPERATIONS, type Operation } from '../../src/inputs/operation.ts'
import { ECS_STAGES } from '../../src/lifecycle/step.ts'
import { isNamedScenario, type NamedScenario, namedScenarios } from '../simulator/named-scenarios.ts'
import { loadWorldFile, WorldFileError } from '../simulator/world-file/world-file.ts'
import { nextImage, type Subject, subjectOf } from './subject.ts'
import type { Chapter, Workflow } from './workflow.ts'
import { nativeWorkflows, type WorkflowName, workflows } from './workflows.ts'

/** Those of a deployment of CodeDeploy on ECS, in their order. */
const LIFECYCLE_EVENTS = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
]

export const USAGE = `npm run rehearse -- [options]

  --scenario NAME      what happens (default: success; those of services that ECS itself deploys begin with 'native');
                       --list names them all
  --world FILE         an account of your own in place of a scenario, as tools/simulator/world-file.md says; its first
                       service is released, unless --input service=NAME names another one
  --operation NAME     what the action is asked for (default: release); a deployment that it is about is begun before
  --image IMAGE        image to release (default: registry.example/web:1.1.0, or the next version of what runs)
  --hook FILE          a Lambda handler of your own in place of examples/hooks/validate.mjs: a module that exports
                       'handler'. One that never answers is waited for as CodeDeploy does, an hour of its time:
                       2 to 6 minutes unless --speed says otherwise. One that ECS calls is ended after 15 minutes
  --speed N            how many times faster than real time (default: so fast that the scenario ends within 30 s,
                       as long as every hook answers)
  --input NAME=VALUE   any input of the action; may be given many times
  --cancel-at EVENT    cancel the run, as GitHub does, when this lifecycle event (of ECS: stage) has started
  --workflow NAME      a whole story of several jobs instead of one: two-job, rollback or preview; the exit code is 1 when
                       it does not end as it must. Beside it only:
    --native           two-job, rollback: of a service that ECS itself deploys
    --chapter NAME     one of its chapters
    --reject           two-job: what is proposed is rejected (--chapter rejected)
  --list               the scenarios, and the workflows with their chapters
  --help               this`

/** A story to be played as a whole. */
export interface WorkflowOptions {
  /** As it is asked for: `two-job`, `two-job --native`. */
  name: string
  workflow: Workflow
  chapters: readonly Chapter[]
}

export interface RehearsalOptions {
  /** Instead of one run. */
  workflow: WorkflowOptions | undefined
  scenario: NamedScenario
  /** In place of the scenario: where it was read from, as the option says it. */
  world: string | undefined
  /** The account that is played in, and the service that is released. */
  subject: Subject
  operation: Operation
  image: string
  /** Path of a handler module. */
  hook: string | undefined
  /** Undefined: as the scenario needs. */
  speed: number | undefined
  /** Inputs of the action, over those of the rehearsal. */
  inputs: Map<string, string>
  /** Lifecycle event at which the run is cancelled. */
  cancelAt: string | undefined
  /** Only tell, run nothing. */
  only: 'list' | 'help' | undefined
}

/** A mistake in the options, in one sentence. */
export class OptionError extends Error {}

/** @throws OptionError */
export function parseOptions(args: string[]): RehearsalOptions {
  const values = readArguments(args)
  const operation = values.operation ?? 'release'
  if (!isOperation(operation)) {
    throw new OptionError(`Option '--operation' must be one of ${OPERATIONS.join(', ')}; got '${operation}'.`)
  }
  if (operation === 'preview') {
    throw new OptionError(`A preview is a matter of several runs: '--workflow preview' rehearses it.`)
  }
  const scenario = parseScenario(values.scenario ?? (operation === 'promote' ? 'ready-wait' : 'success'))
  const inputs = parseInputOptions(values.input ?? [])
  const subject = subjectOf(values.world === undefined ? namedScenarios[scenario] : readWorld(values), inputs)
  return {
    workflow: workflowOf(values),
    scenario,
    world: values.world,
    subject,
    operation,
    image: values.image ?? nextImage(subject.image),
    hook: values.hook,
    speed: parseSpeed(values.speed),
    inputs,
    cancelAt: parseCancelAt(values['cancel-at'], subject),
    only: values.help === true ? 'help' : values.list === true ? 'list' : undefined,
  }
}

/** A path is as it was typed: npm runs scripts in the package's folder. @throws OptionError */
function readWorld({ world = '', scenario }: ReturnType<typeof readArguments>) {
  if (scenario !== undefined) {
    throw new OptionError(`Options '--scenario' and '--world' cannot go together; the file says what goes wrong.`)
  }
  try {
    return loadWorldFile(resolve(process.env['INIT_CWD'] ?? '.', world))
  } catch (error) {
    throw error instanceof WorldFileError ? new OptionError(error.message, { cause: error }) : error
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        scenario: { type: 'string' },
        world: { type: 'string' },
        operation: { type: 'string' },
        image: { type: 'string' },
        hook: { type: 'string' },
        speed: { type: 'string' },
        input: { type: 'string', multiple: true },
        'cancel-at': { type: 'string' },
        workflow: { type: 'string' },
        chapter: { type: 'string' },
        native: { type: 'boolean' },
        reject: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : []
    throw new OptionError(`${sentence ?? 'The options cannot be read'}. See 'npm run rehearse -- --help'.`)
  }
}

/** Those that say something about one run. */
const OF_ONE_RUN = ['scenario', 'world', 'operation', 'image', 'hook', 'input', 'cancel-at'] as const

function workflowOf(values: ReturnType<typeof readArguments>): WorkflowOptions | undefined {
  const { workflow: name, chapter, native, reject } = values
  if (name === undefined) {
    const alone = chapter !== undefined ? 'chapter' : native ? 'native' : reject ? 'reject' : undefined
    if (alone !== undefined) throw new OptionError(`Option '--${alone}' needs '--workflow'.`)
    return undefined
  }
  if (!Object.hasOwn(workflows, name)) {
    throw new OptionError(`Option '--workflow' must be one of ${Object.keys(workflows).join(', ')}; got '${name}'.`)
  }
  const other = OF_ONE_RUN.find((option) => values[option] !== undefined)
  if (other !== undefined) throw new OptionError(`Option '--${other}' is of one run and cannot go with '--workflow'.`)
  const workflow = native ? nativeWorkflows[name as WorkflowName] : workflows[name as WorkflowName]
  if (workflow === undefined) {
    throw new OptionError(`Workflow '${name}' is of services that CodeDeploy releases and cannot go with '--native'.`)
  }
  const { chapters } = workflow
  const wanted = chapter ?? (reject ? 'rejected' : undefined)
  const chosen = chapters.filter((one) => (wanted === undefined ? one.isAside !== true : one.name === wanted))
  if (chosen.length > 0) return { name: native ? `${name} --native` : name, workflow, chapters: chosen }
  const names = chapters.map((one) => one.name).join(', ')
  throw new OptionError(`Workflow '${name}' has no chapter '${wanted}'; it has ${names}.`)
}

function parseScenario(given: string): NamedScenario {
  if (isNamedScenario(given)) return given
  throw new OptionError(`Option '--scenario' must be one of ${Object.keys(namedScenarios).join(', ')}; got '${given}'.`)
}

function isOperation(name: string): name is Operation {
  return OPERATIONS.some((operation) => operation === name)
}

function parseCancelAt(given: string | undefined, { isNative }: Subject): string | undefined {
  const known: readonly string[] = isNative ? ECS_STAGES : LIFECYCLE_EVENTS
  if (given === undefined || known.includes(given)) return given
  throw new OptionError(`Option '--cancel-at' must be one of ${known.join(', ')}; got '${given}'.`)
}

function parseSpeed(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const speed = Number(given)
  if (given.trim() !== '' && speed > 0 && speed <= 1_000) return speed
  throw new OptionError(`Option '--speed' must be a number above 0 and up to 1000; got '${given}'.`)
}

function parseInputOptions(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((assignment): [string, string] => {
      const split = assignment.indexOf('=')
      if (split <= 0) throw new OptionError(`Option '--input' must be NAME=VALUE; got '${assignment}'.`)
      return [assignment.slice(0, split), assignment.slice(split + 1)]
    }),
  )
}
