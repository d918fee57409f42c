import type { Fields } from './fields.ts'

/**
 * Parses `command`: words as a shell splits them, or a JSON list of texts. Single quotes keep everything, double quotes
 * all but `\"` and `\\`; outside of quotes a backslash keeps a quote or white space after it and is itself otherwise, so
 * that paths of Windows stay what they are. Nothing else has a meaning: no shell reads it.
 * @returns undefined when not given or wrong
 */
export function parseCommand(fields: Fields): string[] | undefined {
  const given = fields.text('command')
  if (given === undefined) return undefined
  const words = given.startsWith('[') ? (listOf(given) ?? wordsOf(given)) : wordsOf(given)
  if (words === undefined) {
    const advice = `close it, or write a quote that is meant as \\' or \\"`
    fields.wrong('command', `has a quote that is not closed (not shown): ${advice}.`)
    return undefined
  }
  if (words.length === 0) fields.wrong('command', `is an empty list; leave it out to keep the command as it is.`)
  return words.length === 0 ? undefined : words
}

function listOf(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined
  } catch {
    return undefined
  }
}

/** A word is made of pieces without white space between them. */
const PIECE = /'(?<literal>[^']*)'|"(?<quoted>(?:[^"\\]|\\[\s\S])*)"|\\(?<kept>[\s"'])|(?<bare>[^\s"'\\]+|\\)/y

function wordsOf(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      if (word !== undefined) words.push(word)
      word = undefined
      at += 1
      continue
    }
    PIECE.lastIndex = at
    const piece = PIECE.exec(text)
    if (piece === null) return undefined
    const { literal, quoted, kept, bare } = piece.groups ?? {}
    word = (word ?? '') + (literal ?? quoted?.replace(/\\(["\\])/g, '$1') ?? kept ?? bare ?? '')
    at = PIECE.lastIndex
  }
  return word === undefined ? words : [...words, word]
}
