import { logLine } from '../../src/text/untrusted.ts'
import type { HookLogLine } from '../simulator/hook-log.ts'

/** Most lines and longest text of all of them together, in characters; a hook can print megabytes. */
const MAX_LINES = 200
const MAX_LENGTH = 50_000

/** What hooks printed, for the end of a rehearsal: safe to print, as much as can be read, and how much was left out. */
export function hookLines(logs: readonly HookLogLine[]): string[] {
  if (logs.length === 0) return []
  const shown: string[] = []
  let length = 0
  for (const { functionName, text } of logs) {
    const line = logLine(`  | ${functionName}: ${text}`)
    length += line.length
    if (shown.length === MAX_LINES || length > MAX_LENGTH) break
    shown.push(line)
  }
  const left = logs.slice(shown.length)
  const characters = left.reduce((sum, { text }) => sum + text.length, 0)
  const rest = left.length === 0 ? [] : [`  (${left.length} more lines of ${characters} characters are left out.)`]
  return ['', 'What the hooks printed:', ...shown, ...rest]
}
