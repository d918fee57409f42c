import { type Check, type Client, expectThat } from './client.ts'
import { clientEnvironment, type Ending, findPrograms, runProgram } from './program.ts'
import { withReleaseFiles } from './release-files.ts'
import { withSimulatorProgram, withWalkedSimulator } from './simulators.ts'
import { walkScenario } from './walk-world.ts'

/** The first of each version. Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
const FIRST_WITH_ENDPOINT_URL: Record<string, number> = { 1: 29, 2: 13 }

const IN_GROUP = ['--application-name', 'AppECS-demo-web', '--deployment-group-name', 'DgpECS-demo-web']

/** Every AWS CLI on the path, a version once. */
export async function awsCommandLines(): Promise<Client[]> {
  const found = new Map<string, Client>()
  for (const command of findPrograms('aws')) {
    const { output } = await runProgram(command, ['--version'], { env: process.env })
    const [version, major = '', minor] = /aws-cli\/(\d+)\.(\d+)\.\d+/.exec(output) ?? []
    if (version === undefined) continue
    const name = version.replace('aws-cli/', 'AWS CLI ')
    const tooOld = Number(minor) < (FIRST_WITH_ENDPOINT_URL[major] ?? 0)
    found.set(name, tooOld ? { name, skipped: 'It is too old to know AWS_ENDPOINT_URL.' } : clientOf(name, command))
  }
  return found.size > 0 ? [...found.values()] : [{ name: 'AWS CLI', skipped: "There is no 'aws' on the path." }]
}

function clientOf(name: string, command: string): Client {
  const withRelease = (scenario: string, check: (aws: Aws) => Promise<string>): Check['run'] => {
    return () =>
      withSimulatorProgram(scenario, (url) =>
        withReleaseFiles((folder) =>
          check((...args) => runProgram(command, args, { env: clientEnvironment(url), cwd: folder })),
        ),
      )
  }
  return {
    name,
    checks: [
      { what: 'ecs deploy, success', run: withRelease('success', deploys) },
      { what: 'ecs deploy, hook fails', run: withRelease('hook-fails', failsToDeploy) },
      { what: 'deploy wait, hook fails', run: withRelease('hook-fails', waitsInVain) },
      { what: 'lists, pages, descriptions', run: () => reads(command) },
    ],
  }
}

type Aws = (...args: string[]) => Promise<Ending>

const DEPLOY = 'ecs deploy --cluster demo --service web --task-definition td.json --codedeploy-appspec appspec.yaml'

async function deploys(aws: Aws): Promise<string> {
  const { code, output } = await aws(...DEPLOY.split(' '))
  expectThat(code === 0, `It ended with ${code}.`, output)
  return only(output, /Successfully deployed .*/)
}

async function failsToDeploy(aws: Aws): Promise<string> {
  const { code, output } = await aws(...DEPLOY.split(' '))
  expectThat(code === 255, `It ended with ${code} and not with 255.`, output)
  return only(output, /Waiter DeploymentSuccessful failed.*/)
}

async function waitsInVain(aws: Aws): Promise<string> {
  const revision = ['--revision', 'file://revision.json']
  const created = await aws('deploy', 'create-deployment', ...IN_GROUP, ...revision, '--output', 'json')
  expectThat(created.code === 0, `create-deployment ended with ${created.code}.`, created.output)
  const id: string = JSON.parse(created.stdout).deploymentId
  const { code, output } = await aws('deploy', 'wait', 'deployment-successful', '--deployment-id', id)
  expectThat(code === 255, `The waiter ended with ${code} and not with 255.`, output)
  return only(output, /Waiter DeploymentSuccessful failed.*/)
}

