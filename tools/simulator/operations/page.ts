import { AwsError } from '../protocol/aws-error.ts'

export interface Page<Entry> {
  entries: Entry[]
  /** Undefined on the last page. */
  nextToken: string | undefined
}

/** One page of a list. The token is opaque to the caller; a foreign one is refused with `errorCode`. */
export function pageOf<Entry>(
  all: readonly Entry[],
  token: string | undefined,
  size: number,
  errorCode = 'InvalidNextTokenException',
): Page<Entry> {
  const first = token ? offsetIn(token, errorCode) : 0
  const isLast = first + size >= all.length
  return { entries: all.slice(first, first + size), nextToken: isLast ? undefined : tokenFor(first + size) }
}

/** How many entries an ECS list is to have on a page. Source: ECS API Reference, `maxResults`. */
export function pageSize(maxResults: number | undefined, fallback: number): number {
  if (maxResults === undefined) return fallback
  if (maxResults < 1 || maxResults > MAX_RESULTS) {
    throw new AwsError('InvalidParameterException', `maxResults must be from 1 to ${MAX_RESULTS}.`)
  }
  return maxResults
}

/** Source: the same. */
export const MAX_RESULTS = 100

function tokenFor(offset: number): string {
  return Buffer.from(`page from ${offset}`).toString('base64')
}

function offsetIn(token: string, errorCode: string): number {
  const offset = /^page from (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1]
  if (offset === undefined) throw new AwsError(errorCode, 'Invalid token')
  return Number(offset)
}
