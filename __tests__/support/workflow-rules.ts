import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { budgetFor, finishOf, ROLLBACK_BUDGET_MS } from '../../src/follow/budget.ts'
import type { Hooks } from '../../src/follow/snapshot.ts'
import { OPERATIONS, type Operation } from '../../src/inputs/operation.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { rawInputs } from './simulated-release.ts'
import { RELEASE } from './stacks.ts'
import {
  FORK_GUARD,
  GRANTED_FOR,
  isOurs,
  type Job,
  type Permissions,
  parseWorkflow,
  type Step,
  type Workflow,
} from './workflow.ts'
import { OTHERS } from './workflow-language.ts'

const { outputs: declared } = load(readFileSync(join(import.meta.dirname, '..', '..', 'action.yml'), 'utf8')) as {
  outputs: Record<string, unknown>
}

const MINUTE_MS = 60_000

/** A careful group: canary for five minutes, an hour at Ready for who has to continue, the template's termination wait. */
const GROUP = {
  holdsAtReady: true,
  readyWaitMs: 60 * MINUTE_MS,
  terminationWaitMs: Number(RELEASE.Parameters['TerminationWaitMinutes']?.Default) * MINUTE_MS,
}
const SHIFT = { kind: 'canary', durationMs: 5 * MINUTE_MS, stepPercent: 10, stepMs: 5 * MINUTE_MS } as const

/** What speaks against a workflow that is to be copied, beyond what GitHub refuses; each with the job. */
export function ruleProblems(text: string): string[] {
  const workflow = parseWorkflow(text)
  const found = Object.entries(workflow.jobs).flatMap(([name, job]) =>
    [
      ...permissionProblems(workflow, job),
      ...concurrencyProblems(job),
      ...timeoutProblems(job),
      ...stepProblems(job),
      ...outputProblems(job),
      ...forkProblems(workflow, job),
    ].map((problem) => `${name}: ${problem}`),
  )
  if (/pull_request_target/.test(text)) found.push('pull_request_target gives code of strangers credentials')
  return [...found, ...pinProblems(text)]
}

/** What speaks against a workflow of this repository itself, which releases no service. */
export function ownRuleProblems(text: string): string[] {
  const workflow = parseWorkflow(text)
  const found = Object.entries(workflow.jobs).flatMap(([name, job]) =>
    [
      ...(job.permissions === undefined ? ['permissions are not limited'] : []),
      ...(job['timeout-minutes'] === undefined ? ['timeout-minutes is missing'] : []),
      ...stepProblems(job),
      ...job.steps.flatMap(({ uses = './' }) =>
        uses === './' || OTHERS[uses.replace(/@.*/, '')] !== undefined ? [] : [`${uses} is not known`],
      ),
    ].map((problem) => `${name}: ${problem}`),
  )
  if (JSON.stringify(workflow.permissions) !== '{}') found.push('every job gets permissions that one of them needs')
  if (/pull_request_target/.test(text)) found.push('pull_request_target gives code of strangers a token that may write')
  return [...found, ...pinProblems(text)]
}

