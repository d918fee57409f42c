import { format } from 'node:util'
import { plainText } from '../text/untrusted.ts'

/** Most lines of one piece that are printed. */
const MAX_LINES = 50

/** Foreign text of several lines, each behind a sign that it is not the action that speaks. */
export function quotedLines(text: string): string[] {
  const lines = plainText(text).split('\n')
  const left = lines.length - MAX_LINES
  return [...lines.slice(0, MAX_LINES), ...(left > 0 ? [`and ${left} more lines`] : [])].map((line) => `| ${line}`)
}

/**
 * What Node and libraries print on their own takes the path of all text from now on: the runner reads both streams, and
 * a warning can quote what others wrote.
 */
export function catchStrayOutput(line: (text: string) => void): void {
  const print = (text: string) => {
    for (const quoted of quotedLines(text)) line(quoted)
  }
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => print(`${name}: ${message}`))
  for (const name of ['debug', 'log', 'info', 'warn', 'error', 'trace'] as const) {
    console[name] = (...parts: unknown[]) => print(format(...parts))
  }
}
