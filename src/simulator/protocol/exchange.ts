import type { Faults } from '../faults.ts'
import { uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import { OPERATIONS } from '../operations/operations.ts'
import type { CallOutline } from '../recorded-call.ts'
import { AwsError } from './aws-error.ts'
import type { Operation } from './operation.ts'
import { inspect, type Misfit } from './shape.ts'

export interface Request {
  /** Header `x-amz-target`: service prefix, dot, operation. */
  target: string
  body: string
  /** Header `amz-sdk-request`. */
  attempt: string | undefined
  /** Header `smithy-protocol`; AWS JSON has none. */
  protocol: string | undefined
}

/** What goes back; undefined when the connection is to be cut instead. */
export type Reply = { httpStatus: number; body: string } | undefined

export interface Exchange {
  reply: Reply
  call: CallOutline
}

const SERVICES: Record<string, Operation['service']> = {
  CodeDeploy_20141006: 'codedeploy',
  AmazonEC2ContainerServiceV20141113: 'ecs',
}

const BY_NAME = new Map(OPERATIONS.map((operation) => [`${operation.service}.${operation.name}`, operation]))

export interface Surroundings {
  account: Account
  faults: Faults
  /** Gets a line for whatever nobody should overlook. */
  complain(line: string): void
}

/** One request and its answer, in AWS JSON 1.1. */
export function exchange(request: Request, { account, faults, complain }: Surroundings, atMs: number): Exchange {
  const [prefix = '', name = ''] = splitTarget(request.target)
  const service = SERVICES[prefix] ?? prefix
  const operation = BY_NAME.get(`${service}.${name}`)
  const input = parse(request.body)
  const call: CallOutline = {
    atMs,
    service,
    operation: name,
    inputText: input === undefined ? undefined : request.body || '{}',
    unknownMembers: [],
    attempt: request.attempt,
    writes: operation?.writes ?? /^(Create|Delete|Update|Put|Register|Deregister|Stop|Continue|Tag|Untag)/.test(name),
    httpStatus: 200,
    outputText: undefined,
    error: undefined,
  }
  const fault = faults.take(name, atMs)
  if (fault?.type === 'drop') return { reply: undefined, call: { ...call, httpStatus: 0 } }
  try {
    if (fault?.type === 'error') throw new AwsError(fault.code, fault.message, fault.httpStatus)
    refuseProtocol(request, name, complain)
    if (!operation) {
      complain(`Operation '${request.target}' is not simulated.`)
      throw new AwsError('UnknownOperationException', `The simulator has no operation '${request.target}'`)
    }
    call.unknownMembers = checkInput(operation, input)
    const answer = operation.answer(withoutNulls(input), account, atMs)
    call.outputText = answer === undefined ? '' : checkedText(operation, answer, complain)
  } catch (error) {
    const { code, message, httpStatus } = asAwsError(error, name, complain)
    call.error = { code, message }
    call.httpStatus = httpStatus
  }
  if (fault?.type === 'drop-after-accept') return { reply: undefined, call: { ...call, httpStatus: 0 } }
  const body = call.error ? errorBody(call.error.code, call.error.message) : (call.outputText ?? '')
  return { reply: { httpStatus: call.httpStatus, body }, call }
}

/** As `x-amzn-requestid`, the same in every run. */
export function requestId(index: number): string {
  return uuidOf('request', index)
}

/** Newer clients may speak CBOR; without this one would get an answer that it cannot read. */
function refuseProtocol({ protocol }: Request, name: string, complain: Surroundings['complain']): void {
  if (protocol === undefined || protocol.includes('json')) return
  complain(`${name || 'A request'} came as ${protocol}; the simulator speaks AWS JSON 1.1 only.`)
  throw new AwsError('UnsupportedMediaTypeException', `${protocol} is not simulated, AWS JSON 1.1 is`, 415)
}

function splitTarget(target: string): [string, string] {
  const dot = target.indexOf('.')
  return dot < 0 ? ['', target] : [target.slice(0, dot), target.slice(dot + 1)]
}

/** Undefined when it is no JSON. */
function parse(body: string): unknown {
  if (body === '') return {}
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** A member that is null is absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]))
}

/** The paths of members that AWS would ignore. Throws for what is no JSON and for a member of the wrong type. */
function checkInput(operation: Operation, input: unknown): string[] {
  if (input === undefined || input === null) throw new AwsError('SerializationException', '')
  const { misfits, unknownMembers } = inspect(operation.input, input)
  const misfit = misfits[0]
  if (misfit) throw new AwsError('SerializationException', serializationText(misfit))
  return unknownMembers
}

/** The wording is that of AWS's JSON services as seen in public reports. */
function serializationText({ found, expected }: Misfit): string {
  const wanted = expected.charAt(0).toUpperCase() + expected.slice(1)
  return `${found.toUpperCase()}_VALUE can not be converted to a ${wanted}`
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
  if (error instanceof AwsError) return error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  complain(`The simulator failed at ${operation}: ${text}`)
  return new AwsError('InternalFailure', `The simulator failed at ${operation}: ${text}`, 500)
}

/** Both spellings are on the wire, so that a client has to understand both. */
function errorBody(code: string, message: string): string {
  return code === 'AccessDeniedException'
    ? JSON.stringify({ __type: `com.amazon.coral.service#${code}`, Message: message })
    : JSON.stringify({ __type: code, message })
}
