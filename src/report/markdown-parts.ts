import { markdownCode, markdownText } from '../text/untrusted.ts'
import { duration } from '../text/words.ts'

/** Longest list that is written out, so that the summary stays far below GitHub's limit of 1 MiB. */
export const MAX_LIST_LENGTH = 100

/** Only addresses of the web are linked; what would end the link is encoded. */
export function withLink(text: string, url: string | undefined): string {
  if (url === undefined || !/^https?:\/\//.test(url)) return text
  return `[${text}](${url.replace(/[\s()<>\\"'|`]/g, encodeURIComponent).replace(/[()']/g, (one) => `%${one.charCodeAt(0).toString(16)}`)})`
}

/** A text of ours in a sentence: an address, shown as this label or as itself, or a command. */
export type Linked = { url: string; label: string | undefined } | { command: string }

/**
 * A sentence of ours in which these addresses are links and these commands are code. What else is in it, others may have
 * written, and is shown as it is.
 */
export function withLinks(sentence: string, links: readonly Linked[]): string {
  for (const link of links) {
    const text = 'url' in link ? link.url : link.command
    const at = text === '' ? -1 : sentence.indexOf(text)
    if (at < 0) continue
    const before = sentence.slice(0, at)
    const after = sentence.slice(at + text.length)
    const shown = 'url' in link ? withLink(markdownText(link.label ?? text), text) : markdownCode(text)
    const blanks = [before.endsWith(' ') ? ' ' : '', after.startsWith(' ') ? ' ' : '']
    return `${withLinks(before, links)}${blanks[0]}${shown}${blanks[1]}${withLinks(after, links)}`
  }
  return markdownText(sentence)
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

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
