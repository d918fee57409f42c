/**
 * How much is played of what has no end: a share in every `npm test`, all of it in `npm run soak`, with twenty times as
 * many random cases, drawn anew.
 */
export const IS_SOAK = process.env['SOAK'] === 'true'

/** How many random cases to play. With a seed `npm test` plays the same ones in every run. */
export function cases(numRuns: number, seed?: number): { numRuns: number; seed?: number } {
  if (IS_SOAK) return { numRuns: numRuns * 20 }
  return seed === undefined ? { numRuns } : { numRuns, seed }
}

/** Whether this one is of the share in which one in so many is played. */
export function isPlayed(index: number, oneIn: number): boolean {
  return IS_SOAK || index % oneIn === 0
}
