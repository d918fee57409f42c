/**
 * How modules are found where tests run in bare Node, without jest's own loader: `@jest/globals` refuses to be loaded
 * anywhere else, and GitHub's language service is written for bundlers and imports JSON without saying so.
 */
import { registerHooks } from 'node:module'

const GLOBALS = new URL('globals.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true }
    const found = next(specifier, context)
    const isBareJson = found.url.endsWith('.json') && context.conditions.includes('import')
    return isBareJson ? { ...found, importAttributes: { ...found.importAttributes, type: 'json' } } : found
  },
})
