import { revisionName } from '../aws/arn.ts'
import type { Release } from '../release-state.ts'
import { previewLabel } from './previews.ts'

/** `web:2`; empty before the revision is known. */
export function releasedRevision({ taskDefinition }: Release): string {
  return taskDefinition === undefined ? '' : revisionName(taskDefinition.arn)
}

/** `web:1`: what served when the release began; empty when the service was not found, or it is gone by now. */
export function originalRevision({ service, deploymentId }: Release): string {
  const isGone = deploymentId !== undefined && service?.primary.deploymentId === deploymentId
  return service === undefined || isGone ? '' : revisionName(service.primary.taskDefinitionArn)
}

/** `demo/web`, as far as it is known; of a preview without a lane, whose it is. */
export function serviceLabel(release: Release): string {
  const { service, asked } = release
  if (service !== undefined) return `${service.clusterName}/${service.name}`
  return previewLabel(release) ?? `${asked.cluster}/${asked.service}`
}

/** Name of a Lambda function from its name or ARN, without alias or version. Source: Lambda API Reference, FunctionName. */
export function functionName(nameOrArn: string): string {
  return /(?:^|:function:)([\w-]{1,64})(?::[\w$-]+)?$/.exec(nameOrArn)?.[1] ?? nameOrArn
}
