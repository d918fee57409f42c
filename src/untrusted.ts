/**
 * Text that comes from AWS, hooks, files or pull requests, made safe where it leaves the action.
 *
 * The runner reads commands from stdout and stderr: `::name::` at the start of a line and `##[name]` anywhere in one
 * (actions/runner, ActionCommand.cs). GitHub renders Markdown and HTML in summaries. Both are broken visibly here,
 * because the runner compares text by culture rules that can ignore invisible characters.
 */

/** Longest line of foreign text that is printed, in characters. */
const MAX_LINE_LENGTH = 1_000

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const ANSI_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
/** Zero-width, bidirectional and other invisible formatting characters, which can disguise or reorder text. */
const INVISIBLE_CHARACTERS = /\u034f|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

/** Plain text: no escape sequences, no control or invisible characters; line breaks become `\n`. */
export function plainText(text: string): string {
  return text
    .replace(ANSI_SEQUENCES, '')
    .replace(/\r\n|\r|\u2028|\u2029|\u0085/g, '\n')
    .replace(CONTROL_CHARACTERS, '')
    .replace(INVISIBLE_CHARACTERS, '')
    .replaceAll('\t', '  ')
}

/** One line of plain text in which the runner finds no command: what may be printed to stdout and stderr. */
export function logLine(text: string): string {
  const line = plainText(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/##(?=\[)/g, '# #')
    .replace(/^(\s*):(?=:)/, '$1: ')
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line
}

/** One line of foreign text for a sentence of ours: plain, and cut to `maxLength` characters. */
export function inSentence(text: string, maxLength = 500): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim()
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line
}

/** What a Markdown renderer drops, and what keeps two pieces of text from being read as one link, mention or emoji. */
const BREAK = '<!-- -->'

/**
 * Foreign text as Markdown text, in a paragraph or a table cell: shown as it is, on one line; it formats, links,
 * mentions and closes nothing.
 */
export function markdownText(text: string): string {
  return inSentence(text, 2_000)
    .replaceAll('&', '&amp;')
    .replace(/[\\`*[\]#|~]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/^([-+=]|\d+(?=[.)]))/, '\\$1')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('$', '<span>$</span>')
    .replace(/@(?=\w)|:(?=\/\/|[a-z+-][\w+-]*:)|\bwww(?=\.)/gi, `$&${BREAK}`)
}

/** Foreign text as code, in a paragraph or a table cell. Empty text gives an empty string. */
export function markdownCode(text: string): string {
  const line = inSentence(text, 2_000)
  if (line === '') return ''
  if (/^[\w .,:;/=+%'()@-]+$/.test(line)) return `\`${line}\``
  const entities = htmlText(line).replace(/[\\`*_{}[\]()#!|~$@:]/g, (character) => `&#${character.charCodeAt(0)};`)
  return `<code>${entities.replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)}</code>`
}

/** Foreign text between HTML tags or in a double-quoted attribute. */
export function htmlText(text: string): string {
  return plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Foreign text of several lines as a fenced block that it cannot close. Keeps the last `maxLines` lines. */
export function markdownFence(text: string, maxLines: number): string {
  const lines = plainText(text).split('\n').slice(-maxLines)
  const body = lines.map((line) => line.slice(0, MAX_LINE_LENGTH)).join('\n')
  const longest = Math.max(2, ...Array.from(body.matchAll(/`+/g), (run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${body}\n${fence}`
}
