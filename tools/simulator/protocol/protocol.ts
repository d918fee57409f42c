import type { AwsError } from './aws-error.ts'
import type { Operation, ServiceName } from './operation.ts'
import type { Misfit } from './shape.ts'

/** What any protocol looks at in an HTTP request. */
export interface Request {
  method: string
  /** With the query, e.g. `/2015-03-31/functions/web/configuration?Qualifier=live`. */
  path: string
  body: string
  /** Header `x-amz-target` of AWS JSON: service prefix, dot, operation. */
  target: string | undefined
  /** Header `smithy-protocol`; the protocols that are simulated have none. */
  smithyProtocol: string | undefined
  /** Header `authorization`. */
  authorization: string | undefined
  /** Header `x-amz-date`: when the request was signed. */
  signedAt: string | undefined
  /** Header `amz-sdk-request`. */
  attempt: string | undefined
}

/** What a request asks for. */
export interface Call {
  /** A simulated service, or whatever the request names instead. */
  service: ServiceName | (string & {})
  operation: string
  /** The operation as the request names it, for people. */
  title: string
  /** The request as text, to be recorded; undefined when nobody can read it. */
  inputText: string | undefined
  /** The members of the request, to be read with the operation's shape; undefined when nobody can read it. */
  input(operation: Operation): unknown
}

export interface Message {
  headers: Record<string, string>
  body: string
}

/** How calls, answers and errors are written in HTTP. What is done about a call is the same in all protocols. */
export interface Protocol {
  read(request: Request): Call
  /** `json` is the answer as AWS JSON text. */
  answer(operation: Operation, answer: unknown, json: string, requestId: string): Message
  error(call: Call, error: Pick<AwsError, 'code' | 'message' | 'httpStatus' | 'members'>, requestId: string): Message
  /** What a request is refused with when it cannot be read, or has a member of the wrong type. */
  unreadable(misfit: Misfit | undefined): AwsError
  /** What a request is refused with when it is signed by a session that is over. */
  expiredToken(message: string): AwsError
  /** What a request is refused with when it was signed at another time. */
  wrongClock(message: string): AwsError
}
