import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'

/** An input of lines `NAME=value`. */
type AssignmentInput = 'environment-variables' | 'secrets' | 'docker-labels' | 'log-configuration-options' | 'tags'

/** How the lines of an input look. */
export interface AssignmentForm {
  input: AssignmentInput
  /** In a sentence, e.g. `NAME=value`. */
  line: string
  /** What a name is the name of, e.g. `variable`. */
  noun: string
  /** What cannot be a name; by default what has white space, quotes or `#` in it. */
  name?: RegExp
}

/** What cannot be a name is a line of another kind: a comment, a command, a piece of a value of several lines. */
const NAME = /^[^\s\p{Cc}"'#=]+$/u

/** Only the first `=` splits; nothing after it is trimmed; an empty value stays. Values are not shown. */
export function parseAssignments(fields: Fields, { input, line: form, noun, name: pattern }: AssignmentForm) {
  const assigned = new Map<string, string>()
  const lines = fields.verbatim(input).split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const split = line.indexOf('=')
    const name = line.slice(0, Math.max(split, 0)).trim()
    if (endsBase64(line, lines[index - 1] ?? '')) {
      const rest = `line ${index + 1} goes on with the value of the line before (not shown); a value has one line.`
      fields.wrong(input, `must have lines '${form}'; ${rest}`)
    } else if (!(pattern ?? NAME).test(name)) {
      fields.wrong(input, `must have lines '${form}'; line ${index + 1} ${whatIsWrong(name, split, noun)} (not shown).`)
    } else if (assigned.has(name)) {
      fields.wrong(input, `sets '${inSentence(name, 100)}' more than once.`)
    } else {
      assigned.set(name, line.slice(split + 1))
    }
  }
  return assigned
}

/** Tools wrap base64 after so many characters. Source: RFC 2045, RFC 7468, and the defaults of Ruby's and macOS's. */
const WRAPPED_BASE64 = /(?:^|=)[A-Za-z0-9+/]*$/
const WRAP_COLUMNS = new Set([60, 64, 76])

/** The padded end of base64 looks like a variable; what it ends is the line before, which is exactly full. */
function endsBase64(line: string, before: string): boolean {
  const full = WRAPPED_BASE64.exec(before)?.[0].replace(/^=/, '') ?? ''
  const isWrapped = WRAP_COLUMNS.has(full.length) && /[a-z]/.test(full) && /[A-Z]/.test(full)
  const end = line.trim()
  const isEnd = end.length % 4 === 0 && /^[A-Za-z0-9+/]+={1,2}$/.test(end)
  return isWrapped && isEnd && !/^[A-Z][A-Z0-9]*=$/.test(end)
}

function whatIsWrong(name: string, split: number, noun: string): string {
  if (split < 0) return `has no '='`
  if (name === '') return `has no name before '='`
  return `has a name that no ${noun} can have before '='`
}
