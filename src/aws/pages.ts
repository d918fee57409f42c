import { CallError } from './attempts.ts'
import { NotSentError, readServiceError } from './service-error.ts'

/** One page of a list. */
export interface Page<Item> {
  items: readonly Item[] | undefined
  nextToken: string | undefined
}

/** Pages that are read at most, however little is on each. */
const MAX_PAGES = 200

/**
 * Everything on all pages: ends at the page without a token; an empty token and one that comes again end too.
 * @param isEnough whether what has been read so far is all that is wanted; absent: everything is
 * @throws CallError when there is still another page after so many entries or pages
 */
export async function allPages<Item>(
  operation: string,
  maxItems: number,
  read: (nextToken: { nextToken?: string }) => Promise<Page<Item>>,
  isEnough: (items: readonly Item[]) => boolean = () => false,
): Promise<Item[]> {
  const items: Item[] = []
  let token: { nextToken?: string } = {}
  for (let pages = 1; ; pages++) {
    const page = await read(token)
    for (const item of page.items ?? []) items.push(item)
    const { nextToken = '' } = page
    const isLast = nextToken === '' || nextToken === token.nextToken
    if (isEnough(items)) return items
    if (items.length > maxItems || (!isLast && pages >= MAX_PAGES)) throw noEnd(operation, items.length, pages)
    if (isLast) return items
    token = { nextToken }
  }
}

function noEnd(operation: string, items: number, pages: number): CallError {
  const error = new NotSentError(
    `The list of ${operation} has no end that can be meant (pages: ${pages}, entries: ${items}); no further page was asked for.`,
  )
  return new CallError(operation, readServiceError(error), error)
}
