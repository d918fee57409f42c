import type { RevisionLocation } from '@aws-sdk/client-codedeploy'
import { sha256Of } from '../identity.ts'
import type { Revision } from '../model/deployment.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { Wire } from '../protocol/operation.ts'
import type { Assumptions } from '../scenario.ts'

/**
 * What CreateDeployment and RegisterApplicationRevision take. The text of an AppSpec is not looked at here: a broken
 * one is found when the deployment starts (observed).
 */
export function parseRevision(location: Wire<RevisionLocation> | undefined, assumptions: Assumptions): Revision {
  const { appSpecMaxBytes: maxBytes } = assumptions
  if (!location) throw new AwsError('RevisionRequiredException', 'RevisionLocation must be specified')
  if (location.revisionType === 'S3' && location.s3Location) return { type: 'S3', location: location.s3Location }
  if (location.revisionType !== 'AppSpecContent') {
    throw new AwsError('InvalidRevisionException', `Revision type ${location.revisionType} is not valid for ECS`)
  }
  const { content, sha256 } = location.appSpecContent ?? {}
  if (!content) throw new AwsError('InvalidRevisionException', 'AppSpec content must not be empty')
  if (Buffer.byteLength(content) > maxBytes) {
    throw new AwsError('InvalidRevisionException', `AppSpec content must not exceed ${maxBytes} bytes`)
  }
  const computed = sha256Of(content)
  if (sha256 && sha256 !== computed && assumptions.wrongSha256 === 'refused') {
    throw new AwsError('InvalidRevisionException', 'The sha256 does not match the AppSpec content')
  }
  return { type: 'AppSpecContent', content, sha256: computed }
}

/** As deployments and groups show it: the hash only, the text comes from GetApplicationRevision (observed). */
export function revisionView(revision: Revision): Wire<RevisionLocation> {
  return revision.type === 'S3'
    ? { revisionType: 'S3', s3Location: revision.location }
    : { revisionType: 'AppSpecContent', appSpecContent: { sha256: revision.sha256 } }
}
