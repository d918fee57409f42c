import { htmlLine, markdownCode, markdownText } from '../text/untrusted.ts'
import { duration } from '../text/words.ts'

/** Longest list that is written out, so that the summary stays far below GitHub's limit of 1 MiB. */
export const MAX_LIST_LENGTH = 100

/** Only addresses of the web are linked; what would end the link is encoded. */
export function withLink(text: string, url: string | undefined): string {
  if (url === undefined || !/^https?:\/\//.test(url)) return text
  return `[${text}](${url.replace(/[\s()<>\\"'|`]/g, encodeURIComponent).replace(/[()']/g, (one) => `%${one.charCodeAt(0).toString(16)}`)})`
}

/** A text of ours in a sentence: an address, shown as this label or as itself, a name with its address, or a command. */
export type Linked = { url: string; label: string | undefined } | { name: string; url: string } | { command: string }

/** What stands in the sentence. */
export function textOf(link: Linked): string {
  return 'command' in link ? link.command : 'name' in link ? link.name : link.url
}

/**
 * A sentence of ours in which these addresses are links and these commands are code. What else is in it, others may have
 * written, and is shown as it is.
 */
export function withLinks(sentence: string, links: readonly Linked[]): string {
  for (const link of links) {
    const text = textOf(link)
    const at = text === '' ? -1 : sentence.indexOf(text)
    if (at < 0) continue
    const before = sentence.slice(0, at)
    const after = sentence.slice(at + text.length)
    const shown = shownAs(link)
    const blanks = [before.endsWith(' ') ? ' ' : '', after.startsWith(' ') ? ' ' : '']
    return `${withLinks(before, links)}${blanks[0]}${shown}${blanks[1]}${withLinks(after, links)}`
  }
  return withInputs(sentence)
}

function shownAs(link: Linked): string {
  if ('command' in link) return markdownCode(link.command)
  const name = 'name' in link ? link.name : (link.label ?? link.url)
  return withLink(markdownText(name), link.url)
}

/** `'operation: rollback'` in a sentence is what goes into a workflow. */
const INPUT = /'([a-z][a-z-]{1,40}: [^'\n]{1,200})'/

function withInputs(sentence: string): string {
  const [before = '', input, ...rest] = sentence.split(INPUT)
  if (input === undefined) return markdownText(sentence)
  const after = sentence.slice(before.length + input.length + 2)
  const blanks = [before.endsWith(' ') ? ' ' : '', after.startsWith(' ') ? ' ' : '']
  return `${markdownText(before)}${blanks[0]}${markdownCode(input)}${blanks[1]}${rest.length === 0 ? '' : withInputs(after)}`
}

export function durationText(durationMs: number | undefined): string {
  return durationMs === undefined ? '' : duration(durationMs)
}

export function section(title: string, body: string): string {
  return `### ${title}\n\n${body}`
}

/** Foreign sentences as a list. */
export function list(sentences: readonly string[]): string {
  const shown = sentences.slice(0, MAX_LIST_LENGTH).map((sentence) => `- ${markdownText(sentence)}`)
  const left = sentences.length - shown.length
  return [...shown, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n')
}

/** A list of Markdown, one entry a line; what is beyond the longest list is told as an amount. */
export function items(entries: readonly string[]): string {
  const left = entries.length - MAX_LIST_LENGTH
  const shown = entries.slice(0, MAX_LIST_LENGTH).map((entry) => `- ${entry}`)
  return [...shown, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n')
}

/** Names and their values, in Markdown. GFM knows no table without a head, so this one is HTML around Markdown. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): string {
  const lines = rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<tr><td><b>${htmlLine(name)}</b></td><td>\n\n${value}\n\n</td></tr>`)
  return lines.length === 0 ? '' : `<table>\n${lines.join('\n')}\n</table>`
}

/** What opens with a click. @param title HTML */
export function folded(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
