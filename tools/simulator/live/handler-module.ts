/** Lambda-style handler modules. Lambda provides `@aws-sdk/*`; here it is the handler's own, else this repository's. */

import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

export type Handler = (event: unknown, context: object, callback: (error: unknown, result?: unknown) => void) => unknown

const ownRequire = createRequire(import.meta.url)

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    try {
      return nextResolve(specifier, context)
    } catch (error) {
      if (!specifier.startsWith('@aws-sdk/') || context.parentURL === import.meta.url) throw error
      return { url: pathToFileURL(ownRequire.resolve(specifier)).href, shortCircuit: true }
    }
  },
})

/** A module that is fine in itself. */
export class HandlerNotFound extends Error {
  override readonly name = 'Error'
}

/** Loads a module for the rest of this process. @throws whatever the module throws, or that it has no handler */
export async function loadHandler(file: string): Promise<Handler> {
  const loaded = await import(pathToFileURL(file).href)
  const handler: unknown = loaded.handler ?? loaded.default?.handler
  if (typeof handler !== 'function') throw new HandlerNotFound(`${file} exports no function 'handler'.`)
  return handler as Handler
}
