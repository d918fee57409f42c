import type {
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import { compatibilitiesOf, completeDefinition, requiresAttributesOf } from '../model/definition-defaults.ts'
import { isActive, type TaskDefinitionRevision } from '../model/task-definitions.ts'
import { assumedRoleArn, taskDefinitionArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { keepsUnknownMembers, type Operation, reads, type Wire, wireTime, writes } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { isOwn } from './cluster-lookup.ts'
import { MAX_RESULTS, pageOf, pageSize } from './page.ts'
import { checkTaskDefinition } from './task-definition-checks.ts'

/** What describe answers and register does not take (documented); sent to register, they are ignored. */
const DESCRIBE_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'deleteRequestedAt',
  'registeredBy',
]

const registerTaskDefinition = writes<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse>(
  ecsSchema('RegisterTaskDefinition'),
  (input, account, atMs, { accessKeyId }) => {
    const { tags, ...members } = input
    const definition = Object.fromEntries(Object.entries(members).filter(([name]) => !DESCRIBE_ONLY.includes(name)))
    checkTaskDefinition(definition)
    if (tags?.length === 0) throw new AwsError('ClientException', 'Tags can not be empty.')
    const family = String(definition['family'])
    const revision = account.taskDefinitions.nextRevision(family)
    const { role, name } = account.sessions.callerOf(accessKeyId)
    const registered: TaskDefinitionRevision = {
      arn: taskDefinitionArn(account.world, family, revision),
      family,
      revision,
      definition: completeDefinition(definition),
      tags: (tags ?? []).map(({ key = '', value = '' }) => ({ key, value })),
      registeredMs: atMs,
      registeredBy: assumedRoleArn(account.world, role, name),
      deregisteredMs: undefined,
    }
    account.taskDefinitions.add(registered)
    return { taskDefinition: view(registered, atMs), tags: registered.tags }
  },
)

/** Tags only when they are asked for, beside the definition (documented). */
const describeTaskDefinition = reads<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse>(
  ecsSchema('DescribeTaskDefinition'),
  (input, account, atMs) => {
    const revision = requireRevision(account, input.taskDefinition, atMs)
    return {
      taskDefinition: view(revision, atMs),
      ...(input.include?.includes('TAGS') && { tags: revision.tags }),
    }
  },
)

const deregisterTaskDefinition = writes<DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse>(
  ecsSchema('DeregisterTaskDefinition'),
  (input, account, atMs) => {
    if (input.taskDefinition && !/:\d+$/.test(input.taskDefinition)) {
      throw new AwsError('InvalidParameterException', 'The revision of the task definition must be specified.')
    }
    const revision = requireRevision(account, input.taskDefinition, atMs)
    account.taskDefinitions.deregister(revision.arn, atMs)
    return { taskDefinition: view(revision, atMs) }
  },
)

const listTaskDefinitions = reads<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse>(
  ecsSchema('ListTaskDefinitions'),
  (input, account, atMs) => {
    const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input
    const arns = account.taskDefinitions
      .families()
      .filter((family) => familyPrefix === undefined || family === familyPrefix)
      .flatMap((family) => account.taskDefinitions.revisions(family))
      .filter((revision) => (isActive(revision, atMs) ? 'ACTIVE' : 'INACTIVE') === status)
      .map((revision) => revision.arn)
    const ordered = sort === 'DESC' ? arns.reverse() : arns
    const size = pageSize(input.maxResults, MAX_RESULTS)
    const { entries, nextToken } = pageOf(ordered, input.nextToken, size, 'InvalidParameterException')
    return { taskDefinitionArns: entries, ...(nextToken && { nextToken }) }
  },
)

export const taskDefinitionOperations: Operation[] = [
  keepsUnknownMembers(registerTaskDefinition),
  keepsUnknownMembers(describeTaskDefinition),
  keepsUnknownMembers(deregisterTaskDefinition),
  listTaskDefinitions,
]

function requireRevision(account: Account, reference: string | undefined, atMs: number): TaskDefinitionRevision {
  const revision = reference && isOwn(account, reference) ? account.taskDefinitions.find(reference, atMs) : undefined
  if (!revision) throw new AwsError('ClientException', 'Unable to describe task definition.')
  return revision
}

function view(revision: TaskDefinitionRevision, atMs: number): Wire<TaskDefinition> {
  const active = isActive(revision, atMs)
  return {
    taskDefinitionArn: revision.arn,
    ...revision.definition,
    revision: revision.revision,
    status: active ? 'ACTIVE' : 'INACTIVE',
    requiresAttributes: requiresAttributesOf(revision.definition),
    compatibilities: compatibilitiesOf(revision.definition) as Wire<TaskDefinition>['compatibilities'],
    registeredAt: wireTime(revision.registeredMs),
    ...(!active && { deregisteredAt: wireTime(revision.deregisteredMs) }),
    registeredBy: revision.registeredBy,
  }
}
