import { type Answer, message, notFound } from './answer.ts'

/** Something that goes wrong with requests. */
export interface GithubFault {
  /** Only these requests, e.g. `POST /repos/example/shop/deployments`; absent: all. */
  only?: RegExp
  /** How many requests meet it; absent: all. */
  times?: number
  kind: /** A token that may only read, as of a pull request from a fork. */
    | 'read-only'
    | 'bad-token'
    | 'not-found'
    | 'server-error'
    /** The secondary limit, which says how long to wait. */
    | 'limited'
    /** The limit of an hour, which says when it is over. */
    | 'used-up'
    /** The connection ends before an answer. */
    | 'reset'
    /** It is done, and the answer is lost. */
    | 'lost'
    | 'silent'
    /** An answer that is not of GitHub, as of a proxy. */
    | 'malformed'
    /** The answer is somewhere else. */
    | 'elsewhere'
  /** For `limited` and `used-up`. */
  seconds?: number
  /** For `elsewhere`. */
  location?: string
}

/** Tokens that may only read are refused what writes, and nothing else. */
const WRITE = /^(POST|PATCH|PUT|DELETE) /

/** The fault that a request meets, counted; undefined when none. */
export function faultOf(line: string, faults: readonly GithubFault[]): GithubFault | undefined {
  const fault = faults.find(
    ({ only, times, kind }) =>
      times !== 0 && (only?.test(line) ?? true) && (kind !== 'read-only' || WRITE.test(line) || only !== undefined),
  )
  if (fault?.times !== undefined) fault.times -= 1
  return fault
}

/**
 * What is answered instead; 'none' when nothing is, at once or ever; undefined when the request is carried out.
 * Source: GitHub documentation, "Rate limits for the REST API" and "Troubleshooting the REST API".
 */
export function faultyAnswer(fault: GithubFault, nowMs: number): Answer | 'none' | undefined {
  const seconds = fault.seconds ?? 60
  switch (fault.kind) {
    case 'read-only':
      return message(403, 'Resource not accessible by integration')
    case 'bad-token':
      return message(401, 'Bad credentials')
    case 'not-found':
      return notFound()
    case 'server-error':
      return message(502, 'Server Error')
    case 'limited':
      return message(403, 'You have exceeded a secondary rate limit.', { 'retry-after': String(seconds) })
    case 'used-up':
      return message(403, 'API rate limit exceeded for installation ID 1.', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(nowMs / 1000) + seconds),
      })
    case 'malformed':
      return { status: 200, body: 'Sign in to the network' }
    case 'elsewhere':
      return { status: 307, headers: { location: fault.location ?? '' } }
    case 'reset':
    case 'silent':
      return 'none'
    case 'lost':
      return undefined
  }
}
