import { FAILSAFE_SCHEMA, load, mergeTag, nullCoreTag, YAMLException } from 'js-yaml'
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

/**
 * Reads JSON (when the path ends in `.json`) or YAML.
 * @returns the document, or what is wrong with it as the rest of a sentence that begins with the file's name
 */
export function parseDocument(path: string, text: string): Document | string {
  if (text.length > MAX_DOCUMENT_LENGTH) return `is larger than ${MAX_DOCUMENT_LENGTH} characters.`
  const isJson = /\.json$/i.test(path)
  try {
    const root: unknown = isJson ? parseJson(text.replace(/^\ufeff/, '')) : load(text, { schema: TEXT_SCHEMA })
    if (!isJsonObject(root)) return `must hold a ${isJson ? 'JSON object' : 'mapping'}; it holds ${kindOf(root)}.`
    if (!isBounded(root)) return 'contains itself, or far too much once its aliases are put in.'
    return { root, scalarsAreText: !isJson }
  } catch (error) {
    return `is not valid ${isJson ? 'JSON' : 'YAML'}: ${parserMessage(error)}.`
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

/** JSON, in which no object has a member twice: that is refused in YAML too, and here the first would be lost. */
function parseJson(text: string): unknown {
  const root: unknown = JSON.parse(text)
  try {
    load(text, { schema: TEXT_SCHEMA })
  } catch (error) {
    if (error instanceof YAMLException && error.reason.includes('duplicated')) throw error
  }
  return root
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

function parserMessage(error: unknown): string {
  if (error instanceof YAMLException) {
    const mark = error.mark
    const place = mark === undefined ? '' : ` (line ${mark.line + 1}, column ${mark.column + 1})`
    // A reason can quote a value of the file.
    const reason = error.reason.replace(/ ?(?:"[^"]*"|'[^']*'|!?<[^>]*>)/g, '')
    return `${inSentence(reason, 200)}${place}`
  }
  return error instanceof SyntaxError ? withoutExcerpt(error.message) : 'it cannot be read'
}

/** V8's message may quote a piece of the file, in which a value can stand that must not be shown. */
function withoutExcerpt(message: string): string {
  return inSentence(message.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, ' is not valid there'), 200)
}
