import { RegisterTaskDefinitionRequest$ } from '@aws-sdk/client-ecs'
import { NormalizedSchema } from '@smithy/core/schema'
import { isJsonObject, type JsonObject, kindOf } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'

/** A definition brought into the types that RegisterTaskDefinition wants, and where it does not fit. */
export interface ShapedDefinition {
  definition: JsonObject
  /** Paths of members that the SDK does not know, e.g. `containerDefinitions[0].imageTag`. */
  unknownMembers: string[]
  /** Sentences that begin with the member's path. */
  mistakes: string[]
}

export interface ShapeOptions {
  /** Text is turned into the number or boolean that the member wants (YAML). */
  scalarsAreText: boolean
  /**
   * What is an empty text, list or mapping is left out at every depth, and then what has become empty by that; the value
   * of an environment variable that has a name stays. Source: the official deploy action, which does the same.
   */
  leaveOutEmpty: boolean
}

/** Walks a definition along the SDK's own schema of RegisterTaskDefinition. Null members are left out. */
export function shapeTaskDefinition(document: JsonObject, options: ShapeOptions): ShapedDefinition {
  const walk: Walk = { ...options, unknownMembers: [], mistakes: [] }
  const schema = NormalizedSchema.of(RegisterTaskDefinitionRequest$)
  const definition = shapeStructure(walk, schema, document, '')
  for (const required of ['family', 'containerDefinitions']) {
    const isMistaken = walk.mistakes.some((mistake) => mistake.startsWith(`'${required}' `))
    if (!isMistaken && definition[required] === undefined) walk.mistakes.push(`'${required}' is missing or empty`)
  }
  return { definition, unknownMembers: walk.unknownMembers, mistakes: walk.mistakes }
}

/** Name of the SDK's structure for a name and a value, as in `environment`. */
const ENVIRONMENT_VARIABLE = 'KeyValuePair'

interface Walk extends ShapeOptions {
  unknownMembers: string[]
  mistakes: string[]
}

function shapeValue(walk: Walk, schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined
  if (schema.isListSchema()) return shapeList(walk, schema, value, path)
  if (schema.isMapSchema()) return shapeMap(walk, schema, value, path)
  if (schema.isStructSchema()) {
    return isJsonObject(value) ? shapeStructure(walk, schema, value, path) : mistaken(walk, path, 'a mapping', value)
  }
  return shapeScalar(walk, schema, value, path)
}

function shapeStructure(walk: Walk, schema: NormalizedSchema, value: JsonObject, path: string): JsonObject {
  const members = new Map<string, NormalizedSchema>(schema.structIterator())
  const shaped = Object.entries(value).map(([name, member]): [string, unknown] => {
    const memberPath = path === '' ? name : `${path}.${name}`
    const memberSchema = members.get(name)
    if (memberSchema !== undefined) return [name, shapeValue(walk, memberSchema, member, memberPath)]
    walk.unknownMembers.push(inSentence(memberPath, 200))
    return [name, member]
  })
  const structure = Object.fromEntries(shaped.filter(([, member]) => isKept(walk, member)))
  const isVariable = walk.leaveOutEmpty && schema.getName() === ENVIRONMENT_VARIABLE
  return isVariable && 'name' in structure ? { value: '', ...structure } : structure
}

function isKept(walk: Walk, value: unknown): boolean {
  return value !== undefined && !(walk.leaveOutEmpty && isEmpty(value))
}

function isEmpty(value: unknown): boolean {
  if (value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isJsonObject(value) && Object.keys(value).length === 0
}

function shapeList(walk: Walk, schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (!Array.isArray(value)) return mistaken(walk, path, 'a list', value)
  const items = value.map((item, index) => shapeValue(walk, schema.getValueSchema(), item, `${path}[${index}]`))
  return items.filter((item) => isKept(walk, item))
}

function shapeMap(walk: Walk, schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (!isJsonObject(value)) return mistaken(walk, path, 'a mapping', value)
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
    name,
    shapeValue(walk, schema.getValueSchema(), item, `${path}.${name}`),
  ])
  return Object.fromEntries(entries.filter(([, item]) => isKept(walk, item)))
}

function shapeScalar(walk: Walk, schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (schema.isStringSchema()) return typeof value === 'string' ? value : mistaken(walk, path, 'a text', value)
  if (schema.isBooleanSchema()) {
    if (typeof value === 'boolean') return value
    if (walk.scalarsAreText && typeof value === 'string' && /^(true|false)$/i.test(value)) return /^true$/i.test(value)
    return mistaken(walk, path, 'true or false', value)
  }
  if (schema.isNumericSchema()) {
    // Every number of RegisterTaskDefinition is whole (source: its model).
    const number = walk.scalarsAreText && typeof value === 'string' && /^[-+]?\d+$/.test(value) ? Number(value) : value
    return Number.isSafeInteger(number) ? number : mistaken(walk, path, 'a whole number', value)
  }
  return value
}

/** Values may be secret, so a mistake tells the kind of value it found and not the value. */
function mistaken(walk: Walk, path: string, wanted: string, value: unknown): undefined {
  const found = typeof value === 'number' || typeof value === 'boolean' ? `a ${typeof value}` : kindOf(value)
  walk.mistakes.push(`'${inSentence(path, 200)}' must be ${wanted}, not ${found}`)
  return undefined
}
