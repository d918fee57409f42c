import { AwsError } from './aws-error.ts'
import type { ServiceName } from './operation.ts'
import type { Call, Message, Protocol, Request } from './protocol.ts'
import type { Misfit } from './shape.ts'

const SERVICES: Record<string, ServiceName> = {
  CodeDeploy_20141006: 'codedeploy',
  AmazonEC2ContainerServiceV20141113: 'ecs',
  Logs_20140328: 'logs',
}

const HEADERS = { 'content-type': 'application/x-amz-json-1.1' }

/** AWS JSON 1.1: the header `x-amz-target` names the operation, request and answer are JSON bodies. */
export const awsJson: Protocol = {
  read: ({ target, path, body }: Request): Call => {
    const title = target ?? path.slice(path.lastIndexOf('/') + 1)
    const dot = title.indexOf('.')
    const prefix = title.slice(0, Math.max(0, dot))
    const input = parse(body)
    return {
      service: SERVICES[prefix] ?? prefix,
      operation: title.slice(dot + 1),
      title,
      inputText: input === undefined ? undefined : body || '{}',
      input: () => input,
    }
  },
  answer: (_operation, _answer, json): Message => ({ headers: HEADERS, body: json }),
  error: (_call, error): Message => ({ headers: HEADERS, body: errorBody(error) }),
  expiredToken: (message) => new AwsError('ExpiredTokenException', message),
  wrongClock: (message) => new AwsError('InvalidSignatureException', message),
  unreadable: (misfit) => new AwsError('SerializationException', misfit ? serializationText(misfit) : ''),
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

/** The wording is that of ECS as seen in public reports: `STRING_VALUE cannot be converted to Integer`. */
function serializationText({ found, expected }: Misfit): string {
  const wanted = expected === 'number' ? 'Integer' : expected.charAt(0).toUpperCase() + expected.slice(1)
  return `${found.toUpperCase()}_VALUE cannot be converted to ${wanted}`
}

/** Both spellings are on the wire, so that a client has to understand both. */
function errorBody({ code, message, members }: Pick<AwsError, 'code' | 'message' | 'members'>): string {
  return code === 'AccessDeniedException'
    ? JSON.stringify({ __type: `com.amazon.coral.service#${code}`, Message: message })
    : JSON.stringify({ __type: code, message, ...members })
}