/** A tag can be moved to other code: actions of others are named by the commit, with its version beside it. */
function pinProblems(text: string): string[] {
  return [...text.matchAll(/\buses: *(\S+)@(\S+)(?: +# (\S+))?/g)].flatMap(([, name = '', ref, version]) => {
    const other = OTHERS[name]
    if (other === undefined || (ref === other.commit && version === other.version)) return []
    return [`${name} is not pinned: ${name}@${other.commit} # ${other.version}`]
  })
}

function permissionProblems(workflow: Workflow, job: Job): string[] {
  const has = job.permissions
  if (has === undefined) return ['permissions are not limited']
  if (workflow.permissions === undefined) return ['permissions are not limited for jobs to come']
  if (Object.keys(workflow.permissions).length > 0) return ['every job gets permissions that one of them needs']
  const mayHave = neededBy(job)
  return [
    ...Object.entries(mayHave)
      .filter(([scope, access]) => has[scope] !== access)
      .map(([scope, access]) => `${scope}: ${access} is missing`),
    ...Object.entries(has)
      .filter(([scope, access]) => mayHave[scope] !== access && `${scope}: ${access}` !== 'contents: read')
      .map(([scope, access]) => `${scope}: ${access} is more than it needs`),
  ]
}

function neededBy({ steps }: Job): Permissions {
  const inputs = Object.entries(GRANTED_FOR).filter(([input]) => steps.some((step) => step.with?.[input] !== undefined))
  const checksOut = steps.some(({ uses }) => uses?.startsWith('actions/checkout@'))
  return { ...Object.fromEntries(inputs.map(([, scope]) => [scope, 'write'])), ...(checksOut && { contents: 'read' }) }
}

function concurrencyProblems({ concurrency, steps }: Job): string[] {
  if (concurrency === undefined) return ['two runs can do this at the same time: concurrency is missing']
  if (!steps.some(isOurs)) return []
  const cancels = typeof concurrency === 'object' ? (concurrency['cancel-in-progress'] ?? false) : false
  return cancels === false ? [] : ['a newer run would cancel a release: cancel-in-progress']
}

function timeoutProblems(job: Job): string[] {
  const minutes = job['timeout-minutes']
  if (minutes === undefined) return ['timeout-minutes is missing']
  const neededMs = job.steps.filter(isOurs).reduce((sum, step) => sum + longestMs(step), 0)
  return minutes * MINUTE_MS > neededMs
    ? []
    : [`timeout-minutes: ${minutes} is not above the ${neededMs / MINUTE_MS} minutes that the action can take`]
}

/** How long a step can take in a careful group, whichever operation it is told: the wait for the group and a rollback too. */
function longestMs({ with: given = {} }: Step): number {
  const fixed = Object.entries(given).filter(([, value]) => !isExpression(value))
  const operations = isExpression(given['operation'] ?? '') ? OPERATIONS : [undefined]
  return Math.max(...operations.map((operation) => longestOfMs(fixed, operation)))
}

function isExpression(value: unknown): boolean {
  return String(value).includes('$' + '{{')
}

function longestOfMs(fixed: [string, unknown][], operation: Operation | undefined): number {
  const given = [...fixed, ...(operation === undefined ? [] : [['operation', operation]])]
  const { inputs } = parseInputs(rawInputs(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))), [])
  if (inputs.operation === 'stop') return ROLLBACK_BUDGET_MS
  const isOfOther = inputs.operation === 'promote' || inputs.operation === 'watch'
  const own = inputs.operation === 'rollback' && !inputs.keepStrategy ? {} : inputs.hooks
  const hooks: Hooks = isOfOther ? { AfterAllowTestTraffic: 'of the deployment' } : own
  // Where its group would hold it a release is refused, and a lane never holds; a rollback continues by itself.
  const group =
    inputs.operation === 'release' || inputs.operation === 'preview'
      ? { ...GROUP, holdsAtReady: false, readyWaitMs: 0 }
      : GROUP
  const facts = { waitForMs: inputs.waitForMs, ...finishOf(inputs.waitFor), group, shift: SHIFT, hooks }
  const { totalMs } = budgetFor(facts)
  // What makes a deployment may wait for another one first, for as long as it may take itself.
  return (isOfOther || inputs.operation === 'plan' ? 1 : 2) * totalMs + ROLLBACK_BUDGET_MS
}

function stepProblems({ steps }: Job): string[] {
  return steps.flatMap((step) => [
    ...(step.run?.includes('$' + '{{') ? ['an expression in a script; hand it over in env'] : []),
    ...(isOurs(step) && step.if?.includes('always()') ? ['always() keeps a cancel from the action'] : []),
    ...(step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false
      ? ['checkout leaves its token in the workspace: persist-credentials']
      : []),
  ])
}

/** GitHub takes an output that nobody sets for an empty one. */
function outputProblems(job: Job): string[] {
  const ours = new Set(job.steps.filter(isOurs).map(({ id }) => id))
  return [...JSON.stringify(job).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)]
    .filter(([, id, output]) => ours.has(id) && !Object.hasOwn(declared, output ?? ''))
    .map(([, , output]) => `'${output}' is no output of the action`)
}

/** Runs for forks have no credentials and would fail. */
function forkProblems({ on }: Workflow, job: Job): string[] {
  const isForPulls = on === 'pull_request' || JSON.stringify(on).includes('"pull_request"')
  if (!isForPulls || !job.steps.some(isOurs)) return []
  return job.if?.includes(FORK_GUARD) ? [] : ['it would run for forks, which have no credentials']
}
