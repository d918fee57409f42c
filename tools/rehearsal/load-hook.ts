/** The process in which a hook is loaded for a trial: sends its parent what is wrong with it, empty when nothing is. */

import { loadHandler } from '../simulator/live/handler-module.ts'

const wrong = await loadHandler(process.argv[2] ?? '').then(() => '', describeFailure)
process.send?.(wrong, () => process.exit())

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `it throws ${String(error)}`
  const where = error instanceof SyntaxError ? '; run the file with node to see where' : ''
  return `${error.name}: ${error.message.replace(/\.$/, '')}${where}`
}
