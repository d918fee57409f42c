import { isJsonObject, type JsonObject } from '../text/document.ts'
import { canonicalDefinition } from './canonical.ts'
import { containersOf, nameOf } from './containers.ts'
import type { TaskDefinition } from './definition.ts'

/** One thing that differs between two definitions. Values of variables and secrets are never part of it. */
export interface Difference {
  /** `image`, `cpu`, `environment`, … */
  member: string
  /** Empty for members of the whole task. */
  container: string
  /** What it was and is; undefined when absent or when it is not told. */
  from: string | undefined
  to: string | undefined
  /** Names of variables, secrets or tags that were added, changed or removed. */
  names: { added: string[]; changed: string[]; removed: string[] } | undefined
}

/** Members whose value is told; of all others only that they differ. */
const TOLD_MEMBERS = new Set(['image', 'cpu', 'memory', 'family', 'networkMode'])

/** Lists that are told by the names of what differs in them. */
const NAMED_LISTS: ReadonlyMap<string, string> = new Map([
  ['environment', 'name'],
  ['secrets', 'name'],
  ['tags', 'key'],
])

/** Everything in which `after` differs from `before`, containers in the order of `after`. */
export function differencesBetween(before: TaskDefinition, after: TaskDefinition): Difference[] {
  const left = canonicalDefinition(before)
  const right = canonicalDefinition(after)
  const { containerDefinitions: leftContainers, ...leftTask } = left
  const { containerDefinitions: rightContainers, ...rightTask } = right
  const containersBefore = new Map(
    containersOf({ containerDefinitions: leftContainers }).map((one) => [nameOf(one), one]),
  )
  const containersAfter = new Map(
    containersOf({ containerDefinitions: rightContainers }).map((one) => [nameOf(one), one]),
  )
  const names = [...new Set([...containersAfter.keys(), ...containersBefore.keys()])]
  return [
    ...names.flatMap((name) => containerDifferences(name, containersBefore.get(name), containersAfter.get(name))),
    ...orderDifferences([...containersBefore.keys()], [...containersAfter.keys()]),
    ...memberDifferences('', leftTask, rightTask),
  ]
}

/** The same containers in another order: another revision, whatever it is worth. */
function orderDifferences(before: readonly string[], after: readonly string[]): Difference[] {
  const isSame =
    before.filter((name) => after.includes(name)).join() === after.filter((name) => before.includes(name)).join()
  if (isSame) return []
  return [{ member: 'order of containers', container: '', from: undefined, to: undefined, names: undefined }]
}

function containerDifferences(
  name: string,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): Difference[] {
  if (before === undefined || after === undefined) {
    const from = before === undefined ? undefined : 'present'
    const to = after === undefined ? undefined : 'present'
    return [{ member: 'container', container: name, from, to, names: undefined }]
  }
  return memberDifferences(name, before, after)
}

function memberDifferences(container: string, before: JsonObject, after: JsonObject): Difference[] {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return members
    .filter((member) => JSON.stringify(before[member]) !== JSON.stringify(after[member]))
    .map((member): Difference => {
      const key = NAMED_LISTS.get(member)
      const isTold = TOLD_MEMBERS.has(member)
      return {
        member,
        container,
        from: isTold ? textOf(before[member]) : undefined,
        to: isTold ? textOf(after[member]) : undefined,
        names: key === undefined ? undefined : namesThatDiffer(before[member], after[member], key),
      }
    })
}

function namesThatDiffer(before: unknown, after: unknown, key: string): Difference['names'] {
  const left = byName(before, key)
  const right = byName(after, key)
  return {
    added: [...right.keys()].filter((name) => !left.has(name)),
    changed: [...right].filter(([name, item]) => left.has(name) && left.get(name) !== item).map(([name]) => name),
    removed: [...left.keys()].filter((name) => !right.has(name)),
  }
}

function byName(list: unknown, key: string): Map<string, string> {
  const items = Array.isArray(list) ? list.filter(isJsonObject) : []
  return new Map(items.map((item) => [String(item[key] ?? ''), JSON.stringify(item)]))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The differences in one line: "image of web, environment of web (LOG_LEVEL)". */
export function summarizeDifferences(differences: readonly Difference[]): string {
  return differences
    .map(({ member, container, names }) => {
      const where = container === '' ? member : `${member} of ${container}`
      const touched = names === undefined ? [] : [...names.added, ...names.changed, ...names.removed]
      return touched.length === 0 ? where : `${where} (${touched.join(', ')})`
    })
    .join(', ')
}
