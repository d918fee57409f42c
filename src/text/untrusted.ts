/**
 * Text that comes from AWS, hooks, files or pull requests, made safe where it leaves the action.
 *
 * The runner reads commands from stdout and stderr: `::name::` at the start of a line and `##[name]` anywhere in one
 * (actions/runner, ActionCommand.cs). GitHub renders Markdown and HTML in summaries. Both are broken visibly here,
 * because the runner compares text by culture rules that can ignore invisible characters.
 */

/** Longest line of foreign text that is printed, in characters. */
const MAX_LINE_LENGTH = 1_000

/**
 * Terminal sequences: CSI, an operating system command (which ends at a line break at the latest, so that it swallows no
 * further line), the choice of a character set, and two-character ones. Source: ECMA-48.
 */
const TERMINAL_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\r\n]*(?:\u0007|\u001b\\)?|[ -/]+[0-~]|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
/** What is drawn as nothing or turns text around: it can disguise text, and the runner's comparison can ignore it. */
const INVISIBLE_CHARACTERS = /\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu

/** Plain text: no terminal sequences, no control or invisible characters; line breaks become `\n`. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(TERMINAL_SEQUENCES, '')
    .replace(/\r\n|\r|\u2028|\u2029|\u0085/g, '\n')
    .replace(CONTROL_CHARACTERS, '')
    .replace(INVISIBLE_CHARACTERS, '')
    .replaceAll('\t', '  ')
}

/** Characters that can be drawn and weigh nothing when texts are compared by culture. Source: Unicode, UCA, DUCET. */
const WEIGHTLESS = '[\\p{Cf}\\p{Me}]*'
const OLD_COMMAND = new RegExp(`#${WEIGHTLESS}#(?=${WEIGHTLESS}\\[)`, 'gu')
const COMMAND = new RegExp(`^((?:\\s|[\\p{Cf}\\p{Me}])*):(?=${WEIGHTLESS}:)`, 'u')

/** One line of plain text in which the runner finds no command: what may be printed to stdout and stderr. */
export function logLine(text: string): string {
  const [first = '', ...others] = plainText(text).split('\n')
  const line = [first.trimEnd(), ...others.map((other) => other.trim())]
    .filter((part, index) => index === 0 || part !== '')
    .join(' ')
    .replace(OLD_COMMAND, '# #')
    .replace(COMMAND, '$1: ')
  return cut(line, MAX_LINE_LENGTH)
}

/** One line of foreign text for a sentence of ours: plain, and cut to `maxLength` characters. */
export function inSentence(text: string, maxLength = 500): string {
  return cut(plainText(text).replace(/\s+/g, ' ').trim(), maxLength)
}

/** Longest output, in characters: a job's outputs may be 1 MB together. Source: GitHub docs, "Workflow syntax". */
const MAX_OUTPUT_LENGTH = 20_000

/** One line of plain text: what may be given to later steps as an output. */
export function outputText(text: string): string {
  return cut(plainText(text).replaceAll('\n', ' '), MAX_OUTPUT_LENGTH)
}

/** At most `maxLength` characters and `…` for the rest; never half of a character. */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${withoutHalf(text.slice(0, maxLength))}…` : text
}

/** Without the first half of a surrogate pair at the end, which a cut may leave. */
export function withoutHalf(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '')
}

/** What a Markdown renderer drops, and what keeps two pieces of text from being read as one link, mention or emoji. */
const BREAK = '<!-- -->'

/** What GitHub makes a link, a mention, a reference to an issue or a commit, or an emoji of by itself, escaped or not. */
const SELF_LINKING =
  /@|:(?=\/\/|[\w+-]+:)|#(?=\d)|\bGH-(?=\d)|(?<![A-Za-z0-9])www(?=\.)|\b(?=[0-9a-f]{7,40}\b)(?:[0-9a-f]{6})+(?=[0-9a-f])/i

/**
 * Foreign text as Markdown text, in a paragraph or a table cell: shown as it is, on one line; it formats, links,
 * mentions and closes nothing.
 */
export function markdownText(text: string): string {
  return inSentence(text, 2_000)
    .split(SELF_LINKING_PLACES)
    .map(escapedText)
    .join(BREAK)
    .replace(/^([-+=:])/, '\\$1')
    .replace(/^(\d+)(?=[.)])/, '$1\\')
}

/** Right behind each match of `SELF_LINKING`. */
const SELF_LINKING_PLACES = new RegExp(`(?<=${SELF_LINKING.source})`, 'i')

function escapedText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replace(/[\\`*[\]#|~]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('$', '<span>$</span>')
}

/** Foreign text as code, in a paragraph or a table cell. Empty text gives an empty string. */
export function markdownCode(text: string): string {
  const line = inSentence(text, 2_000)
  if (line === '') return ''
  if (/^[\w .,:;/=+%'()@-]+$/.test(line)) return `\`${line}\``
  const pieces = line.split(SELF_LINKING_PLACES).map((piece) => {
    const html = htmlText(piece)
    return html.replace(/[\\`*_{}[\]()#!|~$@:]/g, (character) => `&#${character.charCodeAt(0)};`)
  })
  return `<code>${pieces.join(BREAK)}</code>`
}

/** Foreign text between HTML tags or in a double-quoted attribute. */
export function htmlText(text: string): string {
  return plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Foreign text between HTML tags, on one line, in which GitHub links and mentions nothing by itself. */
export function htmlLine(text: string): string {
  return inSentence(text, 2_000).split(SELF_LINKING_PLACES).map(htmlText).join(BREAK)
}
