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

/** How many letters have to be added, left out or changed to make one word of the other. */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
