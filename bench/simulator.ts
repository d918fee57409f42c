import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodeDeploy } from '@aws-sdk/client-codedeploy'
import { startChildServer } from './child-server.ts'
import { jobsPerSecond, KeptConnections } from './kept-connections.ts'
import { median } from './start-up.ts'

const MAIN = join(import.meta.dirname, '..', 'tools', 'simulator', 'main.ts')
const HOST = join(import.meta.dirname, 'simulator-host.ts')
const TELL_MEMORY = join(import.meta.dirname, 'tell-memory.js')
const BARE_LINE = ['-e', 'console.log(1)']

/** The answer that is measured, from a server that knows nothing else. */
const BARE_SERVER = `require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-length': body.length }).end(body))
}).listen(0, '127.0.0.1', function () { console.log('http://127.0.0.1:' + this.address().port) })
const body = 'x'.repeat(1200)`

const CODE_DEPLOY = 'CodeDeploy_20141006'
const ECS = 'AmazonEC2ContainerServiceV20141113'
const CONNECTIONS = 8

/** Several measurements of one thing. */
export interface Sample {
  worst: number
  p50: number
}

/** From the start of the process to the printed line, in ms. */
export interface SimulatorStart {
  /** When Node has not seen these sources before. */
  first: Sample
  later: Sample
  bareMs: number
}

export async function measureSimulatorStart(rounds: number): Promise<SimulatorStart> {
  const times: { first: number[]; later: number[]; bare: number[] } = { first: [], later: [], bare: [] }
  await startMs([MAIN])
  for (let round = 0; round < rounds; round++) {
    times.bare.push(await startMs(BARE_LINE))
    times.first.push(await startMs([MAIN], { NODE_DISABLE_COMPILE_CACHE: '1' }))
    times.later.push(await startMs([MAIN]))
  }
  return { first: lowestIsBest(times.first), later: lowestIsBest(times.later), bareMs: median(times.bare) }
}

async function startMs(args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const server = await startChildServer(args, env)
  await server.end()
  return server.startMs
}

/** Answers of GetDeploymentTarget a second from one process, and of a bare server of the same size of answer. */
export interface SimulatorRate {
  plain: Sample
  bare: Sample
  /** Asked by the SDK, whose own work is more than the simulator's. */
  sdk: Sample
}

export async function measureSimulatorRate(rounds: number): Promise<SimulatorRate> {
  const simulator = await startChildServer([HOST, '1', '20'])
  const bare = await startChildServer(['-e', BARE_SERVER])
  const plainClient = new KeptConnections(simulator.line, CONNECTIONS)
  const bareClient = new KeptConnections(bare.line, CONNECTIONS)
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const sdk = new CodeDeploy({ endpoint: simulator.line, region: 'us-east-1', credentials })
  const rates: { plain: number[]; bare: number[]; sdk: number[] } = { plain: [], bare: [], sdk: [] }
  try {
    const input = { deploymentId: await create(plainClient, 0), targetId: 'demo:web-0' }
    await started(plainClient, input)
    const ask = (client: KeptConnections) => () => client.send(`${CODE_DEPLOY}.GetDeploymentTarget`, input)
    await jobsPerSecond(2000, CONNECTIONS, ask(plainClient))
    for (let round = 0; round < rounds; round++) {
      rates.bare.push(await jobsPerSecond(5000, CONNECTIONS, ask(bareClient)))
      rates.plain.push(await jobsPerSecond(5000, CONNECTIONS, ask(plainClient)))
      rates.sdk.push(await jobsPerSecond(1000, CONNECTIONS, () => sdk.getDeploymentTarget(input)))
    }
  } finally {
    plainClient.close()
    bareClient.close()
    sdk.destroy()
    await Promise.all([simulator.end(), bare.end()])
  }
  return { plain: highestIsBest(rates.plain), bare: highestIsBest(rates.bare), sdk: highestIsBest(rates.sdk) }
}

/** Peak resident memory, in MB, of a simulator in which so many deployments run at once. */
export interface SimulatorMemory {
  megabytes: number
  requests: number
}

/** Each deployment is read from its start to its end as often as a release of the action reads it. */
export async function measureSimulatorMemory(deployments: number, looks: number): Promise<SimulatorMemory> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const file = join(folder, 'memory')
  try {
    const args = ['--import', TELL_MEMORY, HOST, String(deployments), '20']
    const simulator = await startChildServer(args, { BENCH_MEMORY_FILE: file })
    const client = new KeptConnections(simulator.line, CONNECTIONS)
    const ids: string[] = []
    await jobsPerSecond(deployments, CONNECTIONS, async (i) => {
      ids[i] = await create(client, i)
    })
    await started(client, { deploymentId: ids.at(-1) ?? '', targetId: `demo:web-${deployments - 1}` })
    for (let look = 0; look < looks; look++) {
      await jobsPerSecond(deployments, CONNECTIONS, async (i) => {
        const deploymentId = ids[i]
        await client.send(`${CODE_DEPLOY}.GetDeployment`, { deploymentId })
        await client.send(`${CODE_DEPLOY}.GetDeploymentTarget`, { deploymentId, targetId: `demo:web-${i}` })
        await client.send(`${ECS}.DescribeServices`, { cluster: 'demo', services: [`web-${i}`] })
      })
    }
    client.close()
    await simulator.end()
    return { megabytes: (Number(readFileSync(file, 'utf8')) * 1024) / 1e6, requests: deployments * looks * 3 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function create(client: KeptConnections, index: number): Promise<string> {
  const TaskDefinition = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'
  const Properties = { TaskDefinition, LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 } }
  const Resources = [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }]
  const answer = await client.send(`${CODE_DEPLOY}.CreateDeployment`, {
    applicationName: `AppECS-demo-web-${index}`,
    deploymentGroupName: `DgpECS-demo-web-${index}`,
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: { content: JSON.stringify({ version: '0.0', Resources }) },
    },
  })
  return JSON.parse(answer).deploymentId
}

/** Until its target can be read. */
async function started(client: KeptConnections, input: { deploymentId: string; targetId: string }): Promise<void> {
  for (;;) {
    const answer = await client.send(`${CODE_DEPLOY}.GetDeployment`, { deploymentId: input.deploymentId })
    if (JSON.parse(answer).deploymentInfo.status === 'InProgress') return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function lowestIsBest(values: readonly number[]): Sample {
  return { worst: Math.max(...values), p50: median(values) }
}

function highestIsBest(values: readonly number[]): Sample {
  return { worst: Math.min(...values), p50: median(values) }
}
