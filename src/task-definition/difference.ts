import { isJsonObject, type JsonObject } from '../text/document.ts'
import { canonicalDefinition, canonicalInOrder, SETS, USER_MAPS } from './canonical.ts'
import { containersOf, nameOf } from './containers.ts'
import type { TaskDefinition } from './definition.ts'
import { isSecretName, toldText } from './told-text.ts'

/** One thing that differs between two definitions. Values of variables and secrets are never part of it. */
export interface Difference {
  /** Its path in the container or in the task: `image`, `portMappings[8080].protocol`, `environment`, … */
  member: string
  /** Empty for members of the whole task. */
  container: string
  /** What it was and is; undefined when absent or when it is not told. */
  from: string | undefined
  to: string | undefined
  /** Names of variables or secrets that were added, changed or removed. */
  names: { added: string[]; changed: string[]; removed: string[] } | undefined
}

/** Lists that are told by the names of what differs in them. */
const TOLD_BY_NAME = new Set([
  'containerDefinitions.environment',
  'containerDefinitions.secrets',
  'containerDefinitions.logConfiguration.secretOptions',
])

/** Everything in which `after` differs from `before`, in the order of `after`; what is gone comes last. */
export function differencesBetween(before: TaskDefinition, after: TaskDefinition): Difference[] {
  const [left, right] = [canonicalInOrder(before), canonicalInOrder(after)]
  const [leftSorted, rightSorted] = [canonicalDefinition(before), canonicalDefinition(after)]
  return namesOf(left, right).flatMap((member) => {
    if (isSameText(leftSorted[member], rightSorted[member])) return []
    const found =
      member === 'containerDefinitions'
        ? containersThatDiffer(left, right)
        : walk({ container: '', path: member, schema: member }, left[member], right[member])
    // Where only the order or a repetition differs, that it differs is all there is to tell.
    return found.length > 0 ? found : [difference({ container: '', path: member, schema: member })]
  })
}

/** Names of both, those of `after` first and in its order. */
function namesOf(before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
}

