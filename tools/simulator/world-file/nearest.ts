/** The known word that whoever wrote this one most likely meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = plainOf(word)
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    const distance = distanceBetween(plain, plainOf(candidate))
    if (!best || distance < best.distance) best = { word: candidate, distance }
  }
  return best && best.distance <= (plain.length < 4 ? 1 : Math.max(2, Math.floor(plain.length / 3)))
    ? best.word
    : undefined
}

/** `; did you mean 'x'?`, else what there is. The rest of a sentence about a word that is not known. */
export function orNearest(word: string, known: readonly string[], what: string): string {
  const meant = nearest(word, known)
  if (meant !== undefined) return `; did you mean '${meant}'?`
  return known.length === 0 ? `; there are no ${what}.` : `; ${what} are ${known.join(', ')}.`
}

function plainOf(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '')
}

/** How many letters have to be added, left out, changed or swapped with the next to make one word of the other. */
function distanceBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, i) => i)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const changed = at(i - 1, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : changed
      rows[i]?.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1))
    }
  }
  return at(one.length, other.length)
}
