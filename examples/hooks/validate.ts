// biome-ignore-all lint/suspicious/noConsole: the console is a Lambda function's log

import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text as textOf } from 'node:stream/consumers'
import {
  CodeDeployClient,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy'
import { DescribeServiceRevisionsCommand, ECSClient } from '@aws-sdk/client-ecs'

/**
 * A hook that asks the replacement through the test listener before production gets to it: CodeDeploy's at
 * AfterAllowTestTraffic, or one of ECS's own deployments at POST_TEST_TRAFFIC_SHIFT. The event tells who calls.
 * CodeDeploy counts the call back only, ECS what is returned; either is told whatever happens.
 * The settings are environment variables, see README.md.
 */

/** Kept of Lambda's time for reporting. */
const REPORT_MS = 5_000
const BETWEEN_TRIES_MS = 1_000
/** What a load balancer answers while nothing behind it does. */
const NOT_REACHED = [502, 503, 504]
/** Stages of ECS at which the test listener leads to the replacement. */
const STAGES = [
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
]

/** All that CodeDeploy hands over. */
interface CodeDeployEvent {
  DeploymentId: string
  LifecycleEventHookExecutionId: string
}

/** What ECS hands over, besides `hookDetails`. */
interface EcsEvent {
  executionId: string
  lifecycleStage: string
  /** The service deployment. */
  resourceArn: string
  executionDetails: {
    serviceArn: string
    targetServiceRevisionArn: string
    /** Percent by the ARN of a service revision; empty at stages that shift no such traffic. */
    testTrafficWeights?: Record<string, number>
    productionTrafficWeights?: Record<string, number>
  }
}

type Event = Partial<CodeDeployEvent & EcsEvent> | null

/** A deployment, whoever carries it out. */
interface Deployment {
  /** What stands before the verdict in the log. */
  prefix: string
  /** What the number of `{number}` is the end of. */
  place(): Promise<string>
  /** The `family:revision` that it ships. */
  shippedRevision(): Promise<string | undefined>
  /** Why the replacement cannot be asked now. */
  obstacle?: string | undefined
  isRollingBack?: boolean
  report(status: 'Succeeded' | 'Failed'): Promise<HookAnswer | undefined>
}

/** What ECS reads of what is returned. */
interface HookAnswer {
  hookStatus: string
}

/** The part of Lambda's context that is used here. */
interface Context {
  getRemainingTimeInMillis(): number
}

type Settings = ReturnType<typeof settingsFrom>

interface Answer {
  problem?: string
  mayPass?: boolean
}

const codeDeploy = new CodeDeployClient()
const ecs = new ECSClient()

export const handler = async (event: Event, context: Context): Promise<HookAnswer | undefined> => {
  const deployment = deploymentOf(event)
  if (deployment.isRollingBack) {
    console.log('ECS rolls back, so the replacement is not asked. Reporting Succeeded.')
    return deployment.report('Succeeded')
  }
  const problem = await Promise.race([
    findProblem(process.env, deployment).catch((error) => `The check itself failed: ${describe(error)}`),
    timeIsUp(context.getRemainingTimeInMillis() - REPORT_MS),
  ])
  const status = problem === undefined ? 'Succeeded' : 'Failed'
  console.log(`${deployment.prefix}${problem ?? 'The replacement passed.'} Reporting ${status}.`)
  return deployment.report(status)
}

/** @throws for an event that nobody waits for an answer to: an error is what ECS rolls back for, and a log shows */
function deploymentOf(event: Event): Deployment {
  const given: Partial<CodeDeployEvent & EcsEvent> = event ?? {}
  const { serviceArn, targetServiceRevisionArn }: Partial<EcsEvent['executionDetails']> = given.executionDetails ?? {}
  const ofCodeDeploy = [given.DeploymentId, given.LifecycleEventHookExecutionId]
  const ofEcs = [given.executionId, given.lifecycleStage, given.resourceArn, serviceArn, targetServiceRevisionArn]
  if (ofCodeDeploy.every(isText) && !ofEcs.every(isText)) return calledByCodeDeploy(event as CodeDeployEvent)
  if (ofEcs.every(isText) && !ofCodeDeploy.every(isText)) return calledByEcs(event as EcsEvent)
  const members = Object.keys(given).join(', ') || 'no members'
  throw new Error(`This event is neither of CodeDeploy nor of ECS, so there is nobody to report to. It has ${members}.`)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function calledByCodeDeploy(event: CodeDeployEvent): Deployment {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = event
  const read = async () => (await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo ?? {}
  return {
    prefix: `${deploymentId}: `,
    place: async () => `group ${(await read()).deploymentGroupName}`,
    /** From its AppSpec, which may be YAML or JSON. */
    shippedRevision: async () => {
      const { applicationName, revision } = await read()
      const registered = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName, revision }))
      return revisionIn(registered.revision?.appSpecContent?.content)
    },
    report: async (status) => {
      await codeDeploy.send(
        new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }),
      )
      return undefined
    },
  }
}

