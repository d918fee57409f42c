import type {
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts'
import { iamIdOf, secretOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Session } from '../model/sessions.ts'
import { assumedRoleArn, partitionOf } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, wireTime } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { RoleSeed } from '../scenario.ts'
import { between, lengthAtLeast, matches, requireConstraints } from './constraints.ts'

/** Source: AWS STS API Reference, AssumeRoleWithWebIdentity. */
const DURATION = { default: 3600, least: 900, most: 43_200 }

/** What a role allows unless it says otherwise. Source: IAM User Guide, "Update the maximum session duration". */
const ROLE_DURATION = 3600

const getCallerIdentity = reads<GetCallerIdentityRequest, GetCallerIdentityResponse>(
  schemaOf('sts', 'sts', 'GetCallerIdentity'),
  (_input, { world, sessions }, _atMs, { accessKeyId }) => {
    const { role, name } = sessions.callerOf(accessKeyId)
    return { UserId: assumedRoleId({ role, name }), Account: world.account, Arn: assumedRoleArn(world, role, name) }
  },
)

/** Any token is good that is not empty and, when it says whom it is for, is for this account (on purpose). */
const assumeRoleWithWebIdentity = reads<AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse>(
  schemaOf('sts', 'sts', 'AssumeRoleWithWebIdentity'),
  (input, account, atMs) => {
    const { RoleArn: roleArn, RoleSessionName: name, WebIdentityToken: token, DurationSeconds: asked } = input
    requireConstraints('ValidationError', [
      lengthAtLeast('roleArn', roleArn, 20),
      matches('roleSessionName', name, /[\w+=,.@-]{2,64}/),
      lengthAtLeast('webIdentityToken', token, 4),
      ...between('durationSeconds', asked, DURATION.least, DURATION.most),
    ])
    const role = requireRole(account, roleArn ?? '')
    requireAudience(account, token ?? '')
    const seconds = asked ?? DURATION.default
    if (seconds > (role.maxSessionSeconds ?? ROLE_DURATION)) {
      const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
      throw new AwsError('ValidationError', message)
    }
    const lasts = Math.min(seconds, role.sessionSeconds ?? seconds)
    const expiresMs = Math.floor(atMs / 1000 + lasts) * 1000
    const session = account.sessions.open({ role: role.name, name: name ?? '', expiresMs })
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: secretOf(40, session.accessKeyId),
        SessionToken: secretOf(356, session.accessKeyId, 'token'),
        Expiration: wireTime(expiresMs),
      },
      AssumedRoleUser: {
        AssumedRoleId: assumedRoleId(session),
        Arn: assumedRoleArn(account.world, session.role, session.name),
      },
    }
  },
)

export const securityTokenOperations: Operation[] = [getCallerIdentity, assumeRoleWithWebIdentity]

/**
 * AWS does not say whether there is no such role or the token is not good for it; that it says so of a role of another
 * partition too is assumed.
 */
function requireRole(account: Account, arn: string): RoleSeed {
  const [, partition, number, name] = /^arn:(aws[\w-]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  if (name === undefined) throw new AwsError('ValidationError', `${arn} is invalid`)
  const { roles } = account.world
  const anyRole: RoleSeed = { name, maxSessionSeconds: DURATION.most }
  const role = roles ? roles.find((known) => known.name === name) : anyRole
  if (!role || number !== account.world.account || partition !== partitionOf(account.world)) {
    throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
  }
  return role
}

/** What OIDC providers usually list (observed in public reports). */
function audiencesOf({ world }: Account): string[] {
  return world.audiences ?? [partitionOf(world) === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com']
}

/** The code is documented, the text observed in public reports. */
function requireAudience(account: Account, token: string): void {
  const audiences = [claimsOf(token)?.['aud'] ?? []].flat()
  if (audiences.length === 0 || audiences.some((audience) => audiencesOf(account).includes(String(audience)))) return
  throw new AwsError('InvalidIdentityToken', 'Incorrect token audience')
}

/** Undefined when a token is none that can be read. */
function claimsOf(token: string): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function assumedRoleId({ role, name }: Pick<Session, 'role' | 'name'>): string {
  return `${iamIdOf('AROA', 21, 'role', role)}:${name}`
}