function isSameText(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function containersThatDiffer(before: TaskDefinition, after: TaskDefinition): Difference[] {
  const left = new Map(containersOf(before).map((one) => [nameOf(one), one]))
  const right = new Map(containersOf(after).map((one) => [nameOf(one), one]))
  const names = [...new Set([...right.keys(), ...left.keys()])]
  return [
    ...names.flatMap((name) => containerDifferences(name, left.get(name), right.get(name))),
    ...orderDifferences([...left.keys()], [...right.keys()]),
  ]
}

/** The same containers in another order: another revision, whatever it is worth. */
function orderDifferences(before: readonly string[], after: readonly string[]): Difference[] {
  const isSame =
    before.filter((name) => after.includes(name)).join() === after.filter((name) => before.includes(name)).join()
  return isSame ? [] : [difference({ container: '', path: 'order of containers', schema: '' })]
}

/** A container that is new is told with all that is in it, one that is gone as that. */
function containerDifferences(
  container: string,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): Difference[] {
  const place = { container, path: 'container', schema: '' }
  if (after === undefined) return [{ ...difference(place), from: 'present' }]
  const { name: _, ...members } = after
  const { name: __, ...membersBefore } = before ?? {}
  const differences = walk({ container, path: '', schema: 'containerDefinitions' }, membersBefore, members)
  return before === undefined ? [{ ...difference(place), to: 'present' }, ...differences] : differences
}

/** Where a value is. */
interface Place {
  container: string
  path: string
  /** The path without names of items, as in `SETS`. */
  schema: string
}

function difference({ container, path }: Place): Difference {
  return { member: path, container, from: undefined, to: undefined, names: undefined }
}

function below({ container, path, schema }: Place, name: string): Place {
  return { container, path: path === '' ? name : `${path}.${name}`, schema: `${schema}.${name}` }
}

function walk(place: Place, before: unknown, after: unknown): Difference[] {
  if (isSameText(before, after)) return []
  if (TOLD_BY_NAME.has(place.schema)) {
    const names = namesThatDiffer(before, after)
    const isNone = names.added.length + names.changed.length + names.removed.length === 0
    return isNone ? [] : [{ ...difference(place), names }]
  }
  if (place.schema === 'tags') return walkItems(place, tagValues(before), tagValues(after), (key) => `.${key}`)
  if (isListOfObjects(before) && isListOfObjects(after)) return walkList(place, before ?? [], after ?? [])
  if (isObjectOrAbsent(before) && isObjectOrAbsent(after)) {
    return namesOf(before ?? {}, after ?? {}).flatMap((name) => walk(below(place, name), before?.[name], after?.[name]))
  }
  return leaf(place, before, after)
}

function leaf(place: Place, before: unknown, after: unknown): Difference[] {
  const map = [...USER_MAPS].find((one) => place.schema.startsWith(`${one}.`))
  const isHidden = map !== undefined && isSecretName(place.schema.slice(map.length + 1))
  const [from, to] = isHidden ? [undefined, undefined] : [toldText(before), toldText(after)]
  // Where they differ in what is not told, two equal texts would say that nothing does.
  return [{ ...difference(place), ...(from === to ? {} : { from, to }) }]
}

/** Items that a name tells apart are compared by that, others by their places. */
function walkList(place: Place, before: readonly JsonObject[], after: readonly JsonObject[]): Difference[] {
  const key = SETS.get(place.schema)
  const isKeyed = key !== undefined && [before, after].every((items) => hasUniqueKeys(items, key))
  const byKey = (items: readonly JsonObject[]) =>
    new Map(items.map((item, index) => [String(isKeyed ? item[key] : index), item] as const))
  return walkItems(place, byKey(before), byKey(after), (name) => `[${name}]`)
}

function walkItems(
  place: Place,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  suffixOf: (name: string) => string,
): Difference[] {
  const names = [...new Set([...after.keys(), ...before.keys()])]
  return names.flatMap((name) => {
    const item = { ...place, path: `${place.path}${suffixOf(name)}`, schema: place.schema }
    const [left, right] = [before.get(name), after.get(name)]
    return isObjectOrAbsent(left) && isObjectOrAbsent(right)
      ? namesOf(left ?? {}, right ?? {}).flatMap((one) => walk(below(item, one), left?.[one], right?.[one]))
      : isSameText(left, right)
        ? []
        : leaf(item, left, right)
  })
}

function hasUniqueKeys(items: readonly JsonObject[], key: string): boolean {
  const keys = items.flatMap((item) => item[key] ?? [])
  return keys.length === items.length && new Set(keys).size === items.length
}

function tagValues(tags: unknown): Map<string, unknown> {
  const items = Array.isArray(tags) ? tags.filter(isJsonObject) : []
  return new Map(items.map((tag) => [String(tag['key'] ?? ''), tag['value'] ?? '']))
}

function isListOfObjects(value: unknown): value is JsonObject[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every(isJsonObject))
}

function isObjectOrAbsent(value: unknown): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value)
}

function namesThatDiffer(before: unknown, after: unknown): NonNullable<Difference['names']> {
  const left = textsByName(before)
  const right = textsByName(after)
  return {
    added: [...right.keys()].filter((name) => !left.has(name)),
    changed: [...right].filter(([name, text]) => left.has(name) && left.get(name) !== text).map(([name]) => name),
    removed: [...left.keys()].filter((name) => !right.has(name)),
  }
}

/** All items of a name, of which the last may be the one that counts. */
function textsByName(list: unknown): Map<string, string> {
  const texts = new Map<string, string>()
  for (const item of Array.isArray(list) ? list.filter(isJsonObject) : []) {
    const name = String(item['name'] ?? '')
    const { value, valueFrom, ...others } = item
    texts.set(name, `${texts.get(name) ?? ''}${JSON.stringify([value, valueFrom, others])}`)
  }
  return texts
}

/** The differences in one line: "image of web, environment of web (LOG_LEVEL)". */
export function summarizeDifferences(differences: readonly Difference[]): string {
  const moved = new Set(differences.flatMap(({ member, container }) => (member === 'container' ? [container] : [])))
  const lines = differences
    .filter(({ member, container }) => member === 'container' || !moved.has(container))
    .map(({ member, container, names }) => {
      const top = member === 'order of containers' ? member : member.replace(/[.[].*$/s, '')
      const where = container === '' ? top : `${top} of ${container}`
      const touched = names === undefined ? [] : [...names.added, ...names.changed, ...names.removed]
      return touched.length === 0 ? where : `${where} (${touched.join(', ')})`
    })
  return [...new Set(lines)].join(', ')
}
