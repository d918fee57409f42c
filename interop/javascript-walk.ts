/** Uses the SDK's waiters and every paginator of CodeDeploy and ECS whose operation is served. Prints one line. */
import * as codeDeployModule from '@aws-sdk/client-codedeploy'
import * as ecsModule from '@aws-sdk/client-ecs'
import { OPERATIONS } from '../tools/simulator/operations/operations.ts'

const codeDeploy = new codeDeployModule.CodeDeploy()
const ecs = new ecsModule.ECS()

const WEB = { applicationName: 'AppECS-demo-web', deploymentGroupName: 'DgpECS-demo-web' }
const API = { applicationName: 'AppECS-demo-api', deploymentGroupName: 'DgpECS-demo-api' }

const APP_SPEC = JSON.stringify({
  version: '0.0',
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
          LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
        },
      },
    },
  ],
})

/** What each list is asked for, and how many entries it has at least. */
const LISTS: Record<string, { input: object; atLeast: number }> = {
  ListApplicationRevisions: { input: { applicationName: WEB.applicationName }, atLeast: 1 },
  ListApplications: { input: {}, atLeast: 2 },
  ListDeploymentConfigs: { input: {}, atLeast: 1 },
  ListDeploymentGroups: { input: { applicationName: WEB.applicationName }, atLeast: 1 },
  ListDeployments: { input: {}, atLeast: 3 },
  ListClusters: { input: {}, atLeast: 2 },
  ListServices: { input: { cluster: 'demo' }, atLeast: 3 },
  ListTaskDefinitionFamilies: { input: {}, atLeast: 1 },
  ListTaskDefinitions: { input: {}, atLeast: 1 },
  ListTasks: { input: { cluster: 'demo' }, atLeast: 4 },
}

const waited = await waitForEverything()
const paged = [
  ...(await pageThrough(codeDeployModule, codeDeploy, 'codedeploy', {})),
  ...(await pageThrough(ecsModule, ecs, 'ecs', { pageSize: 1 })),
]
process.stdout.write(`${waited} waiters; ${paged.join(', ')}\n`)

async function waitForEverything(): Promise<number> {
  const patience = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }
  const ofCodeDeploy = { client: codeDeploy, ...patience }
  const ofEcs = { client: ecs, ...patience }
  const [before] = await tasks('RUNNING')
  const { deploymentId } = await create(WEB)
  await codeDeployModule.waitUntilDeploymentSuccessful(ofCodeDeploy, { deploymentId })
  const stopped = await create(API)
  await codeDeploy.stopDeployment({ deploymentId: stopped.deploymentId, autoRollbackEnabled: false })
  await expectFailure(codeDeployModule.waitUntilDeploymentSuccessful(ofCodeDeploy, stopped))
  const again = await create(WEB)
  await codeDeployModule.waitUntilDeploymentSuccessful(ofCodeDeploy, again)
  await ecsModule.waitUntilServicesStable(ofEcs, { cluster: 'demo', services: ['native'] })
  await ecsModule.waitUntilServicesInactive(ofEcs, { cluster: 'demo', services: ['gone'] })
  await ecsModule.waitUntilTasksRunning(ofEcs, { cluster: 'demo', tasks: await tasks('RUNNING') })
  await ecsModule.waitUntilTasksStopped(ofEcs, { cluster: 'demo', tasks: before === undefined ? [] : [before] })
  return 6
}

async function create(group: typeof WEB): Promise<{ deploymentId: string | undefined }> {
  const { deploymentId } = await codeDeploy.createDeployment({
    ...group,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: APP_SPEC } },
  })
  return { deploymentId }
}

async function tasks(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<string[]> {
  const { taskArns = [] } = await ecs.listTasks({ cluster: 'demo', serviceName: 'web', desiredStatus })
  return taskArns
}

/** A waiter that gives up at once says so, with the last answer. */
async function expectFailure(wait: Promise<unknown>): Promise<void> {
  const message = await wait.then(
    () => 'success',
    (error: Error) => error.message,
  )
  if (!message.includes('"state":"FAILURE"')) throw new Error(`The waiter ended with: ${message}`)
}

async function pageThrough(module: object, client: object, service: string, config: object): Promise<string[]> {
  const seen: string[] = []
  for (const { name } of OPERATIONS.filter((operation) => operation.service === service)) {
    const paginate: unknown = Reflect.get(module, `paginate${name}`)
    if (typeof paginate !== 'function') continue
    const list = LISTS[name]
    if (list === undefined) throw new Error(`${name} is served and can be paged, and is not walked.`)
    let pages = 0
    let entries = 0
    for await (const page of paginate({ client, ...config }, list.input)) {
      pages++
      entries += Object.values(page).find(Array.isArray)?.length ?? 0
    }
    if (entries < list.atLeast) throw new Error(`${name} has ${entries} entries, fewer than ${list.atLeast}.`)
    if (pages < entries) throw new Error(`${name} came in ${pages} pages of one, with ${entries} entries.`)
    seen.push(`${name} ${pages}`)
  }
  return seen
}