/** What the CLI's own paging makes of pages of one, and what its parser makes of descriptions. */
function reads(command: string): Promise<string> {
  return withWalkedSimulator(walkScenario, (url) =>
    withReleaseFiles(async (cwd) => {
      const aws = async (...args: string[]) => {
        const { code, output, stdout } = await runProgram(command, [...args, '--output', 'json'], {
          env: clientEnvironment(url),
          cwd,
        })
        expectThat(code === 0, `'aws ${args.join(' ')}' ended with ${code}.`, output)
        return JSON.parse(stdout)
      }
      const { applications } = await aws('deploy', 'list-applications')
      expectThat(applications.length === 2, `It listed ${applications.length} applications of 2.`)
      const first = await aws('deploy', 'list-applications', '--max-items', '1')
      const rest = await aws('deploy', 'list-applications', '--starting-token', first.NextToken)
      expectThat(first.applications.concat(rest.applications).join() === applications.join(), 'A page was lost.')
      const { taskArns } = await aws('ecs', 'list-tasks', '--cluster', 'demo', '--page-size', '1')
      const { tasks } = await aws('ecs', 'describe-tasks', '--cluster', 'demo', '--tasks', ...taskArns)
      expectThat(tasks.length === 6, `It described ${tasks.length} tasks of 6.`)
      const { services } = await aws('ecs', 'describe-services', '--cluster', 'demo', '--services', 'web', 'api')
      expectThat(services.length === 2, `It described ${services.length} services of 2.`)
      const definition = ['--task-definition', 'web', '--include', 'TAGS']
      const { taskDefinition, tags } = await aws('ecs', 'describe-task-definition', ...definition)
      expectThat(taskDefinition.revision === 1 && tags.length === 2, 'web:1 or its two tags are missing.')
      const { deploymentGroupInfo } = await aws('deploy', 'get-deployment-group', ...IN_GROUP)
      const ended = await deployByEcs(aws)
      return `${ended}, ${applications.length} applications, ${tasks.length} tasks, ${deploymentGroupInfo.deploymentGroupName}`
    }),
  )
}

/** ECS deploys a service itself: the CLI finds the deployment, continues its pause and stops it in its bake time. */
async function deployByEcs(aws: (...args: string[]) => Promise<AwsAnswer>): Promise<string> {
  const place = ['--cluster', 'demo', '--service', 'cart']
  const { service } = await aws('ecs', 'update-service', ...place, '--force-new-deployment')
  const number = service.deployments[0].id.split('/')[1]
  const arn: string = await until(async () => {
    const { serviceDeployments } = await aws('ecs', 'list-service-deployments', ...place)
    const found = serviceDeployments.find((one: AwsAnswer) => one.targetServiceRevisionArn.endsWith(`/${number}`))
    return found?.serviceDeploymentArn
  })
  const describe = async () => {
    const answer = await aws('ecs', 'describe-service-deployments', '--service-deployment-arns', arn)
    return answer.serviceDeployments[0]
  }
  const one = ['--service-deployment-arn', arn]
  const hookId: string = await until(async () => (await describe()).lifecycleHookDetails?.[0]?.hookId)
  await aws('ecs', 'continue-service-deployment', ...one, '--hook-id', hookId)
  await until(async () => (await describe()).lifecycleStage === 'BAKE_TIME')
  await aws('ecs', 'stop-service-deployment', ...one, '--stop-type', 'ROLLBACK')
  const { status } = await until(async () => {
    const shown = await describe()
    return shown.finishedAt === undefined ? undefined : shown
  })
  expectThat(status === 'ROLLBACK_SUCCESSFUL', `The deployment by ECS ended as ${status}.`)
  return status
}

/** Whatever JSON it wrote. */
// biome-ignore lint/suspicious/noExplicitAny: the CLI's answers have no types here
type AwsAnswer = any

const MAX_LOOKS = 60

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let i = 0; i < MAX_LOOKS; i++) {
    const found = await look()
    if (found) return found
  }
  throw new Error('Something that was to happen did not happen.')
}

/** The first match, which has to be there. */
function only(output: string, pattern: RegExp): string {
  const [match] = pattern.exec(output) ?? []
  expectThat(match !== undefined, `It wrote nothing like ${pattern.source}.`, output)
  return match ?? ''
}
