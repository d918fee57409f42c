import type {
  GetApplicationRevisionInput,
  GetApplicationRevisionOutput,
  RegisterApplicationRevisionInput,
} from '@aws-sdk/client-codedeploy'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime, writes } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import { requireApplication } from './group-lookup.ts'
import { checkDescription, parseRevision, revisionView } from './revision.ts'

const registerApplicationRevision = writes<RegisterApplicationRevisionInput, undefined>(
  codeDeploySchema('RegisterApplicationRevision'),
  (input, account, atMs) => {
    const application = requireApplication(account, input.applicationName)
    checkDescription(input.description, account.assumptions)
    const revision = parseRevision(input.revision, account.assumptions)
    account.revisions.register(application.name, revision, input.description, atMs)
    return undefined
  },
)

/** The only way to read an AppSpec back: by its hash (observed). */
const getApplicationRevision = reads<GetApplicationRevisionInput, GetApplicationRevisionOutput>(
  codeDeploySchema('GetApplicationRevision'),
  (input, account) => {
    const application = requireApplication(account, input.applicationName)
    if (!input.revision) throw new AwsError('RevisionRequiredException', 'RevisionLocation must be specified')
    const known = account.revisions.find(application.name, keyOf(input.revision))
    if (!known) throw new AwsError('RevisionDoesNotExistException', 'The revision does not exist')
    const { revision } = known
    return {
      applicationName: application.name,
      revision:
        revision.type === 'AppSpecContent'
          ? { revisionType: 'AppSpecContent', appSpecContent: { content: revision.content, sha256: revision.sha256 } }
          : revisionView(revision),
      revisionInfo: {
        ...(known.description !== undefined && { description: known.description }),
        deploymentGroups: known.groups,
        registerTime: wireTime(known.registeredMs),
        ...(known.firstUsedMs !== undefined && { firstUsedTime: wireTime(known.firstUsedMs) }),
        ...(known.lastUsedMs !== undefined && { lastUsedTime: wireTime(known.lastUsedMs) }),
      },
    }
  },
)

export const applicationRevisionOperations: Operation[] = [registerApplicationRevision, getApplicationRevision]

function keyOf(location: NonNullable<Wire<GetApplicationRevisionInput>['revision']>): string {
  const { s3Location, appSpecContent } = location
  if (location.revisionType === 'S3' && s3Location) return `${s3Location.bucket}/${s3Location.key}`
  if (location.revisionType === 'AppSpecContent' && appSpecContent?.sha256) return appSpecContent.sha256
  throw new AwsError('InvalidRevisionException', 'The revision names no S3 object and no sha256')
}
