import { AwsError } from './aws-error.ts'
import { signedService } from './credential-scope.ts'
import { readForm } from './form.ts'
import type { ServiceName } from './operation.ts'
import type { Call, Message, Protocol, Request } from './protocol.ts'
import { escapeXml, membersAsXml } from './xml.ts'

const VERSIONS: Record<string, { service: ServiceName; namespace: string }> = {
  '2011-06-15': { service: 'sts', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  '2015-12-01': { service: 'elbv2', namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/' },
}

const HEADERS = { 'content-type': 'text/xml' }

/** AWS query: the request is a form with `Action` and `Version`, the answer is XML. */
export const query: Protocol = {
  read: ({ body, authorization }: Request): Call => {
    const { Action: operation = '', Version: version = '', ...fields } = Object.fromEntries(new URLSearchParams(body))
    return {
      service: VERSIONS[version]?.service ?? signedService(authorization) ?? '',
      operation,
      title: operation,
      inputText: JSON.stringify(fields),
      input: ({ input }) => readForm(input, fields),
    }
  },
  answer: ({ service, name, output }, answer, _json, requestId): Message => {
    const result = `<${name}Result>${membersAsXml(output, answer)}</${name}Result>`
    const metadata = `<ResponseMetadata>${requestIdElement(requestId)}</ResponseMetadata>`
    return { headers: HEADERS, body: `<${name}Response${xmlns(service)}>${result}${metadata}</${name}Response>` }
  },
  error: ({ service }, { code, message, httpStatus }, requestId): Message => {
    const type = httpStatus < 500 ? 'Sender' : 'Receiver'
    const error = `<Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`
    const body = `<ErrorResponse${xmlns(service)}><Error>${error}</Error>${requestIdElement(requestId)}</ErrorResponse>`
    return { headers: HEADERS, body }
  },
  expiredToken: (message) => new AwsError('ExpiredToken', message, 403),
  wrongClock: (message) => new AwsError('SignatureDoesNotMatch', message, 403),
  unreadable: (misfit) => {
    const where = misfit ? `: ${misfit.path} is no ${misfit.expected}` : ''
    return new AwsError('MalformedInput', `The form cannot be read${where}`)
  },
}

function xmlns(service: string): string {
  const known = Object.values(VERSIONS).find((version) => version.service === service)
  return known ? ` xmlns="${known.namespace}"` : ''
}

function requestIdElement(requestId: string): string {
  return `<RequestId>${requestId}</RequestId>`
}
