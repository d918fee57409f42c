import type { IncomingHttpHeaders } from 'node:http'

/**
 * Why a request is not answered, in one sentence: it comes from a page in a browser, or from whoever made a name of
 * theirs point here. AWS clients and command lines send no `Origin` and know the simulator by a loopback address.
 */
export function refusedOrigin({ origin, host }: IncomingHttpHeaders): string | undefined {
  if (origin !== undefined) return 'The simulator answers no pages in browsers: this request has an Origin header.'
  if (host === undefined || isLoopback(host)) return undefined
  return `The simulator answers at 127.0.0.1 and localhost only; this request is for '${host.slice(0, 100)}'.`
}

function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/i.test(host)
}
