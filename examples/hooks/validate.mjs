// biome-ignore-all lint/suspicious/noConsole: the console is a Lambda function's log

import {
  CodeDeployClient,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy'

/**
 * A hook for AfterAllowTestTraffic: asks the replacement through the test listener before production gets to it.
 * CodeDeploy counts the call back only and waits up to an hour for it, so this calls back whatever happens.
 * The settings are environment variables, see README.md.
 */

/** Kept of Lambda's time for the call back. */
const CALL_BACK_MS = 5_000
const BETWEEN_TRIES_MS = 1_000

const codeDeploy = new CodeDeployClient()

export const handler = async (event, context) => {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = event
  const problem = await Promise.race([
    findProblem(settingsFrom(process.env), deploymentId).catch(
      (error) => `The check itself failed: ${describe(error)}`,
    ),
    timeIsUp(context.getRemainingTimeInMillis() - CALL_BACK_MS),
  ])
  const status = problem === undefined ? 'Succeeded' : 'Failed'
  console.log(`${deploymentId}: ${problem ?? 'The replacement passed.'} Reporting ${status}.`)
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }),
  )
}

function settingsFrom(env) {
  return {
    url: env.TEST_LISTENER_URL,
    paths: (env.CHECK_PATHS || '/').split(/[\s,]+/),
    requests: Number(env.REQUESTS || 3),
    expectedStatus: Number(env.EXPECT_STATUS || 200),
    expectedText: env.EXPECT_TEXT ?? '',
    revisionMember: env.REVISION_MEMBER || 'taskDefinition',
    mustTellRevision: Boolean(env.REVISION_MEMBER),
    requestMs: Number(env.REQUEST_SECONDS || 10) * 1000,
    startUpMs: Number(env.START_UP_SECONDS || 60) * 1000,
  }
}

/** What is wrong with the replacement, in one sentence; undefined when nothing is. */
async function findProblem(settings, deploymentId) {
  if (!settings.url) return 'TEST_LISTENER_URL is not set, so there is nothing to check.'
  let shipped
  const shippedRevision = () => {
    shipped ??= revisionOf(deploymentId)
    return shipped
  }
  const url = await addressOf(settings.url, deploymentId)
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

/** `{number}` is what the deployment group's name ends with, so that one function is enough for services by number. */
async function addressOf(url, deploymentId) {
  if (!url.includes('{number}')) return url
  const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))
  const { deploymentGroupName } = deploymentInfo
  const number = /\d+$/.exec(deploymentGroupName)?.[0]
  if (number === undefined) throw new Error(`the name of the group ${deploymentGroupName} ends with no number.`)
  return url.replaceAll('{number}', number)
}

/** Tries again while the replacement starts up and the load balancer learns of it. */
async function untilStartedUp(tryOnce, startedUpBy) {
  let told
  for (;;) {
    const answer = await tryOnce()
    if (!answer.mayPass || Date.now() + BETWEEN_TRIES_MS > startedUpBy) return answer
    if (answer.problem !== told) console.log(`Trying again until that has passed: ${answer.problem}`)
    told = answer.problem
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS))
  }
}

/** What is wrong with one answer, and whether that may pass; `{}` when nothing is. */
async function ask(address, settings, shippedRevision) {
  let status
  let text
  try {
    const signal = AbortSignal.timeout(settings.requestMs)
    const response = await fetch(address, { signal, redirect: 'manual' })
    status = response.status
    text = await response.text()
  } catch (error) {
    if (error.name === 'TimeoutError') return { problem: `gave no answer within ${settings.requestMs / 1000} s.` }
    return { problem: `could not be read: ${describe(error)}.`, mayPass: error.cause?.code === 'ECONNREFUSED' }
  }
  const said = `It said: ${text.slice(0, 200)}`
  if (status !== settings.expectedStatus) {
    return { problem: `answered ${status}; expected ${settings.expectedStatus}. ${said}`, mayPass: status === 503 }
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

/** The `family:revision` that the deployment ships, from its AppSpec, which may be YAML or JSON. */
async function revisionOf(deploymentId) {
  const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))
  const { applicationName, revision } = deploymentInfo
  const registered = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName, revision }))
  return /:task-definition\/([\w-]+:\d+)/.exec(registered.revision?.appSpecContent?.content ?? '')?.[1]
}

function memberOf(text, name) {
  try {
    return JSON.parse(text)?.[name]
  } catch {
    return undefined
  }
}

function timeIsUp(ms) {
  return new Promise((resolve) => {
    setTimeout(() => resolve('The time of the function was up before the checks were done.'), ms).unref()
  })
}

/** fetch hides what went wrong in the cause. */
function describe(error) {
  return error.cause?.message || error.cause?.code || error.message
}
