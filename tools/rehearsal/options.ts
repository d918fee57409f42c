import { parseArgs } from 'node:util'
import { OPERATIONS, type Operation } from '../../src/inputs/operation.ts'
import { type ScenarioName, scenarios } from '../simulator/scenarios.ts'
import type { Chapter } from './workflow.ts'
import { type WorkflowName, workflows } from './workflows.ts'

/** Those of a deployment on ECS, in their order. */
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

  --scenario NAME      what happens (default: success); --list names them all
  --operation NAME     what the action is asked for (default: release); a deployment that it is about is begun before
  --image IMAGE        image to release (default: registry.example/web:1.1.0)
  --hook FILE          a Lambda handler of your own in place of examples/hooks/validate.mjs: a module that exports
                       'handler'. One that never answers is waited for as CodeDeploy does, an hour of its time:
                       2 to 6 minutes unless --speed says otherwise
  --speed N            how many times faster than real time (default: so fast that the scenario ends within 30 s,
                       as long as every hook answers)
  --input NAME=VALUE   any input of the action; may be given many times
  --cancel-at EVENT    cancel the run, as GitHub does, when this lifecycle event has started
  --workflow NAME      a whole story of several jobs instead of one: two-job, rollback or preview; the exit code is 1 when
                       it does not end as it must. Beside it only:
    --chapter NAME     one of its chapters
    --reject           two-job: what is proposed is rejected (--chapter rejected)
  --list               the scenarios, and the workflows with their chapters
  --help               this`

/** A story to be played as a whole. */
export interface WorkflowOptions {
  name: WorkflowName
  chapters: readonly Chapter[]
}

export interface RehearsalOptions {
  /** Instead of one run. */
  workflow: WorkflowOptions | undefined
  scenario: ScenarioName
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
  const scenario = values.scenario ?? (values.operation === 'promote' ? 'ready-wait' : 'success')
  if (!isScenario(scenario)) {
    throw new OptionError(`Option '--scenario' must be one of ${Object.keys(scenarios).join(', ')}; got '${scenario}'.`)
  }
  const operation = values.operation ?? 'release'
  if (!isOperation(operation)) {
    throw new OptionError(`Option '--operation' must be one of ${OPERATIONS.join(', ')}; got '${operation}'.`)
  }
  if (operation === 'preview') {
    throw new OptionError(`A preview is a matter of several runs: '--workflow preview' rehearses it.`)
  }
  return {
    workflow: workflowOf(values),
    scenario,
    operation,
    image: values.image ?? 'registry.example/web:1.1.0',
    hook: values.hook,
    speed: parseSpeed(values.speed),
    inputs: parseInputOptions(values.input ?? []),
    cancelAt: parseCancelAt(values['cancel-at']),
    only: values.help === true ? 'help' : values.list === true ? 'list' : undefined,
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        scenario: { type: 'string' },
        operation: { type: 'string' },
        image: { type: 'string' },
        hook: { type: 'string' },
        speed: { type: 'string' },
        input: { type: 'string', multiple: true },
        'cancel-at': { type: 'string' },
        workflow: { type: 'string' },
        chapter: { type: 'string' },
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
const OF_ONE_RUN = ['scenario', 'operation', 'image', 'hook', 'input', 'cancel-at'] as const

function workflowOf(values: ReturnType<typeof readArguments>): WorkflowOptions | undefined {
  const { workflow: name, chapter, reject } = values
  if (name === undefined) {
    const alone = chapter !== undefined ? 'chapter' : reject ? 'reject' : undefined
    if (alone !== undefined) throw new OptionError(`Option '--${alone}' needs '--workflow'.`)
    return undefined
  }
  if (!Object.hasOwn(workflows, name)) {
    throw new OptionError(`Option '--workflow' must be one of ${Object.keys(workflows).join(', ')}; got '${name}'.`)
  }
  const other = OF_ONE_RUN.find((option) => values[option] !== undefined)
  if (other !== undefined) throw new OptionError(`Option '--${other}' is of one run and cannot go with '--workflow'.`)
  const { chapters } = workflows[name as WorkflowName]
  const wanted = chapter ?? (reject ? 'rejected' : undefined)
  const chosen = chapters.filter((one) => (wanted === undefined ? one.isAside !== true : one.name === wanted))
  if (chosen.length > 0) return { name: name as WorkflowName, chapters: chosen }
  const names = chapters.map((one) => one.name).join(', ')
  throw new OptionError(`Workflow '${name}' has no chapter '${wanted}'; it has ${names}.`)
}

function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}

function isOperation(name: string): name is Operation {
  return OPERATIONS.some((operation) => operation === name)
}

function parseCancelAt(given: string | undefined): string | undefined {
  if (given === undefined || LIFECYCLE_EVENTS.includes(given)) return given
  throw new OptionError(`Option '--cancel-at' must be one of ${LIFECYCLE_EVENTS.join(', ')}; got '${given}'.`)
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
