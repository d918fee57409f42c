import { expect, test } from '@jest/globals'
import { alarmUrl, deploymentUrl, logGroupUrl, serviceUrl } from '../../src/aws/console-links.ts'

const linksIn = (partition: string, region: string) => [
  deploymentUrl(partition, region, 'd-A1B2C3D4E'),
  serviceUrl(partition, region, 'prod', 'web'),
  logGroupUrl(partition, region, '/aws/lambda/CodeDeployHook_validate'),
  alarmUrl(partition, region, 'web 5xx'),
]

test('links lead to the console of the partition', () => {
  expect(linksIn('aws', 'eu-central-1')).toEqual([
    'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-A1B2C3D4E?region=eu-central-1',
    'https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/prod/services/web/deployments?region=eu-central-1',
    'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252FCodeDeployHook_validate',
    'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/web%205xx',
  ])
})

test.each([
  ['aws-cn', 'cn-north-1', 'console.amazonaws.cn'],
  ['aws-us-gov', 'us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['aws-eusc', 'eusc-de-east-1', 'console.amazonaws-eusc.eu'],
])('links in %s lead to its own host', (partition, region, host) => {
  for (const link of linksIn(partition, region))
    expect(new URL(link ?? '').hostname).toMatch(new RegExp(`(^|\\.)${host}$`))
})

test.each(['aws-iso', '', 'AWS'])('there are no links in the partition %j', (partition) => {
  expect(linksIn(partition, 'region')).toEqual([undefined, undefined, undefined, undefined])
})

test.each(['constructor', '__proto__'])('there are no links in the partition %s', (partition) => {
  expect(linksIn(partition, 'region')).toEqual([undefined, undefined, undefined, undefined])
})

test('names cannot leave their place in a link', () => {
  const hostile = '../x?y=z#a&b/(c) "d"'
  for (const link of [
    deploymentUrl('aws', 'eu-central-1', hostile),
    serviceUrl('aws', 'eu-central-1', hostile, hostile),
    logGroupUrl('aws', 'eu-central-1', hostile),
    alarmUrl('aws', 'eu-central-1', hostile),
  ]) {
    const { hostname, search } = new URL(link ?? '')
    expect(hostname).toMatch(/(^|\.)console\.aws\.amazon\.com$/)
    expect(search).toBe('?region=eu-central-1')
    expect(link).not.toMatch(/[\s"<>]/)
  }
})
