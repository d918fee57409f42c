import { partition } from '@aws-sdk/core/client'
import { expect, test } from '@jest/globals'
import { parseWorldFile } from '../../../tools/simulator/world-file/world-file.ts'
import { APPLICATION, GROUP } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'
import { withWholeAccount } from './support/whole-account.ts'

const REGIONS = ['cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'eusc-de-east-1', 'us-isob-east-1']

const TOKEN = { RoleSessionName: 'run-1', WebIdentityToken: 'header.payload.signature' }

test.each(REGIONS)('every ARN and address of the demo account is of the partition of %s', (region) =>
  withWholeAccount(
    parseWorldFile(`region: ${region}`, 'world.yaml'),
    async ({ simulator, ecs, codeDeploy, ...others }) => {
      const { name, dnsSuffix } = partition(region)
      await ecs.describeServices({ cluster: 'demo', services: ['web', 'gone'] })
      await ecs.describeTaskDefinition({
        taskDefinition: `arn:${name}:ecs:${region}:123456789012:task-definition/web:1`,
      })
      const { taskArns } = await ecs.listTasks({ cluster: 'demo' })
      await ecs.describeTasks({ cluster: 'demo', tasks: taskArns })
      await codeDeploy.getDeploymentGroup({ applicationName: APPLICATION, deploymentGroupName: GROUP })
      const RoleArn = `arn:${name}:iam::123456789012:role/deployer`
      await others.sts.assumeRoleWithWebIdentity({ ...TOKEN, RoleArn })
      await others.sts.getCallerIdentity({})
      await others.lambda.getFunctionConfiguration({ FunctionName: 'CodeDeployHook_validate' })
      const { LoadBalancers: [balancer] = [] } = await others.elb.describeLoadBalancers({})
      expect(balancer?.DNSName).toMatch(
        new RegExp(`^web-\\d+\\.${region}\\.elb\\.${dnsSuffix.replaceAll('.', '\\.')}$`),
      )
      simulator.addFault({ operation: 'DescribeServices', count: 1, kind: { type: 'denied' } })
      await ecs.describeServices({ cluster: 'demo', services: ['web'] }).catch(() => {})
      const arns =
        JSON.stringify(simulator.calls.map(({ output, error }) => [output, error])).match(/\barn:[^\s"<]+/g) ?? []
      expect(arns.length).toBeGreaterThan(20)
      expect(arns.filter((arn) => !arn.startsWith(`arn:${name}:`))).toEqual([])
    },
  ),
)

test('a role of another partition cannot be assumed', () =>
  withWholeAccount(parseWorldFile('region: cn-north-1', 'world.yaml'), async ({ sts }) => {
    const RoleArn = 'arn:aws:iam::123456789012:role/deployer'
    await expect(sts.assumeRoleWithWebIdentity({ ...TOKEN, RoleArn })).rejects.toMatchObject({ name: 'AccessDenied' })
  }))

test('CodeDeploy takes no task definition and calls no function by an ARN of another partition', () =>
  withWholeAccount(parseWorldFile('region: cn-north-1', 'world.yaml'), async ({ codeDeploy, to }) => {
    const create = async (content: string) => {
      const revision = { revisionType: 'AppSpecContent' as const, appSpecContent: { content } }
      const names = { applicationName: APPLICATION, deploymentGroupName: GROUP }
      return (await codeDeploy.createDeployment({ ...names, revision })).deploymentId ?? ''
    }
    const failureOf = async (deploymentId: string) =>
      (await codeDeploy.getDeployment({ deploymentId })).deploymentInfo?.errorInformation?.message
    const first = await create(appSpec('arn:aws:ecs:cn-north-1:123456789012:task-definition/web:1', {}))
    to(60)
    expect(await failureOf(first)).toContain('TaskDefinition not found.')
    const hook = 'arn:aws:lambda:cn-north-1:123456789012:function:CodeDeployHook_validate'
    const second = await create(appSpec('web:1', { BeforeInstall: hook }))
    to(120)
    expect(await failureOf(second)).toMatch(/arn:aws-cn:iam::123456789012:role\//)
  }))
