import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Stack } from '../support/stack.ts'
import { fits, grants, trusted } from '../support/stack-roles.ts'
import { lanesStack, releaseStack } from '../support/stacks.ts'
import { isOurs, type Job, parseWorkflow, type Step, type Workflow } from '../support/workflow.ts'
import { type Contexts, fill, fillAll, holds } from '../support/workflow-expressions.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'examples', 'workflows')

/** What the README of the templates deploys for the workflows: services `web` and `api` in one cluster, and lanes. */
const STACKS: Stack[] = [
  releaseStack({ ReadyWaitMinutes: 60, ReleaseTags: 'v*' }),
  releaseStack({
    ServiceName: 'api',
    HookName: 'CodeDeployHook_validate_api',
    CreateCluster: 'false',
    CreateOidcProvider: 'false',
    ReleaseTags: 'v*',
  }),
  lanesStack(),
]

const OPERATIONS = ['plan', 'release', 'promote', 'stop', 'rollback', 'watch']
const PULL = {
  action: 'opened',
  pull_request: {
    number: 12,
    head: { sha: 'abc', repo: { full_name: 'example/shop' } },
    user: { login: 'octocat' },
  },
}

/** An event, what GitHub makes of its ref in a token, and what expressions see. */
interface Run {
  event: string
  subject: string
  contexts: Contexts
}

/** The runs that a workflow is for: each of its events, each choice of a button, each row of a matrix. */
function runsOf({ on, jobs }: Workflow): Run[] {
  const events = typeof on === 'object' && !Array.isArray(on) ? on : {}
  const rows = Object.values(jobs).flatMap((job) => (job as WithMatrix).strategy?.matrix?.include ?? [])
  return Object.keys(events).flatMap((event) => {
    const isTag = JSON.stringify(events[event])?.includes('"tags"')
    const ref = isTag ? 'refs/tags/v1.2.0' : 'refs/heads/main'
    const subject = event === 'pull_request' ? 'pull_request' : `ref:${ref}`
    const github = {
      event_name: event,
      repository: 'example/shop',
      ref_name: 'v1.2.0',
      event: event === 'pull_request' ? PULL : {},
    }
    const vars = { AWS_ACCOUNT_ID: '123456789012', ECS_CLUSTER: 'prod' }
    const needs = { image: { result: 'success', outputs: {} }, release: { outputs: {} }, promote: { outputs: {} } }
    const contexts = { github, vars, needs, env: { IMAGE: 'web:1', REPOSITORY: 'web' }, steps: {} }
    const matrices: Contexts[] = rows.length > 0 ? rows.map((matrix) => ({ matrix })) : [{}]
    return buttonsOf(events[event]).flatMap((inputs) =>
      matrices.map((matrix) => ({ event, subject, contexts: { ...contexts, ...matrix, inputs } })),
    )
  })
}

interface WithMatrix {
  strategy?: { matrix?: { include?: Record<string, string>[] } }
  environment?: string
}

/** Every operation and service that can be chosen. */
function buttonsOf(event: unknown): Record<string, string>[] {
  const inputs = (event as { inputs?: Record<string, { options?: string[] }> } | null)?.inputs ?? {}
  const others = { environment: 'production', digest: 'sha256:1', 'deployment-id': '', 'task-definition': '' }
  const services = inputs['service']?.options ?? ['']
  const operations = inputs['operation']?.options ?? ['']
  return services.flatMap((service) => operations.map((operation) => ({ ...others, service, operation })))
}

interface Session {
  title: string
  workflow: string
  /** The subject of the job's token. */
  subject: string
  given: Record<string, string>
  isOurs: boolean
}

/** Every role that a job of the examples takes, and as whom. */
function sessions(): Session[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const workflow = parseWorkflow(readFileSync(join(FOLDER, file), 'utf8'))
    return runsOf(workflow).flatMap((run) =>
      Object.entries(workflow.jobs).flatMap(([name, job]) => sessionsOf(`${file}, ${name}`, file, job, run)),
    )
  })
}

