import { awsJson } from './aws-json.ts'
import { signedService } from './credential-scope.ts'
import type { Protocol, Request } from './protocol.ts'
import { query } from './query.ts'
import { isRestPath, restJson } from './rest-json.ts'

/** The protocol in which a request was made; undefined when no AWS client would send such a one. */
export function protocolOf(request: Request): Protocol | undefined {
  if (request.target !== undefined || request.smithyProtocol !== undefined) return awsJson
  if (isRestPath(request.path)) return restJson
  if (request.method === 'POST' && request.path === '/') return query
  return signedService(request.authorization) === undefined ? undefined : restJson
}
