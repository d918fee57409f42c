import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'
import type { Inputs } from './inputs.ts'

/** Source: IAM User Guide, "IAM identifiers", and API Reference, CreateRole: path and name. */
const ROLE_ARN = /^arn:aws[\w-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/

const ACCOUNT_ID = /^\d{12}$/

/** The role says which account it is of, so the two inputs can be compared without asking anybody. */
export function accountOf(fields: Fields): Pick<Inputs, 'roleToAssume' | 'expectedAccount' | 'credentialsAreClear'> {
  const role = fields.text('role-to-assume')
  const account = fields.text('expected-account-id')
  const before = fields.problems.length
  const accountOfRole = ROLE_ARN.exec(role ?? '')?.[1]
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
  return { roleToAssume: role, expectedAccount: account, credentialsAreClear: fields.problems.length === before }
}
