import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

/** Node tells here of every HTTP request that it begins. Source: Node.js documentation, "Diagnostics Channel". */
const REQUEST_STARTS = 'http.client.request.start'

/** Resolves when the first HTTP request of this process has been sent and its answer is being waited for. */
export function firstRequestSent(): Promise<void> {
  return new Promise((resolve) => {
    const onStart = (message: unknown) => {
      unsubscribe(REQUEST_STARTS, onStart)
      const { request } = message as { request: ClientRequest }
      request.once('finish', () => resolve())
      request.once('close', () => resolve())
    }
    subscribe(REQUEST_STARTS, onStart)
  })
}
