import type { GithubRun } from '../workflow-run/github-run.ts'

/**
 * Hosts of the AWS console by partition; elsewhere no link is given. Source: AWS General Reference, partitions, and that
 * of the AWS European Sovereign Cloud, endpoints.
 */
const CONSOLE_HOSTS: ReadonlyMap<string, string> = new Map([
  ['aws', 'console.aws.amazon.com'],
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['aws-eusc', 'console.amazonaws-eusc.eu'],
])

/** The deployment in the console; undefined in an unknown partition. The form is the one the official action prints. */
export function deploymentUrl(partition: string, region: string, deploymentId: string): string | undefined {
  const host = CONSOLE_HOSTS.get(partition)
  if (host === undefined) return undefined
  return `https://${host}/codesuite/codedeploy/deployments/${encodeURIComponent(deploymentId)}?region=${encodeURIComponent(region)}`
}

/** All deployments of a region in the console; undefined in an unknown partition. The form is what the console shows. */
export function deploymentsUrl(partition: string, region: string): string | undefined {
  const host = CONSOLE_HOSTS.get(partition)
  if (host === undefined) return undefined
  return `https://${host}/codesuite/codedeploy/deployments?region=${encodeURIComponent(region)}`
}

/** The service in the console; undefined in an unknown partition. The form is the one the official action prints. */
export function serviceUrl(partition: string, region: string, cluster: string, service: string): string | undefined {
  const host = CONSOLE_HOSTS.get(partition)
  if (host === undefined) return undefined
  const path = `clusters/${encodeURIComponent(cluster)}/services/${encodeURIComponent(service)}/deployments`
  return `https://${encodeURIComponent(region)}.${host}/ecs/v2/${path}?region=${encodeURIComponent(region)}`
}

/** A log group in the console; undefined in an unknown partition. The form is what the console shows. */
export function logGroupUrl(partition: string, region: string, logGroup: string): string | undefined {
  const host = CONSOLE_HOSTS.get(partition)
  if (host === undefined) return undefined
  const group = encodeURIComponent(encodeURIComponent(logGroup)).replaceAll('%', '$')
  return `https://${encodeURIComponent(region)}.${host}/cloudwatch/home?region=${encodeURIComponent(region)}#logsV2:log-groups/log-group/${group}`
}

/** A CloudWatch alarm in the console; undefined in an unknown partition. The form is what the console shows. */
export function alarmUrl(partition: string, region: string, alarm: string): string | undefined {
  const host = CONSOLE_HOSTS.get(partition)
  if (host === undefined) return undefined
  return `https://${encodeURIComponent(region)}.${host}/cloudwatch/home?region=${encodeURIComponent(region)}#alarmsV2:alarm/${encodeURIComponent(alarm)}`
}

/** The workflow run on GitHub; undefined outside of one. */
export function runUrl({ serverUrl, repository, runId }: GithubRun): string | undefined {
  return repository === '' || runId === '' ? undefined : `${serverUrl}/${repository}/actions/runs/${runId}`
}
