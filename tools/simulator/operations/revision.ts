import type { RevisionLocation, S3Location } from '@aws-sdk/client-codedeploy'
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
  if (location.revisionType === 'S3') return { type: 'S3', location: checkedObject(location.s3Location) }
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

export function checkDescription(description: string | undefined, { descriptionMaxLength }: Assumptions): void {
  if ((description ?? '').length <= descriptionMaxLength) return
  const message = `Description is too long, the maximum is ${descriptionMaxLength} characters`
  throw new AwsError('DescriptionTooLongException', message)
}

/** A bare AppSpec, or an archive with one in it. Source: CodeDeploy API Reference, S3Location. */
const BUNDLE_TYPES = ['JSON', 'YAML', 'tar', 'tgz', 'zip']

function checkedObject(location: Wire<S3Location> | undefined): Wire<S3Location> {
  const { bucket, key, bundleType } = location ?? {}
  if (!location || !bucket || !key)
    throw new AwsError('InvalidRevisionException', 'S3 location needs a bucket and a key')
  if (bundleType === undefined || !BUNDLE_TYPES.includes(bundleType)) {
    throw new AwsError('InvalidRevisionException', `BundleType must be one of ${BUNDLE_TYPES.join(', ')}`)
  }
  return location
}

/** As deployments and groups show it: the hash only, the text comes from GetApplicationRevision (observed). */
export function revisionView(revision: Revision): Wire<RevisionLocation> {
  return revision.type === 'S3'
    ? { revisionType: 'S3', s3Location: revision.location }
    : { revisionType: 'AppSpecContent', appSpecContent: { sha256: revision.sha256 } }
}
