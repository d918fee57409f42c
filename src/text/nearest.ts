import { closestMatch } from 'leven'

/** Names are compared no further: nobody misspells one that long. */
const MAX_LENGTH = 300

/**
 * The name that was probably meant: about one letter in four may be wrong, five at most, in any case and with `_` for
 * `-`. Undefined: none is near.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > MAX_LENGTH) return undefined
  const maxDistance = Math.min(5, Math.max(1, Math.floor(given.length / 4)))
  const byKey = new Map(names.map((name) => [comparable(name), name]))
  const nearest = closestMatch(comparable(given), [...byKey.keys()], { maxDistance })
  return nearest === undefined ? undefined : byKey.get(nearest)
}

function comparable(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
