/**
 * The type of a value in an AWS request or answer, read from the schemas that the SDK clients export. Their encoding
 * is that of `@smithy/types`, static-schemas and sentinels: simple types are numbers, with 64 added for a list and 128
 * for a map of them; everything else is an array that begins with what it is.
 */
export type Shape =
  | { kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'any' }
  | { kind: 'list' | 'map'; element: Shape }
  | { kind: 'structure'; members: ReadonlyMap<string, Shape> }

const LIST_OF = 64
const MAP_OF = 128

const compiled = new Map<unknown, Shape>()

/** Compiles a schema, or a function that returns one; each is compiled once. */
export function shapeOf(reference: unknown): Shape {
  const schema = typeof reference === 'function' ? reference() : reference
  const known = compiled.get(schema)
  if (known) return known
  if (typeof schema === 'number') return simpleShape(schema)
  if (!Array.isArray(schema)) return { kind: 'structure', members: new Map() }
  if (schema.length === 2) return shapeOf(schema[0])
  return compile(schema)
}

function simpleShape(schema: number): Shape {
  if (schema >= MAP_OF) return { kind: 'map', element: simpleShape(schema - MAP_OF) }
  if (schema >= LIST_OF) return { kind: 'list', element: simpleShape(schema - LIST_OF) }
  if (schema === 0) return { kind: 'string' }
  if (schema === 1) return { kind: 'number' }
  if (schema === 2) return { kind: 'boolean' }
  return { kind: schema >= 4 && schema <= 7 ? 'timestamp' : 'any' }
}

/** Known before its members are, so that a structure may contain itself. */
function compile(schema: unknown[]): Shape {
  switch (schema[0]) {
    case 0:
      return shapeOf(schema[4])
    case 1:
    case 2: {
      const shape: { kind: 'list' | 'map'; element: Shape } = {
        kind: schema[0] === 1 ? 'list' : 'map',
        element: { kind: 'any' },
      }
      compiled.set(schema, shape)
      shape.element = shapeOf(schema[3 + schema[0]])
      return shape
    }
    default: {
      const members = new Map<string, Shape>()
      const shape: Shape = { kind: 'structure', members }
      compiled.set(schema, shape)
      const [names, types] = [schema[4] as string[], schema[5] as unknown[]]
      names.forEach((name, i) => {
        members.set(name, shapeOf(types[i]))
      })
      return shape
    }
  }
}

export interface Misfit {
  path: string
  /** What was found there, and what belongs there. */
  found: string
  expected: Shape['kind']
}

export interface Inspection {
  misfits: Misfit[]
  /** Paths of members that the schema does not have. */
  unknownMembers: string[]
}

/** Compares a value with its shape. A member that is null or absent fits, as in AWS JSON; null in a list does not. */
export function inspect(shape: Shape, value: unknown): Inspection {
  const inspection: Inspection = { misfits: [], unknownMembers: [] }
  visit(shape, value, '', inspection)
  return inspection
}

function visit(shape: Shape, value: unknown, path: string, into: Inspection): void {
  if (value === null || value === undefined) return
  switch (shape.kind) {
    case 'any':
      return
    case 'list':
      if (!Array.isArray(value)) break
      value.forEach((element, i) => {
        if (element === null) into.misfits.push({ path: `${path}[${i}]`, found: 'null', expected: shape.element.kind })
        else visit(shape.element, element, `${path}[${i}]`, into)
      })
      return
    case 'map':
      if (typeof value !== 'object' || Array.isArray(value)) break
      for (const [key, element] of Object.entries(value)) visit(shape.element, element, join(path, key), into)
      return
    case 'structure':
      if (typeof value !== 'object' || Array.isArray(value)) break
      for (const [name, element] of Object.entries(value)) {
        const member = shape.members.get(name)
        if (member) visit(member, element, join(path, name), into)
        else into.unknownMembers.push(join(path, name))
      }
      return
    case 'timestamp':
      if (typeof value === 'number') return
      break
    default:
      // The kinds left here are words that typeof answers.
      if (typeof value === shape.kind) return
  }
  into.misfits.push({ path, found: Array.isArray(value) ? 'list' : typeof value, expected: shape.kind })
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
