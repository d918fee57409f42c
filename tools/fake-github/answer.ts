/** A request as the routes see it. */
export interface Call {
  parameters: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  body: Readonly<Record<string, unknown>>
}

/** What is sent back. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

const DOCUMENTATION = 'https://docs.github.com/rest'

/** How many things a page has unless asked otherwise. Source: GitHub REST API, "Pagination". */
const PAGE = 30

/** A list in pages, with the link to the next. */
export function paged(all: readonly unknown[], query: Call['query'], address: string): Answer {
  const size = Number(query['per_page'] ?? PAGE)
  const page = Number(query['page'] ?? 1)
  const body = all.slice((page - 1) * size, page * size)
  if (page * size >= all.length) return { status: 200, body }
  const next = new URL(address)
  for (const [name, value] of Object.entries({ ...query, per_page: String(size), page: String(page + 1) })) {
    next.searchParams.set(name, value)
  }
  return { status: 200, body, headers: { link: `<${next}>; rel="next"` } }
}

export function message(status: number, text: string, headers: Record<string, string> = {}): Answer {
  return { status, body: { message: text, documentation_url: DOCUMENTATION, status: String(status) }, headers }
}

export function notFound(): Answer {
  return message(404, 'Not Found')
}

export function invalid(problems: readonly string[]): Answer {
  const errors = problems.map((problem) => ({ code: 'custom', message: problem }))
  const text = `Validation Failed: ${problems.join('; ')}.`
  return { status: 422, body: { message: text, errors, documentation_url: DOCUMENTATION } }
}
