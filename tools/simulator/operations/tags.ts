import type {
  ListTagsForResourceInput as ListCodeDeployTagsInput,
  ListTagsForResourceOutput as ListCodeDeployTagsOutput,
} from '@aws-sdk/client-codedeploy'
import type { ListTagsForResourceRequest, ListTagsForResourceResponse, Tag } from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import { isOfPlace } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads } from '../protocol/operation.ts'
import { codeDeploySchema, ecsSchema } from '../protocol/schema.ts'
import { findService, isOwn, requireCluster } from './cluster-lookup.ts'
import { requireApplication, requireGroup } from './group-lookup.ts'

/** Tags of services and task definitions are those of the world; clusters of the simulator have none. */
const listTagsForResource = reads<ListTagsForResourceRequest, ListTagsForResourceResponse>(
  ecsSchema('ListTagsForResource'),
  (input, account, atMs) => ({ tags: tagsOf(account, input.resourceArn ?? '', atMs) }),
)

/** Applications and deployment groups of the simulator have no tags. */
const listCodeDeployTags = reads<ListCodeDeployTagsInput, ListCodeDeployTagsOutput>(
  codeDeploySchema('ListTagsForResource'),
  (input, account) => {
    const arn = input.ResourceArn
    if (!arn) throw new AwsError('ResourceArnRequiredException', 'The ARN of a resource is required')
    const [, kind, names = ''] = /^arn:aws[\w-]*:codedeploy:[^:]+:\d{12}:([a-z]+):(.+)$/.exec(arn) ?? []
    if (kind === undefined || !isOfPlace(arn, account.world))
      throw new AwsError('InvalidArnException', `The specified ARN is not valid: ${arn}`)
    const [application = '', group] = names.split('/')
    if (kind === 'application') requireApplication(account, application)
    else if (kind === 'deploymentgroup') requireGroup(requireApplication(account, application), group)
    else throw new AwsError('ArnNotSupportedException', `The specified ARN is not supported: ${arn}`)
    return { Tags: [] }
  },
)

export const tagOperations: Operation[] = [listTagsForResource, listCodeDeployTags]

function tagsOf(account: Account, arn: string, atMs: number): Tag[] {
  const [, kind, name = ''] = /^arn:aws[\w-]*:ecs:[^:]+:\d{12}:([a-z-]+)\/(.+)$/.exec(arn) ?? []
  if (kind !== undefined && !isOwn(account, arn)) throw refused(`Invalid or malformed resource ARN: ${arn}`)
  switch (kind) {
    case 'cluster':
      requireCluster(account, name)
      return []
    case 'service': {
      const [cluster = '', service] = name.split('/')
      if (service === undefined) throw refused('Long arn format must be used for tagging operations')
      const found = findService(account, requireCluster(account, cluster), service, atMs)
      if (!found) throw refused('The specified service does not exist.')
      return found.service.seed.tags ?? []
    }
    case 'task-definition': {
      const found = account.taskDefinitions.find(arn, atMs)
      if (!found) throw refused('The specified task definition does not exist.')
      return found.tags
    }
    default:
      throw refused(`Invalid or malformed resource ARN: ${arn}`)
  }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