function sessionsOf(title: string, workflow: string, job: Job, { event, subject, contexts }: Run): Session[] {
  const mayRun = job.if === undefined || job.if.includes('needs.') || holds(job.if, contexts)
  if (!mayRun) return []
  const { environment } = job as WithMatrix
  const who = environment === undefined ? subject : `environment:${fill(environment, contexts)}`
  return job.steps
    .filter((step: Step) => step.with?.['role-to-assume'] !== undefined)
    .map((step) => {
      const given = fillAll(step.with, contexts)
      const role = given['role-to-assume']?.split('/')[1]
      return { title: `${title}: ${role} on ${event}`, workflow, subject: who, given, isOurs: isOurs(step) }
    })
}

const all = sessions()

test('every button of every workflow is looked at', () => {
  const roles = new Set(all.map(({ given }) => given['role-to-assume']?.split('/')[1]))
  const ofServices = (service: string) => ['release', 'stop', 'rollback'].map((operation) => `${operation}-${service}`)
  const ofWeb = OPERATIONS.map((operation) => `${operation}-web`)
  const others = ['push-web', 'push-previews', 'preview-lanes']
  expect([...roles].sort()).toEqual([...new Set([...ofWeb, ...ofServices('api'), ...others])].sort())
})

describe.each(all)('$title', ({ subject, given, isOurs: releases }) => {
  const role = String(given['role-to-assume']).split('/')[1]
  const found = STACKS.flatMap((stack) =>
    [...stack.ofType('AWS::IAM::Role')].flatMap(([name, { RoleName }]) => (RoleName === role ? [{ stack, name }] : [])),
  )

  test('may take a role that the templates make', () => {
    expect(found).toHaveLength(1)
    const subjects = found.flatMap(({ stack, name }) => trusted(stack, name))
    expect(subjects.filter((pattern) => fits(pattern, `repo:example/shop:${subject}`))).toHaveLength(1)
  })

  if (!releases) return
  test('names a cluster, services and hooks that the templates make, and that the role is for', () => {
    const services = given['service'] || given['preview-services']?.replace(/=\S+/g, '').trim().split(/\s+/) || []
    for (const { stack, name } of found) {
      const made = [...stack.ofType('AWS::ECS::Service').values()]
      const functions = [...stack.ofType('AWS::Lambda::Function').values()].map(({ FunctionName }) => FunctionName)
      for (const service of [services].flat()) {
        expect(made).toContainEqual(expect.objectContaining({ Cluster: given['cluster'], ServiceName: service }))
        const arn = `arn:aws:ecs:us-east-1:123456789012:service/${given['cluster']}/${service}`
        const covered = grants(stack, name).filter(({ action }) => action === 'ecs:DescribeServices')
        expect(covered.some(({ resource }) => fits(resource, arn))).toBe(true)
      }
      const hook = given['after-allow-test-traffic-hook']
      if (hook !== undefined) expect(functions).toContain(hook)
    }
  })
})

test.each([
  ['release.yml', 'web'],
  ['preview.yml', 'web-previews'],
])('%s pushes to a repository that its role can push to: %s', (file, repository) => {
  const text = readFileSync(join(FOLDER, file), 'utf8')
  expect(text).toMatch(new RegExp(`\\.dkr\\.ecr\\.[\\w-]+\\.amazonaws\\.com/${repository}(:|\\s)`))
  const stacks = STACKS.filter((stack) =>
    [...stack.ofType('AWS::ECR::Repository').values()].some(({ RepositoryName }) => RepositoryName === repository),
  )
  expect(stacks).toHaveLength(1)
  const pushes = stacks.flatMap((stack) => grants(stack, 'PushRole')).filter(({ action }) => action === 'ecr:PutImage')
  expect(pushes.map(({ resource }) => resource.split(':').at(-1))).toEqual([`repository/${repository}`])
})
