import { load } from 'js-yaml'
import { OURS } from './workflow-language.ts'

/** What of a workflow the house rules look at. */
export interface Workflow {
  on: string | string[] | Record<string, unknown>
  permissions?: Permissions
  concurrency?: Concurrency
  jobs: Record<string, Job>
}

export interface Job {
  needs?: string | string[]
  if?: string
  permissions?: Permissions
  concurrency?: Concurrency
  'timeout-minutes'?: number
  outputs?: Record<string, string>
  steps: Step[]
}

export interface Step {
  id?: string
  if?: string
  uses?: string
  run?: string
  with?: Record<string, string | number | boolean>
}

export type Permissions = Record<string, string>
export type Concurrency = string | { group: string; 'cancel-in-progress'?: boolean | string }

/** YAML 1.2, in which the key `on` is a string, as for GitHub. */
export function parseWorkflow(text: string): Workflow {
  return load(text) as Workflow
}

export function isOurs({ uses }: Step): boolean {
  return uses?.startsWith(`${OURS}@`) === true
}

/** Lets runs for pull requests of the repository itself through, and none for forks. */
export const FORK_GUARD = 'github.event.pull_request.head.repo.full_name == github.repository'

/** Which permission of the token an input of this action needs. */
export const GRANTED_FOR: Record<string, string> = {
  'role-to-assume': 'id-token',
  'github-environment': 'deployments',
  'pull-request-comment': 'pull-requests',
}

/** A whole workflow as it stands; steps, or inputs of this action, in the smallest workflow around them. */
export function asWorkflow(fence: string): string {
  const snippet = dedented(fence)
  if (/^jobs:/m.test(snippet)) return snippet
  const steps = /^- /.test(snippet)
    ? snippet
    : `- uses: ${OURS}@v0\n  with:\n${indented(/^service:/m.test(snippet) ? snippet : `service: web\n${snippet}`, 4)}`
  const permissions = Object.entries(GRANTED_FOR).filter(([input]) => snippet.includes(input))
  const granted = permissions.map(([, scope]) => `\n      ${scope}: write`).join('') || ' {}'
  const isOfPull = snippet.includes('github.event.pull_request')
  const guard = isOfPull ? `\n    if: ${FORK_GUARD}` : ''
  const head = `on: ${isOfPull ? 'pull_request' : 'push'}\npermissions: {}\njobs:\n  job:${guard}`
  const job = `runs-on: ubuntu-latest\n    timeout-minutes: 300\n    concurrency: job\n    permissions:${granted}`
  return `${head}\n    ${job}\n    steps:\n${indented(steps, 6)}`
}

function dedented(text: string): string {
  const [margin = ''] = /^ */.exec(text) ?? []
  return text.replaceAll(new RegExp(`^${margin}`, 'gm'), '')
}

function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by))
}
