import type { Account } from '../model/account.ts'
import type { RealWorld } from '../real-world.ts'
import { type Shape, shapeOf } from './shape.ts'

/** An SDK type as it is on the wire: times are numbers of seconds, with decimals for milliseconds. */
export type Wire<T> = T extends Date
  ? number
  : T extends (infer Element)[]
    ? Wire<Element>[]
    : T extends object
      ? { [Member in keyof T]: Wire<T[Member]> }
      : T

/** What an answer may depend on beside the account and the clock. */
export interface Asking {
  /** Who signed the request; undefined when nobody did. */
  accessKeyId: string | undefined
  real: RealWorld
}

/** Simulated services, by the namespace of their schemas in the SDK. */
const SERVICES = {
  'com.amazonaws.codedeploy': 'codedeploy',
  'com.amazonaws.ecs': 'ecs',
  'com.amazonaws.cloudwatchlogs': 'logs',
  'com.amazonaws.sts': 'sts',
  'com.amazonaws.elasticloadbalancingv2': 'elbv2',
  'com.amazonaws.lambda': 'lambda',
} as const

export type ServiceName = (typeof SERVICES)[keyof typeof SERVICES]

/** One operation of the simulated services: what it is called, what it takes and gives, and what it does. */
export interface Operation {
  service: ServiceName
  name: string
  /** It changes something in AWS. */
  writes: boolean
  /** Members of a request that its schema does not have are kept, and answers may have them too. */
  keepsUnknownMembers: boolean
  input: Shape
  output: Shape
  /** Throws `AwsError`. `atMs` is the moment of the request. */
  answer(input: unknown, account: Account, atMs: number, asking: Asking): unknown
}

/** An operation that the SDK exports, e.g. `GetDeployment$`: `[9, namespace, name, traits, input, output]`. */
export type OperationSchema = readonly [number, string, string, unknown, unknown, unknown]

type Answer<Input, Output> = (input: Wire<Input>, account: Account, atMs: number, asking: Asking) => Wire<Output>

export function reads<Input, Output>(schema: OperationSchema, answer: Answer<Input, Output>): Operation {
  return operationOf(schema, answer, { writes: false })
}

export function writes<Input, Output>(schema: OperationSchema, answer: Answer<Input, Output>): Operation {
  return operationOf(schema, answer, { writes: true })
}

/** As `reads` and `writes`, for what a newer SDK may send and a newer ECS would know. */
export function keepsUnknownMembers(operation: Operation): Operation {
  return Object.defineProperty(operation, 'keepsUnknownMembers', { value: true })
}

function operationOf<Input, Output>(
  schema: OperationSchema,
  answer: Answer<Input, Output>,
  { writes }: Pick<Operation, 'writes'>,
): Operation {
  const [, namespace, name, , input, output] = schema
  return {
    service: SERVICES[namespace as keyof typeof SERVICES],
    name,
    writes,
    keepsUnknownMembers: false,
    get input() {
      return shapeOf(input)
    },
    get output() {
      return shapeOf(output)
    },
    answer: answer as Operation['answer'],
  }
}

/** Milliseconds since 1970 as AWS JSON writes them. */
export function wireTime(atMs: number): number
export function wireTime(atMs: number | undefined): number | undefined
export function wireTime(atMs: number | undefined): number | undefined {
  return atMs === undefined ? undefined : atMs / 1000
}
