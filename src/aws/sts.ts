import type { AssumeRoleWithWebIdentityRequest, STSClientConfig } from '@aws-sdk/client-sts'
import { parseArn } from './arn.ts'
import { type Attempts, attempt } from './attempts.ts'
import { malformed } from './malformed.ts'
import { bounded } from './raw-json.ts'

/** Who calls are made as. */
export interface Caller {
  /** 12 digits. */
  account: string
  arn: string
}

/** The two calls to STS that the action makes, one attempt each. */
export interface Sts {
  assumeRoleWithWebIdentity(request: AssumeRoleWithWebIdentityRequest, signal: AbortSignal): Promise<AssumedRole>
  getCallerIdentity(signal: AbortSignal): Promise<Caller>
  close(): void
}

/** What STS answered for a role; `callerArn` is empty when it did not say. */
export interface AssumedRole {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiration: Date | undefined
  callerArn: string
}

/** A client of STS, loaded when it is needed first: most of what a release waits for does not need it. */
export async function loadSts(config: STSClientConfig): Promise<Sts> {
  const { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts')
  const client = new STSClient({ ...config, maxAttempts: 1 })
  return {
    assumeRoleWithWebIdentity: async (request, abortSignal) => {
      const answer = await client.send(bounded(new AssumeRoleWithWebIdentityCommand(request)), { abortSignal })
      const { Credentials, AssumedRoleUser } = answer
      const {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
      } = Credentials ?? {}
      if (!isText(accessKeyId) || !isText(secretAccessKey) || !isText(sessionToken)) throw malformed('no credentials')
      const callerArn = AssumedRoleUser?.Arn ?? ''
      return { accessKeyId, secretAccessKey, sessionToken, expiration: Credentials?.Expiration, callerArn }
    },
    getCallerIdentity: async (abortSignal) => {
      const { Account, Arn } = await client.send(bounded(new GetCallerIdentityCommand({})), { abortSignal })
      if (!isText(Account) || !isText(Arn)) throw malformed('no account')
      return { account: Account, arn: Arn }
    },
    close: () => client.destroy(),
  }
}

/** Who we are; needs no permission. Source: API Reference, GetCallerIdentity. @throws CallError */
export async function readCaller(attempts: Attempts, sts: () => Promise<Sts>): Promise<Caller> {
  return await attempt(attempts, 'sts:GetCallerIdentity', async (signal) => (await sts()).getCallerIdentity(signal))
}

/** Who the bearer of an assumed role is. */
export function callerOf(arn: string): Caller {
  return { account: parseArn(arn)?.account ?? '', arn }
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