function calledByEcs({ lifecycleStage, resourceArn, executionDetails }: EcsEvent): Deployment {
  const { serviceArn, targetServiceRevisionArn, testTrafficWeights, productionTrafficWeights } = executionDetails
  console.log(`${lifecycleStage} of ${resourceArn}`)
  const coming: Record<string, Record<string, number> | undefined> = {
    TEST_TRAFFIC_SHIFT: testTrafficWeights,
    PRODUCTION_TRAFFIC_SHIFT: productionTrafficWeights,
  }
  return {
    prefix: '',
    /** The functions of these two stages are called again when their traffic goes back. */
    isRollingBack: coming[lifecycleStage]?.[targetServiceRevisionArn] === 0,
    obstacle: STAGES.includes(lifecycleStage)
      ? undefined
      : `At ${lifecycleStage} the test listener need not lead to the replacement; run this at POST_TEST_TRAFFIC_SHIFT.`,
    place: async () => `service ${serviceArn.split('/').at(-1)}`,
    shippedRevision: async () => {
      const asked = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevisionArn] })
      return revisionIn((await ecs.send(asked)).serviceRevisions?.[0]?.taskDefinition)
    },
    report: async (status) => ({ hookStatus: status.toUpperCase() }),
  }
}

function revisionIn(text = ''): string | undefined {
  return /:task-definition\/([\w-]+:\d+)/.exec(text)?.[1]
}

/** @throws what no check can be made with: one that asks nothing must not pass */
function settingsFrom(env: NodeJS.ProcessEnv) {
  if (!env.TEST_LISTENER_URL) throw new Error('TEST_LISTENER_URL is not set, so there is nothing to check.')
  return {
    url: env.TEST_LISTENER_URL,
    headers: headersFrom(env.REQUEST_HEADERS || '{}'),
    paths: wordsFrom(env.CHECK_PATHS || '/', 'CHECK_PATHS'),
    requests: numberFrom(env.REQUESTS || '3', 'REQUESTS', 1),
    expectedStatuses: wordsFrom(env.EXPECT_STATUS || '200', 'EXPECT_STATUS'),
    expectedText: env.EXPECT_TEXT ?? '',
    revisionMember: env.REVISION_MEMBER || 'taskDefinition',
    mustTellRevision: Boolean(env.REVISION_MEMBER),
    requestMs: numberFrom(env.REQUEST_SECONDS || '10', 'REQUEST_SECONDS', 0) * 1000,
    startUpMs: numberFrom(env.START_UP_SECONDS || '60', 'START_UP_SECONDS', 0) * 1000,
  }
}

function wordsFrom(text: string, name: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 0) throw new Error(`${name} names nothing.`)
  return words
}

function numberFrom(text: string, name: string, least: number): number {
  const number = Number(text)
  if (!(number >= least)) throw new Error(`${name} must be a number from ${least} on, not '${text}'.`)
  return number
}

/** Says nothing of the values: one of them may be a password. */
function headersFrom(text: string): Record<string, string> {
  let headers: unknown
  try {
    headers = JSON.parse(text)
  } catch {}
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw new Error('REQUEST_HEADERS must be a JSON object, such as {"Host": "shop.example.org"}.')
  }
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\w-]+$/.test(name) && typeof value === 'string' && /^[ -~]*$/.test(value)) continue
    throw new Error(`REQUEST_HEADERS has the header '${name}', which cannot be sent.`)
  }
  return headers as Record<string, string>
}

