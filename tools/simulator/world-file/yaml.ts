import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml'

/** Strings, numbers, booleans, null, lists and mappings, and merge keys: nothing that could run. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)

/** Far more than a world needs; so aliases cannot stand for billions of values. */
const MAX_ALIASES = 1000
const MAX_VALUES = 100_000

/**
 * Reads a YAML document; an empty one is an empty mapping.
 * @returns the document, or what is wrong with it as a sentence
 */
export function parseYaml(text: string): { document: unknown } | string {
  // The parser refuses what is empty.
  if (text.split('\n').every((line) => /^\s*(#|$)/.test(line))) return { document: {} }
  try {
    const document = load(text, { schema: SCHEMA, maxAliases: MAX_ALIASES }) ?? {}
    return isBounded(document) ? { document } : 'The file contains itself, or far too much once its aliases are put in.'
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const place = error.mark && `line ${error.mark.line + 1}, column ${error.mark.column + 1}`
    return `${place === undefined ? 'The file' : `The file, at ${place},`} is not valid YAML: ${error.reason}.`
  }
}

function isBounded(document: unknown): boolean {
  let left = MAX_VALUES
  const open = new Set<unknown>()
  const walk = (value: unknown): boolean => {
    left--
    if (left < 0 || open.has(value)) return false
    if (typeof value !== 'object' || value === null) return true
    open.add(value)
    const isFine = Object.values(value).every(walk)
    open.delete(value)
    return isFine
  }
  return walk(document)
}
