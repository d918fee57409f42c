// biome-ignore-all lint/suspicious/noConsole: the console is a Lambda function's log

import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy'

/**
 * A hook for AfterAllowTestTraffic: asks the replacement through the test listener before production gets to it.
 * CodeDeploy counts the call back only and waits up to an hour for it, so this calls back whatever happens.
 *
 * Environment: TEST_LISTENER_URL, e.g. http://my-load-balancer.example:9001
 * Permission: codedeploy:PutLifecycleEventHookExecutionStatus on the deployment group
 */

const REQUESTS = 3
const REQUEST_DEADLINE_MS = 10_000

const codeDeploy = new CodeDeployClient()

export const handler = async (event) => {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = event
  const problem = await findProblem().catch((error) => `The check itself failed: ${error.message}`)
  const status = problem === undefined ? 'Succeeded' : 'Failed'
  console.log(`${deploymentId}: ${problem ?? 'The replacement passed.'} Reporting ${status}.`)
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }),
  )
}

/** What is wrong with the replacement, in one sentence; undefined when nothing is. */
async function findProblem() {
  const url = process.env.TEST_LISTENER_URL
  if (!url) return 'TEST_LISTENER_URL is not set, so there is nothing to check.'
  for (let i = 1; i <= REQUESTS; i++) {
    const problem = await checkOnce(url)
    if (problem !== undefined) return `Request ${i} of ${REQUESTS}: ${problem}`
  }
  return undefined
}

async function checkOnce(url) {
  let response
  let text
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_DEADLINE_MS) })
    text = await response.text()
  } catch (error) {
    const reason = error.name === 'TimeoutError' ? `no answer within ${REQUEST_DEADLINE_MS / 1000} s` : describe(error)
    return `${url} could not be read: ${reason}.`
  }
  if (response.status !== 200) return `${url} answered ${response.status}; expected 200. It said: ${text.slice(0, 200)}`
  // Replace what follows with what your service promises.
  const { image, taskDefinition } = parse(text)
  if (!image) return `${url} did not answer with the JSON that this service promises. It said: ${text.slice(0, 200)}`
  console.log(`${url} answered 200 from ${taskDefinition}, image ${image}.`)
  return undefined
}

function parse(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

/** fetch hides what went wrong in the cause. */
function describe(error) {
  return error.cause?.message ?? error.message
}
