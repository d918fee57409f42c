type Environment = Readonly<Record<string, string | undefined>>

/**
 * When the credentials end, in milliseconds since 1970; `not-told`: they end, and nobody says when; undefined: never, or
 * they are renewed.
 */
export type CredentialsEnd = number | 'not-told' | undefined

/** Keys that stand in the environment. */
export interface EnvironmentCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

/**
 * The keys of the environment, which a step before has put there; undefined when there is no pair of them. The SDK would
 * take `AWS_PROFILE` before them. Source of the names: AWS SDKs and Tools Reference Guide, "AWS access keys".
 */
export function environmentCredentials(environment: Environment): EnvironmentCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  if (!accessKeyId || !secretAccessKey) return undefined
  const sessionToken = environment['AWS_SESSION_TOKEN']
  const endMs = expirationMs(environment['AWS_CREDENTIAL_EXPIRATION'])
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(endMs !== undefined && { expiration: new Date(endMs) }),
  }
}

/**
 * A time as text, also in quotation marks: the output `aws-expiration` of aws-actions/configure-aws-credentials has them.
 * Observed, not documented.
 */
function expirationMs(text: string | undefined): number | undefined {
  const ms = Date.parse(text?.trim().replace(/^"(.*)"$/, '$1') ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
