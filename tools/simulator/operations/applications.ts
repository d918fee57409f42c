import type {
  ApplicationInfo,
  BatchGetApplicationsInput,
  BatchGetApplicationsOutput,
  GetApplicationInput,
  GetApplicationOutput,
  ListApplicationsInput,
  ListApplicationsOutput,
} from '@aws-sdk/client-codedeploy'
import { uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import { SEED_AGE_MS } from '../model/lane.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import type { ApplicationSeed } from '../scenario.ts'
import { requireApplication } from './group-lookup.ts'
import { pageOf } from './page.ts'

/** Source: CodeDeploy API Reference, BatchGetApplications. */
const MAX_APPLICATIONS_IN_BATCH = 100

const getApplication = reads<GetApplicationInput, GetApplicationOutput>(
  codeDeploySchema('GetApplication'),
  (input, account) => ({
    application: view(account, requireApplication(account, input.applicationName)),
  }),
)

/** One application that does not exist fails the whole of it (assumed, from the exceptions that it lists). */
const batchGetApplications = reads<BatchGetApplicationsInput, BatchGetApplicationsOutput>(
  codeDeploySchema('BatchGetApplications'),
  (input, account) => {
    const names = input.applicationNames ?? []
    if (names.length === 0) requireApplication(account, undefined)
    if (names.length > MAX_APPLICATIONS_IN_BATCH) {
      throw new AwsError('BatchLimitExceededException', `The maximum number of names is ${MAX_APPLICATIONS_IN_BATCH}`)
    }
    return { applicationsInfo: names.map((name) => view(account, requireApplication(account, name))) }
  },
)

const listApplications = reads<ListApplicationsInput, ListApplicationsOutput>(
  codeDeploySchema('ListApplications'),
  (input, account) => {
    const names = account.world.applications.map((application) => application.name)
    const { entries, nextToken } = pageOf(names, input.nextToken, account.assumptions.listPageSize)
    return { applications: entries, ...(nextToken && { nextToken }) }
  },
)

export const applicationOperations: Operation[] = [getApplication, batchGetApplications, listApplications]

function view(account: Account, { name, computePlatform }: ApplicationSeed): Wire<ApplicationInfo> {
  return {
    applicationId: uuidOf(...account.rules.idSeed, 'application', name),
    applicationName: name,
    createTime: wireTime(account.rules.startMs - SEED_AGE_MS),
    linkedToGitHub: false,
    computePlatform,
  }
}
