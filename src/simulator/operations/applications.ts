import {
  GetApplication$,
  type GetApplicationInput,
  type GetApplicationOutput,
  ListApplications$,
  type ListApplicationsInput,
  type ListApplicationsOutput,
} from '@aws-sdk/client-codedeploy'
import { uuidOf } from '../identity.ts'
import { SEED_AGE_MS } from '../model/lane.ts'
import { type Operation, reads, wireTime } from '../protocol/operation.ts'
import { requireApplication } from './group-lookup.ts'
import { pageOf } from './page.ts'

const getApplication = reads<GetApplicationInput, GetApplicationOutput>(GetApplication$, (input, account) => {
  const { name, computePlatform } = requireApplication(account, input.applicationName)
  return {
    application: {
      applicationId: uuidOf('application', name),
      applicationName: name,
      createTime: wireTime(account.rules.startMs - SEED_AGE_MS),
      linkedToGitHub: false,
      computePlatform,
    },
  }
})

const listApplications = reads<ListApplicationsInput, ListApplicationsOutput>(ListApplications$, (input, account) => {
  const names = account.world.applications.map((application) => application.name)
  const { entries, nextToken } = pageOf(names, input.nextToken, account.assumptions.listPageSize)
  return { applications: entries, ...(nextToken && { nextToken }) }
})

export const applicationOperations: Operation[] = [getApplication, listApplications]