/** What is wrong with the replacement, in one sentence; undefined when nothing is. */
async function findProblem(env: NodeJS.ProcessEnv, deployment: Deployment): Promise<string | undefined> {
  if (deployment.obstacle !== undefined) return deployment.obstacle
  const settings = settingsFrom(env)
  let shipped: Promise<string | undefined> | undefined
  const shippedRevision = () => {
    shipped ??= deployment.shippedRevision()
    return shipped
  }
  const url = await addressOf(settings.url, deployment)
  const startedUpBy = Date.now() + settings.startUpMs
  for (const path of settings.paths) {
    const address = new URL(path, url).href
    for (let i = 1; i <= settings.requests; i++) {
      const { problem } = await untilStartedUp(() => ask(address, settings, shippedRevision), startedUpBy)
      if (problem !== undefined) return `Request ${i} of ${settings.requests}: ${address} ${problem}`
    }
  }
  return undefined
}

/** `{number}` is what a name ends with, so that one function is enough for services by number. */
async function addressOf(url: string, deployment: Deployment): Promise<string> {
  if (!url.includes('{number}')) return url
  const place = await deployment.place()
  const number = /\d+$/.exec(place)?.[0]
  if (number === undefined) throw new Error(`the name of the ${place} ends with no number.`)
  return url.replaceAll('{number}', number)
}

/** Tries again while the replacement starts up and the load balancer learns of it. */
async function untilStartedUp(tryOnce: () => Promise<Answer>, startedUpBy: number): Promise<Answer> {
  let told: string | undefined
  for (;;) {
    const answer = await tryOnce()
    if (!answer.mayPass || Date.now() + BETWEEN_TRIES_MS > startedUpBy) return answer
    if (answer.problem !== told) console.log(`Trying again until that has passed: ${answer.problem}`)
    told = answer.problem
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS))
  }
}

/** What is wrong with one answer, and whether that may pass; `{}` when nothing is. */
async function ask(
  address: string,
  settings: Settings,
  shippedRevision: () => Promise<string | undefined>,
): Promise<Answer> {
  let status: number
  let text: string
  const signal = AbortSignal.timeout(settings.requestMs)
  try {
    const response = await get(address, settings.headers, signal)
    status = response.statusCode as number
    text = await textOf(response)
  } catch (error) {
    if (signal.aborted) return { problem: `gave no answer within ${settings.requestMs / 1000} s.` }
    return { problem: `could not be read: ${describe(error)}.`, mayPass: codeOf(error) === 'ECONNREFUSED' }
  }
  const said = `It said: ${text.slice(0, 200)}`
  if (!settings.expectedStatuses.includes(String(status))) {
    const problem = `answered ${status}; expected ${settings.expectedStatuses.join(' or ')}. ${said}`
    return { problem, mayPass: NOT_REACHED.includes(status) }
  }
  if (!text.includes(settings.expectedText)) return { problem: `did not say '${settings.expectedText}'. ${said}` }
  const told = memberOf(text, settings.revisionMember)
  if (told === undefined && settings.mustTellRevision) {
    return { problem: `is not JSON with the member '${settings.revisionMember}'. ${said}` }
  }
  const shipped = told === undefined ? undefined : await shippedRevision()
  if (told !== shipped) return { problem: `answered from ${told}; this deployment ships ${shipped}.`, mayPass: true }
  console.log(`${address} answered ${status}${told === undefined ? '' : ` from ${told}`}: ${text.slice(0, 200)}`)
  return {}
}

/** Not fetch, which sends no Host of ours. A redirect is an answer; a certificate has to fit the Host, if there is one. */
function get(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  const request = address.startsWith('https:') ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    request(address, { headers, signal, agent: false }).on('response', resolve).on('error', reject).end()
  })
}

function memberOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text)?.[name] ?? undefined
  } catch {
    return undefined
  }
}

function timeIsUp(ms: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('The time of the function was up before the checks were done.'), ms).unref()
  })
}

/** A connection that fails at every address of a name has a code and no message. */
function describe(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : codeOf(error)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
