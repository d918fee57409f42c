import { doesIdentityRequireRefresh, isIdentityExpired, memoizeIdentityProvider } from '@smithy/core'
import type { AwsCredentialIdentity } from '@smithy/types'
import type { Problem } from '../problem.ts'
import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList } from '../text/words.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/race.ts'
import { CallError } from './attempts.ts'
import type { SharedConfig } from './shared-config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the SDK is to find credentials with: a client's options. */
type Init = Parameters<typeof import('@aws-sdk/credential-provider-node').defaultProvider>[0] & object

/** A profile with one of these says where its credentials come from. Source: AWS SDKs and Tools Reference Guide. */
const CREDENTIAL_SETTINGS = [
  'aws_access_key_id',
  'aws_secret_access_key',
  'role_arn',
  'credential_source',
  'web_identity_token_file',
  'credential_process',
  'sso_session',
  'sso_start_url',
  'sso_account_id',
  'login_session',
]

/** Files that the environment names for those who look for credentials. */
const TOKEN_FILE = 'web identity token file'
const TOKEN_FILES: [string, string][] = [
  ['AWS_WEB_IDENTITY_TOKEN_FILE', TOKEN_FILE],
  ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', 'authorization token file'],
]

/** How long is waited for the search, in milliseconds: less than an attempt of the call that waits for it. It goes on. */
const DEADLINE_MS = 25_000

/** What Node says of files that cannot be read. */
const FILE_ERRORS = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'])

/** As many profiles are named in a sentence. */
const MAX_PROFILES = 20

/**
 * Looks for credentials as the SDK does. A profile that says where its credentials come from is the only place that is
 * looked at: the SDK would go on to those of the machine, which are somebody else's.
 * @returns what all clients find their credentials with; it throws CallError with a sentence about the cause
 */
export function credentialsFinder(environment: Environment, config: SharedConfig, clock: Clock) {
  const isOfProfile = CREDENTIAL_SETTINGS.some((name) => config.profile[name] !== undefined)
  const search = (init: Init): Find => {
    const find = isOfProfile ? inProfile(init, config) : anywhere(init)
    return async (properties) => {
      const found = await within(clock, DEADLINE_MS, async () => await find(properties)).catch((error: unknown) => {
        throw explained(error, environment, config, isOfProfile)
      })
      return found ?? throwTooSlow(config, isOfProfile)
    }
  }
  let shared: Find | undefined
  return (init: Init): Find => {
    shared ??= search(init)
    return shared
  }
}

/** Called with the client's options once more, as the SDK does it. */
type Find = (
  properties?: Parameters<ReturnType<typeof import('@aws-sdk/credential-provider-ini').fromIni>>[0],
) => Promise<AwsCredentialIdentity>

function inProfile(init: Init, { profileName: profile, files: [configFilepath, filepath] }: SharedConfig): Find {
  let memoized: Find | undefined
  return async (properties) => {
    const { fromIni } = await import('@aws-sdk/credential-provider-ini')
    const inFiles = fromIni({ ...init, profile, configFilepath, filepath })
    memoized ??= memoizeIdentityProvider(inFiles, isIdentityExpired, doesIdentityRequireRefresh) ?? inFiles
    return await memoized(properties)
  }
}

function anywhere(init: Init): Find {
  let found: Find | undefined
  return async (properties) => {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
    found ??= defaultProvider(init)
    return await found(properties)
  }
}

/** A profile that is named and is nowhere. The SDK would go on without it. */
export function profileProblems(environment: Environment, config: SharedConfig): Problem[] {
  const { profileName, profileNames, files, unread, problems } = config
  if (!environment['AWS_PROFILE'] || problems.length > 0 || profileNames.includes(profileName)) return []
  const quoted = (texts: readonly string[]) => texts.map((text) => `'${inSentence(text, 200)}'`)
  const shown = quoted(profileNames.slice(0, MAX_PROFILES))
  const more = profileNames.length - shown.length
  const others = andList(more > 0 ? [...shown, `${more} more`] : shown)
  const there = others === '' ? 'there is no profile at all' : `the profiles there are ${others}`
  const notes = unread.map((one) => `${one} `).join('')
  const sentence = `AWS_PROFILE names the profile '${inSentence(profileName, 100)}', which is neither in ${quoted(files).join(' nor in ')}; ${there}. ${notes}Check AWS_PROFILE and the step that writes these files, or set 'role-to-assume'.`
  return [{ reason: 'credentials', sentence }]
}

