import { AwsError } from './aws-error.ts'
import { signedService } from './credential-scope.ts'
import type { Call, Message, Protocol, Request } from './protocol.ts'
import type { Shape } from './shape.ts'

/** Operations of Lambda by method and path; what is in braces is a member of the request. */
const ROUTES: { operation: string; method: string; path: string }[] = [
  { operation: 'ListFunctions', method: 'GET', path: '/2015-03-31/functions' },
  { operation: 'GetFunctionConfiguration', method: 'GET', path: '/2015-03-31/functions/{FunctionName}/configuration' },
]

/** What `rest-json` paths begin with: the version of Lambda's API. */
const VERSIONED = /^\/\d{4}-\d\d-\d\d\//

const CONTENT_TYPE = 'application/json'

/** REST JSON: method and path name the operation, path and query have its members, the answer is a JSON body. */
export const restJson: Protocol = {
  read: ({ method, path, authorization }: Request): Call => {
    const [pathname = '', search = ''] = path.split('?')
    const found = ROUTES.map((route) => ({ route, members: membersIn(pathname, route.path) })).find(
      ({ route, members }) => members && route.method === method,
    )
    const title = `${method} ${pathname}`
    const query = [...new URLSearchParams(search)].map(([name, value]) => [name, typed(name, value)])
    const input = { ...found?.members, ...Object.fromEntries(query) }
    return {
      service: VERSIONED.test(pathname) ? 'lambda' : (signedService(authorization) ?? ''),
      operation: found?.route.operation ?? title,
      title,
      inputText: JSON.stringify(input),
      input: (operation) => withNumbers(operation.input, input),
    }
  },
  answer: (_operation, _answer, json): Message => ({ headers: { 'content-type': CONTENT_TYPE }, body: json }),
  error: (_call, { code, message, httpStatus }): Message => ({
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: httpStatus < 500 ? 'User' : 'Service', Message: message }),
  }),
  expiredToken: (message) => new AwsError('ExpiredTokenException', message, 403),
  wrongClock: (message) => new AwsError('InvalidSignatureException', message, 403),
  unreadable: () => new AwsError('SerializationException', ''),
}

/** A query has texts only; these members of requests are numbers. */
const NUMBERS = new Set(['MaxItems'])

function typed(name: string, value: string): string | number {
  return NUMBERS.has(name) && /^\d+$/.test(value) ? Number(value) : value
}

export function isRestPath(path: string): boolean {
  return VERSIONED.test(path)
}

/** A path and a query are text; what the schema has for a number and looks like one is a number. */
function withNumbers(shape: Shape, input: Record<string, string>): Record<string, string | number> {
  const isNumber = (name: string, text: string) =>
    shape.kind === 'structure' && shape.members.get(name)?.kind === 'number' && /^-?\d+$/.test(text)
  return Object.fromEntries(
    Object.entries(input).map(([name, text]) => [name, isNumber(name, text) ? Number(text) : text]),
  )
}

/** Undefined when the path is not of this kind. */
function membersIn(path: string, template: string): Record<string, string> | undefined {
  const names = template.match(/(?<=\{)\w+(?=\})/g) ?? []
  const values = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path)
  if (!values) return undefined
  return Object.fromEntries(names.map((name, i) => [name, decode(values[i + 1] ?? '')]))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
