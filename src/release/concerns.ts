import { type Concern, isAtRest, type Release, rollbackStatusOf } from '../release-state.ts'

/** All that there is to warn of about this now: what was warned of it before and is not among these texts is over. */
export function warnedNow(
  { warnings, warnedOf }: Pick<Release, 'warnings' | 'warnedOf'>,
  concern: Concern,
  texts: readonly string[],
): Pick<Release, 'warnings' | 'warnedOf'> {
  const over = new Set((warnedOf[concern] ?? []).filter((text) => !texts.includes(text)))
  return {
    warnings: over.size === 0 ? warnings : warnings.filter((text) => !over.has(text)),
    warnedOf: { ...warnedOf, [concern]: texts },
  }
}

/**
 * A release that has ended, without the warnings that are over with that: of what could have kept its end from being
 * seen, once it was seen.
 */
export function withoutPastWarnings(release: Release): Release {
  if (!wasSeenToItsEnd(release)) return release
  const seen = { ...release, ...warnedNow(release, 'credentials', []) }
  // Whose job ended too early is told why that may have been.
  if (release.status === 'cancelled' || release.wasLost) return seen
  return { ...seen, ...warnedNow(seen, 'job-limit', []) }
}

/** A plan warns of a release that is still to come. */
function wasSeenToItsEnd(release: Release): boolean {
  const { status } = release
  if (status === undefined || status === 'unknown' || status === 'planned') return false
  return rollbackStatusOf(release) !== 'unknown' && isAtRest(release)
}
