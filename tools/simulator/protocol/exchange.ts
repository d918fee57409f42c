import type { Faults } from '../faults.ts'
import { type IdSeed, uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { RealWorld } from '../real-world.ts'
import type { CallOutline } from '../recorded-call.ts'
import { AwsError, NotSimulated } from './aws-error.ts'
import { accessKeyId } from './credential-scope.ts'
import { dateHeaderOf, delayOf, EXPIRED_TOKEN, otherTimeText, refusalBy, spoiltBy } from './fault-effect.ts'
import type { Operation } from './operation.ts'
import type { Message, Protocol, Request } from './protocol.ts'
import { inspect } from './shape.ts'

/** What goes back; undefined when the connection is to be cut instead. */
export type Reply = (Message & { httpStatus: number }) | undefined

export interface Exchange {
  reply: Reply
  call: CallOutline
  /** Seconds of the simulator's clock until the answer is sent. */
  delaySeconds?: number
}

/** Names of operations that change something, for those that are not simulated; in REST JSON they begin with the method. */
const WRITES =
  /^(Create|Delete|Update|Put|Register|Deregister|Run|Start|Stop|Continue|Tag|Untag|(POST|PUT|PATCH|DELETE) )/

export interface Surroundings {
  account: Account
  /** What is simulated, by `Service.Operation`. */
  operations: ReadonlyMap<string, Operation>
  faults: Faults
  real(): RealWorld
  /** The clock stands still until it is told to move. */
  standsStill?: boolean
  /** Gets a line for whatever nobody should overlook. */
  complain(line: string): void
}

/** One request and its answer, in the protocol in which it was made. */
export function exchange(
  protocol: Protocol,
  request: Request,
  { account, operations, faults, real, standsStill = false, complain }: Surroundings,
  atMs: number,
  requestId: string,
): Exchange {
  const asked = protocol.read(request)
  const signedBy = accessKeyId(request.authorization)
  const operation = operations.get(`${asked.service}.${asked.operation}`)
  const call: CallOutline = {
    atMs,
    service: asked.service,
    operation: operation?.name ?? asked.operation,
    inputText: asked.inputText,
    unknownMembers: [],
    attempt: request.attempt,
    writes: operation?.writes ?? WRITES.test(asked.operation),
    httpStatus: 200,
    outputText: undefined,
    error: undefined,
  }
  const fault = faults.take(asked.operation, atMs)
  if (fault?.type === 'drop') return { reply: undefined, call: { ...call, httpStatus: 0 } }
  let message: Message
  try {
    const refusal = fault && refusalBy(fault, asked, protocol, account.world)
    if (refusal) throw refusal
    const otherTime = otherTimeText(fault, request.signedAt, atMs)
    if (otherTime !== undefined) throw protocol.wrongClock(otherTime)
    refuseProtocol(request, asked.operation, complain)
    if (account.sessions.isExpired(signedBy, atMs)) throw protocol.expiredToken(EXPIRED_TOKEN)
    if (!operation) {
      complain(`Operation '${asked.title}' is not simulated.`)
      throw new AwsError('UnknownOperationException', `The simulator has no operation '${asked.title}'`)
    }
    const input = asked.input(operation)
    call.unknownMembers = checkInput(protocol, operation, input)
    const lagMs = lagOf(operation, account)
    const seen = lagMs === 0 ? account : account.behind(lagMs, atMs)
    const asking = { accessKeyId: signedBy, real: real() }
    const answer = operation.answer(withoutNulls(input), seen, atMs - lagMs, asking)
    call.outputText = answer === undefined ? '' : checkedText(operation, answer, complain)
    message = protocol.answer(operation, answer, call.outputText, requestId)
  } catch (error) {
    const failure = asAwsError(error, asked.operation, complain)
    call.error = { code: failure.code, message: failure.message }
    call.httpStatus = failure.httpStatus
    message = protocol.error(asked, failure, requestId)
  }
  if (fault?.type === 'drop-after-accept') return { reply: undefined, call: { ...call, httpStatus: 0 } }
  const headers = { ...message.headers, ...dateHeaderOf(fault, atMs, standsStill) }
  const reply = { headers, body: spoiltBy(fault, message.body), httpStatus: call.httpStatus }
  return { reply, call, delaySeconds: delayOf(fault) }
}

/** How far answers to it are behind, in milliseconds; what writes is not. */
function lagOf({ name, writes }: Operation, { rules }: Account): number {
  if (writes) return 0
  const late = rules.scenario.behind?.find(({ operation }) => operation === name || operation === '*')
  return late === undefined ? 0 : Math.round(late.seconds * 1000)
}

/** As `x-amzn-requestid`, the same in every run with this seed. */
export function requestId(seed: IdSeed, index: number): string {
  return uuidOf(...seed, 'request', index)
}

/** Newer clients may speak CBOR; without this one would get an answer that it cannot read. */
function refuseProtocol({ smithyProtocol: protocol }: Request, name: string, complain: Surroundings['complain']): void {
  if (protocol === undefined || protocol.includes('json')) return
  complain(`${name || 'A request'} came as ${protocol}; the simulator speaks AWS JSON 1.1 only.`)
  throw new AwsError('UnsupportedMediaTypeException', `${protocol} is not simulated, AWS JSON 1.1 is`, 415)
}

/** A member that is null is absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]))
}

/** The paths of members that AWS would ignore. Throws for what cannot be read and for a member of the wrong type. */
function checkInput(protocol: Protocol, operation: Operation, input: unknown): string[] {
  if (input === undefined || input === null) throw protocol.unreadable(undefined)
  const { misfits, unknownMembers } = inspect(operation.input, input)
  if (misfits[0]) throw protocol.unreadable(misfits[0])
  return unknownMembers
}

/** The answer as text, once it is certain that the SDK's own schema has every member of it. */
function checkedText(operation: Operation, answer: unknown, complain: Surroundings['complain']): string {
  const { misfits, unknownMembers } = inspect(operation.output, answer)
  const problems = [
    ...misfits.map(({ path, found, expected }) => `${path} is a ${found} and not a ${expected}`),
    ...(operation.keepsUnknownMembers ? [] : unknownMembers.map((path) => `${path} is not a member`)),
  ]
  if (problems.length > 0) {
    const text = `The simulator's answer to ${operation.name} does not fit its schema: ${problems.join('; ')}`
    complain(text)
    throw new AwsError('InternalFailure', text, 500)
  }
  return JSON.stringify(answer)
}

function asAwsError(error: unknown, operation: string, complain: Surroundings['complain']): AwsError {
  if (error instanceof NotSimulated) complain(`${operation}: ${error.message}.`)
  if (error instanceof AwsError) return error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  complain(`The simulator failed at ${operation}: ${text}`)
  return new AwsError('InternalFailure', `The simulator failed at ${operation}: ${text}`, 500)
}
