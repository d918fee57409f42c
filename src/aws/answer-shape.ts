import { NormalizedSchema } from '@smithy/core/schema'
import { isJsonObject } from '../text/document.ts'

/** How deep an answer of AWS may be nested; none of those that are read here comes near. */
const MAX_DEPTH = 200

/** Entries of a list in an answer at most: as many log events as a page may have. Source: API Reference, FilterLogEvents. */
const MAX_ITEMS = 10_000

/** The last second that is written with four digits of the year, in seconds since 1970. */
const LAST_SECOND = 253_402_300_799

/**
 * Two weeks, for which ECS waits at a pause; CodeDeploy waits for two days at most.
 * Sources: ECS Developer Guide, "Pause hooks"; CodeDeploy User Guide, "CodeDeploy limits".
 */
const MAX_MINUTES = 20_160

/**
 * What keeps an answer from being what its operation answers; undefined when nothing does. The SDK hands on whatever
 * stands in the place of a text, and a date that is none. Members that are null or that it does not know are fine; a
 * list has no empty places.
 * @param output the SDK's schema of the answer
 */
export function answerMistake(output: unknown, answer: unknown): string | undefined {
  if (!isJsonObject(answer)) return 'no JSON'
  if (isDeeperThan(answer, MAX_DEPTH)) return 'far too many levels'
  return mistakeIn(NormalizedSchema.of(output as Parameters<typeof NormalizedSchema.of>[0]), answer, 'answer')
}

function mistakeIn(schema: NormalizedSchema, value: unknown, name: string): string | undefined {
  if (value === null || value === undefined) return undefined
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return `no list '${name}'`
    if (value.length > MAX_ITEMS) return `${value.length} entries of '${name}'`
    const items = schema.getValueSchema()
    return firstOf(value, (item) => (item === null ? `an empty place in '${name}'` : mistakeIn(items, item, name)))
  }
  if (schema.isMapSchema()) {
    if (!isJsonObject(value)) return `no mapping '${name}'`
    const items = schema.getValueSchema()
    return firstOf(Object.values(value), (item) => mistakeIn(items, item, name))
  }
  if (schema.isStructSchema()) {
    if (!isJsonObject(value)) return `no structure '${name}'`
    // A member of the answer's own, never what every object inherits.
    return firstOf([...schema.structIterator()], ([member, its]) =>
      Object.hasOwn(value, member) ? mistakeIn(its, value[member], member) : undefined,
    )
  }
  return isScalarOf(schema, value, name) ? undefined : `nothing that can be read as '${name}'`
}

function isScalarOf(schema: NormalizedSchema, value: unknown, name: string): boolean {
  if (schema.isTimestampSchema()) return typeof value === 'number' && value >= 0 && value <= LAST_SECOND
  if (schema.isStringSchema()) return typeof value === 'string'
  if (schema.isBooleanSchema()) return typeof value === 'boolean'
  if (schema.isNumericSchema()) return typeof value === 'number' && isNumberOf(name, value)
  return true
}

/** The SDK's schemas do not tell counts from shares, and a share beyond all of it would be told as where production is. */
function isNumberOf(name: string, value: number): boolean {
  if (/Count$/.test(name)) return Number.isSafeInteger(value) && value >= 0
  if (/(?:Weight|Percentage)$/.test(name)) return value >= 0 && value <= 100
  if (/(?:Minutes|Interval)$/.test(name)) return value >= 0 && value <= MAX_MINUTES
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

function firstOf<Item>(items: readonly Item[], find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** Level by level, so that no depth is too deep for looking. */
function isDeeperThan(root: object, depth: number): boolean {
  let level: object[] = [root]
  for (let left = depth; level.length > 0; left--) {
    if (left === 0) return true
    level = level.flatMap((one) => Object.values(one).filter((member) => typeof member === 'object' && member !== null))
  }
  return false
}
