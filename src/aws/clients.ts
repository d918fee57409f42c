import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import { ECSClient } from '@aws-sdk/client-ecs'

export interface Clients {
  ecs: ECSClient
  codeDeploy: CodeDeployClient
  /** Closes the connections, so that the process can end. */
  close(): void
}

/**
 * The clients of a run, for the entries only. One attempt each, because retrying is ours; proxies by the environment's
 * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, which the SDK ignores by itself.
 */
export function buildClients(region: string, environment: NodeJS.ProcessEnv): Clients {
  const httpAgent = new HttpAgent({ keepAlive: true, proxyEnv: environment })
  const httpsAgent = new HttpsAgent({ keepAlive: true, proxyEnv: environment })
  const options = { region, maxAttempts: 1, requestHandler: { httpAgent, httpsAgent } }
  const ecs = new ECSClient(options)
  const codeDeploy = new CodeDeployClient(options)
  const close = () => {
    ecs.destroy()
    codeDeploy.destroy()
  }
  return { ecs, codeDeploy, close }
}
