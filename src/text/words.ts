/** Times, durations and amounts in words, the same everywhere. */

/** `14:32:05Z`, or with the date when `withDate`. */
export function clockTime(atMs: number, withDate = false): string {
  const iso = new Date(atMs).toISOString()
  return withDate ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z` : `${iso.slice(11, 19)}Z`
}

/** `0.2 s`, `20 s`, `5 min`, `5 min 3 s`, `2 h 5 min`. */
export function duration(durationMs: number): string {
  if (durationMs < 9_950) return `${(Math.max(0, durationMs) / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A longest time, rounded up to minutes. */
export function atMost(durationMs: number): string {
  return duration(Math.ceil(durationMs / 60_000) * 60_000)
}

/** `10 %`, without digits that say nothing. */
export function percentText(percent: number): string {
  return `${Math.round(percent * 10) / 10} %`
}

/** `[##--------]  20 %`: how much of production is on the replacement. */
export function trafficBar(percent: number): string {
  const shown = Math.min(100, Math.max(0, percent || 0))
  const filled = Math.round(shown / 10)
  return `[${'#'.repeat(filled)}${'-'.repeat(10 - filled)}] ${percentText(shown).padStart(5)}`
}

/** `a`, `a and b`, `a, b and c`. */
export function andList(items: readonly string[]): string {
  return AND.format(items)
}

/** `a, b or c`. */
export function orList(items: readonly string[]): string {
  return OR.format(items)
}

/** Without a comma before the last word, as in British English. */
const AND = new Intl.ListFormat('en-GB', { type: 'conjunction' })
const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/** Sentences one after the other; those that are empty are left out. */
export function paragraph(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/** As it stands at the beginning of a sentence. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** `1 task`, `2 tasks`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