/** What was thrown while credentials were looked for, by its cause; errors of services stay as they are. */
function explained(error: unknown, environment: Environment, config: SharedConfig, isOfProfile: boolean): unknown {
  const { name, message: text, code: errno, path } = isJsonObject(error) ? error : {}
  const message = typeof text === 'string' ? text : ''
  if (typeof errno === 'string' && FILE_ERRORS.has(errno)) {
    return noCredentials(errno, error, unreadableToken(path, errno, environment, config))
  }
  if (name !== 'CredentialsProviderError') return error
  if (isOfProfile) return noCredentials('NoCredentials', error, emptyProfile(message, config))
  const hints = [...hintsOf(environment), ...config.unread]
  if (hints.length === 0) return error
  return noCredentials('NoCredentials', error, `There are no AWS credentials: ${hints.join(' ')} ${ADVICE}`)
}

const ADVICE = `Set 'role-to-assume', or run aws-actions/configure-aws-credentials before this step.`

function noCredentials(
  code: string,
  cause: unknown,
  sentence: string,
  kind: 'no-credentials' | 'network' = 'no-credentials',
): CallError {
  const error = { kind, code, message: sentence, notAccepted: true, sentence }
  return new CallError('The search for AWS credentials', error, cause)
}

/** The next attempt may find what this one has been waiting for. */
function throwTooSlow({ profileName }: SharedConfig, isOfProfile: boolean): never {
  const where = isOfProfile ? ` in profile '${inSentence(profileName, 100)}'` : ''
  const sentence = `There are no AWS credentials: none were found${where} within ${DEADLINE_MS / 1000} s. Check where they come from, or set 'role-to-assume'.`
  throw noCredentials('Timeout', undefined, sentence, 'network')
}

/** @param given undefined when the error does not say, as of a folder */
function unreadableToken(given: unknown, errno: string, environment: Environment, config: SharedConfig): string {
  const inProfile = config.profile['web_identity_token_file']
  const named = [
    ...(inProfile === undefined ? [] : [[`profile '${inSentence(config.profileName, 100)}'`, TOKEN_FILE, inProfile]]),
    ...TOKEN_FILES.flatMap(([variable, what]) =>
      environment[variable] ? [[variable, what, environment[variable]]] : [],
    ),
  ]
  const [source, what, path] = named.find(([, , one]) => given === undefined || one === given) ?? []
  const file = `the ${what ?? 'file'} '${inSentence(path ?? String(given ?? ''), 200)}'`
  const who = source === undefined ? '' : `, which ${source} names,`
  const why = errno === 'ENOENT' ? 'is not there' : `cannot be read (${errno})`
  return `There are no AWS credentials: ${file}${who} ${why}. Check the path and what writes the file, or set 'role-to-assume'.`
}

/** The command may hold secrets, so only what it says on standard error is shown. */
function emptyProfile(message: string, { profileName, profile }: SharedConfig): string {
  const failed = /^Command failed: [^\n]*\n?/
  const said = inSentence(message.replace(failed, ''), 300)
  const who = `profile '${inSentence(profileName, 100)}'`
  if (!failed.test(message))
    return `There are no AWS credentials: ${who} gives none (${said}). Check the profile, or set 'role-to-assume'.`
  const whose =
    profile['credential_process'] === undefined ? `of a profile that ${who} takes its credentials from` : `of ${who}`
  return `There are no AWS credentials: the credential_process ${whose} failed (${said === '' ? 'it wrote nothing to standard error' : said}). Run it by hand as the user of the runner, or set 'role-to-assume'.`
}

/** What of the environment looks like credentials and is not all there. */
function hintsOf(environment: Environment): string[] {
  const halves: [string, string][] = [
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'],
  ]
  return halves
    .filter(([there, missing]) => environment[there] && !environment[missing])
    .map(([there, missing]) => `${there} is set, but ${missing} is empty or not set.`)
}
