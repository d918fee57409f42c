import type { Lane } from './lane.ts'

/** Something that will happen by itself, at a known moment. */
export interface Transition {
  atMs: number
  /** The lane as it is right after. */
  happen(): Lane
}

export function at(atMs: number, happen: (atMs: number) => Lane): Transition {
  return { atMs, happen: () => happen(atMs) }
}

/** None when nothing is due. */
export function when(atMs: number | undefined, happen: (atMs: number) => Lane): Transition[] {
  return atMs === undefined ? [] : [at(atMs, happen)]
}
