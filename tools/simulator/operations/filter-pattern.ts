import { NotSimulated } from '../protocol/aws-error.ts'

/** One term: quoted, or a word of letters, digits and underscores. */
const TERM = /^\s*(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)/

/**
 * Whether a log message has every term of the pattern; capital and small letters differ. Terms that are optional or
 * excluded, regular expressions, JSON and columns are not simulated.
 * Source: CloudWatch Logs User Guide, "Filter pattern syntax".
 */
export function filterOf(pattern: string): (message: string) => boolean {
  const terms: string[] = []
  for (let rest = pattern; rest.trim() !== ''; ) {
    const [found, quoted, word] = TERM.exec(rest) ?? []
    if (found === undefined) {
      const message = `The simulator knows filter patterns of words and quoted terms only; got '${pattern}'`
      throw new NotSimulated('InvalidParameterException', message)
    }
    terms.push(quoted?.replace(/\\(.)/g, '$1') ?? word ?? '')
    rest = rest.slice(found.length)
  }
  return (message) => terms.every((term) => message.includes(term))
}
