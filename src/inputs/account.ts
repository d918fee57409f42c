import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'
import type { Inputs } from './inputs.ts'
import { ROLE_ARN } from './role-arn.ts'

const ACCOUNT_ID = /^\d{12}$/

/** Source: IAM API Reference, CreateOpenIDConnectProvider: what a provider lists has up to 255 characters. */
const AUDIENCE = /^[\x21-\x7e]{1,255}$/

/** Whom the job's token is for. Source: GitHub documentation, "Configuring OpenID Connect in Amazon Web Services". */
const USUAL_AUDIENCE = 'sts.amazonaws.com'

/** Where it is another one. Source: README of aws-actions/configure-aws-credentials, "Audience", and its issue 457. */
const AUDIENCES: ReadonlyMap<string | undefined, string> = new Map([['aws-cn', 'sts.amazonaws.com.cn']])

type Account = 'roleToAssume' | 'audience' | 'expectedAccount' | 'credentialsAreClear'

/** The role says which account it is of, so the two inputs can be compared without asking anybody. */
export function accountOf(fields: Fields, notes: string[]): Pick<Inputs, Account> {
  const role = fields.text('role-to-assume')
  const account = fields.text('expected-account-id')
  const before = fields.problems.length
  const [, partition, accountOfRole] = ROLE_ARN.exec(role ?? '') ?? []
  if (role !== undefined && accountOfRole === undefined) {
    const shape = 'arn:aws:iam::ACCOUNT:role/NAME'
    fields.wrong('role-to-assume', `must be the ARN of an IAM role, '${shape}'; got '${inSentence(role, 200)}'.`)
  }
  if (account !== undefined && !ACCOUNT_ID.test(account)) {
    fields.wrong('expected-account-id', `must be the 12 digits of an AWS account; got '${inSentence(account, 100)}'.`)
  } else if (account !== undefined && accountOfRole !== undefined && account !== accountOfRole) {
    const sentence = `Input 'expected-account-id' is ${account}, but the role of 'role-to-assume' is of account ${accountOfRole}.`
    fields.problems.push({ reason: 'wrong-account', sentence })
  }
  const audience = audienceOf(fields, partition)
  if (role === undefined && fields.text('audience') !== undefined) {
    notes.push(`Input 'audience' is that of the token for 'role-to-assume', which is not given, so it is not used.`)
  }
  return {
    roleToAssume: role,
    audience,
    expectedAccount: account,
    credentialsAreClear: fields.problems.length === before,
  }
}

function audienceOf(fields: Fields, partition: string | undefined): string {
  const expected = `an audience that the account's OIDC provider lists, such as '${USUAL_AUDIENCE}'`
  return fields.matching('audience', AUDIENCE, expected) ?? AUDIENCES.get(partition) ?? USUAL_AUDIENCE
}
