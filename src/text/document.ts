import { FAILSAFE_SCHEMA, load, mergeTag, nullCoreTag, YAMLException } from 'js-yaml'
import stripJsonComments from 'strip-json-comments'
import { inSentence } from './untrusted.ts'

/** A JSON object. Its members are anything until they are looked at. */
export type JsonObject = Record<string, unknown>

/** A file's content, read but not yet checked against what it should hold. */
export interface Document {
  root: JsonObject
  /** The file was YAML, whose plain scalars were left as text: the member they belong to decides their type. */
  scalarsAreText: boolean
}

/** Largest file that is read, in characters; a task definition may have 64 KiB at most. */
const MAX_DOCUMENT_LENGTH = 1_048_576

/** Most values a file may hold, and how deep they may be nested. */
const MAX_VALUES = 100_000
const MAX_DEPTH = 200

/** Strings, lists, maps and null; so `value: 0123` stays `0123` and `version: 0.0` stays `0.0`. */
const TEXT_SCHEMA = FAILSAFE_SCHEMA.withTags(nullCoreTag, mergeTag)

/** What stands for bytes that are not UTF-8, once they were read as such. */
const REPLACEMENT_CHARACTER = '\ufffd'

/**
 * Reads JSON (when the path ends in `.json` or `.jsonc`) or YAML. JSON may have comments and trailing commas.
 * @returns the document, or what is wrong with it as the rest of a sentence that begins with the file's name
 */
export function parseDocument(path: string, text: string): Document | string {
  if (text.length > MAX_DOCUMENT_LENGTH) return `is larger than ${MAX_DOCUMENT_LENGTH} characters.`
  if (text.trim() === '') return 'is empty.'
  const notUtf8 = text.indexOf(REPLACEMENT_CHARACTER)
  if (notUtf8 >= 0) return `has bytes that are not UTF-8 ${placeAt(text, notUtf8)}; save it as UTF-8.`
  const isNamedJson = /\.jsonc?$/i.test(path)
  try {
    const root: unknown = isNamedJson ? parseJson(text.replace(/^\ufeff/, '')) : parseYaml(text)
    if (!isJsonObject(root)) return `must hold a ${isNamedJson ? 'JSON object' : 'mapping'}; it holds ${kindOf(root)}.`
    if (!isBounded(root)) return 'contains itself, or far too much once its aliases are put in.'
    return { root, scalarsAreText: !isNamedJson }
  } catch (error) {
    return `is not valid ${isNamedJson ? 'JSON' : 'YAML'}: ${parserMessage(error)}.`
  }
}

/** Whether `value` is a JSON object, neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Mistakes and notes about one file that are told; nobody reads more, and a log with thousands hides everything else. */
const MAX_TOLD = 30

/** The first of the sentences about a document, and how many more there are. */
export function firstSentences(sentences: readonly string[]): string[] {
  const left = sentences.length - MAX_TOLD
  return left > 0 ? [...sentences.slice(0, MAX_TOLD), `${left} more like these.`] : [...sentences]
}

/** The first of the names, separated by commas, and how many more there are. */
export function firstNames(names: readonly string[]): string {
  const left = names.length - MAX_TOLD
  return `${names.slice(0, MAX_TOLD).join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}

/** What kind of JSON value this is, for a sentence: "a list", "the text 'x'". */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'object') return 'a mapping'
  return `the ${typeof value} ${String(value)}`
}

/** YAML, or JSON whose comments YAML would take for parts of keys and values. */
function parseYaml(text: string): unknown {
  const bare = /^\s*(?:\{|\/[/*])/.test(text.replace(/^\ufeff/, '')) ? withoutComments(text) : text
  return load(bare !== text && isJson(bare) ? bare : text, { schema: TEXT_SCHEMA })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''))
    return true
  } catch {
    return false
  }
}

/**
 * The same JSON at the same places, with blanks for comments and trailing commas. A line that begins with `#` is a comment
 * too, as the official action reads it: no text of JSON goes over the end of a line.
 */
function withoutComments(text: string): string {
  const ofYaml = text.replace(/^[ \t]*#.*$/gm, (comment) => ' '.repeat(comment.length))
  return stripJsonComments(ofYaml, { trailingCommas: true })
}

/** JSON, in which no object has a member twice: that is refused in YAML too, and here the first would be lost. */
function parseJson(given: string): unknown {
  const text = withoutComments(given)
  const root = parseStrictJson(text)
  try {
    load(text, { schema: TEXT_SCHEMA })
  } catch (error) {
    if (error instanceof YAMLException && error.reason.includes('duplicated')) throw error
  }
  return root
}

/** What is wrong with JSON, and where. */
class JsonMistake extends Error {}

function parseStrictJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const place = isUnexpectedToken(error) ? ` ${placeAt(text, unexpectedAt(text))}` : ''
    throw new JsonMistake(`${withoutExcerpt(error.message)}${place}`)
  }
}

/** V8 tells the place of other mistakes, but not of this one. */
function isUnexpectedToken(error: unknown): boolean {
  return error instanceof SyntaxError && error.message.startsWith('Unexpected token')
}

/** Where the token is that JSON cannot have: whatever ends before it is only not complete. */
function unexpectedAt(text: string): number {
  let before = 0
  let after = text.length
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (endsInUnexpectedToken(text.slice(0, middle))) after = middle
    else before = middle
  }
  return before
}

function endsInUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return isUnexpectedToken(error)
  }
}

/** Aliases can make a mapping that contains itself, and a few lines that stand for billions. */
function isBounded(root: unknown): boolean {
  let left = MAX_VALUES
  const walk = (value: unknown, depth: number): boolean => {
    left -= 1
    if (left < 0 || depth > MAX_DEPTH) return false
    if (typeof value !== 'object' || value === null) return true
    return Object.values(value).every((member) => walk(member, depth + 1))
  }
  return walk(root, 0)
}

/** The place of a character, as "(line 3, column 5)". */
function placeAt(text: string, index: number): string {
  const before = text.slice(0, index).split('\n')
  return `(line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`
}

function parserMessage(error: unknown): string {
  if (error instanceof YAMLException) {
    const mark = error.mark
    const place = mark === undefined ? '' : ` (line ${mark.line + 1}, column ${mark.column + 1})`
    // A reason can quote a value of the file.
    const reason = error.reason.replace(/ ?(?:"[^"]*"|'[^']*'|!?<[^>]*>)/g, '')
    return `${inSentence(reason, 200)}${place}`
  }
  return error instanceof JsonMistake ? error.message : 'it cannot be read'
}

/** V8's message may quote a piece of the file, in which a value can stand that must not be shown. */
function withoutExcerpt(message: string): string {
  return inSentence(message.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, ' is not valid there'), 200)
}
