import { orNearest } from './nearest.ts'

/** What is wrong, in sentences that begin with a path: `services[0].desired-count: must be …`. */
export class Problems {
  readonly sentences: string[] = []

  add(path: string, text: string): void {
    this.sentences.push(path === '' ? text.charAt(0).toUpperCase() + text.slice(1) : `${path}: ${text}`)
  }
}

/** What a text must look like, with the words for it. */
export interface Pattern {
  matches: RegExp
  /** Follows "must be". */
  words: string
}

interface Need {
  required?: boolean
}

/**
 * One mapping of a document, read key by key. A value that is absent, null or wrong is read as undefined; what is wrong
 * is noted. Keys that nobody asked for are unknown, which `done` notes.
 */
export class Section {
  readonly path: string
  readonly problems: Problems
  /** It is no mapping at all: nothing more is said about what is missing in it. */
  readonly isBroken: boolean
  readonly #members: Record<string, unknown>
  readonly #asked = new Set<string>()

  constructor(value: unknown, path: string, problems: Problems) {
    this.path = path
    this.problems = problems
    this.#members = isMapping(value) ? value : {}
    this.isBroken = !isMapping(value)
    if (this.isBroken) problems.add(path, `must be a mapping; got ${shown(value)}.`)
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined
  }

  /** The value as it is. */
  raw(key: string): unknown {
    this.#asked.add(key)
    return (Object.hasOwn(this.#members, key) ? this.#members[key] : undefined) ?? undefined
  }

  text(key: string, { required, matches, words }: Need & Partial<Pattern> = {}): string | undefined {
    const value = this.raw(key)
    const wanted = `must be ${words ?? 'a text'}`
    if (value === undefined) return this.#absent(key, required, wanted)
    if (typeof value === 'number' || typeof value === 'boolean') {
      return this.wrong(key, `must be a text; got the ${typeof value} ${value}: put it in quotes.`)
    }
    const isRight = typeof value === 'string' && value !== '' && (matches?.test(value) ?? true)
    return isRight ? value : this.wrong(key, `${wanted}; got ${shown(value)}.`)
  }

  wholeNumber(key: string, from: number, to: number, { required }: Need = {}): number | undefined {
    const value = this.raw(key)
    const wanted = `must be a whole number from ${from} to ${to}`
    if (value === undefined) return this.#absent(key, required, wanted)
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value
    return this.wrong(key, `${wanted}; got ${shown(value)}.`)
  }

  /** Fractions allowed. */
  number(key: string, from: number, to: number, { required }: Need = {}): number | undefined {
    const value = this.raw(key)
    const wanted = `must be a number from ${from} to ${to}`
    if (value === undefined) return this.#absent(key, required, wanted)
    if (typeof value === 'number' && value >= from && value <= to) return value
    return this.wrong(key, `${wanted}; got ${shown(value)}.`)
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'boolean') return value
    return this.wrong(key, `must be true or false; got ${shown(value)}.`)
  }

  choice<Word extends string | number>(key: string, words: readonly Word[], { required }: Need = {}): Word | undefined {
    const value = this.raw(key)
    const wanted = `must be ${listed(words)}`
    if (value === undefined) return this.#absent(key, required, wanted)
    return words.find((word) => word === value) ?? this.wrong(key, `${wanted}; got ${shown(value)}.`)
  }

  section(key: string): Section | undefined {
    const value = this.raw(key)
    return value === undefined ? undefined : new Section(value, this.pathOf(key), this.problems)
  }

  /** Undefined when the key is absent; an empty list is one. */
  sections(key: string): Section[] | undefined {
    return this.#list(key)?.map((entry, i) => new Section(entry, `${this.pathOf(key)}[${i}]`, this.problems))
  }

  texts(key: string): string[] | undefined {
    return this.#list(key)?.flatMap((entry, i) => {
      if (typeof entry === 'string' && entry !== '') return [entry]
      this.problems.add(`${this.pathOf(key)}[${i}]`, `must be a text; got ${shown(entry)}.`)
      return []
    })
  }

  choices<Word extends string>(key: string, words: readonly Word[]): Word[] | undefined {
    return this.texts(key)?.flatMap((text, i) => {
      const word = words.find((known) => known === text)
      if (word !== undefined) return [word]
      this.problems.add(`${this.pathOf(key)}[${i}]`, `must be ${listed(words)}; got '${text}'.`)
      return []
    })
  }

  /** A mapping of texts, as pairs. */
  pairs(key: string): { key: string; value: string }[] | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    const entries = new Section(value, this.pathOf(key), this.problems)
    return Object.keys(entries.#members).map((name) => ({ key: name, value: entries.text(name) ?? '' }))
  }

  pathOf(key: string): string {
    if (!/^[\w-]+$/.test(key)) return `${this.path}['${key}']`
    return this.path === '' ? key : `${this.path}.${key}`
  }

  /** Notes a problem with the value of this key. */
  wrong(key: string, text: string): undefined {
    this.problems.add(this.pathOf(key), text)
    return undefined
  }

  /** To be called when everything that can be here was asked for. */
  done(): void {
    const known = [...this.#asked]
    for (const key of Object.keys(this.#members)) {
      if (this.#asked.has(key)) continue
      this.wrong(key, `is not known here${orNearest(key, known, 'known keys')}`)
    }
  }

  #absent(key: string, required: boolean | undefined, wanted: string): undefined {
    return required && !this.isBroken ? this.wrong(key, `${wanted}; it is missing.`) : undefined
  }

  #list(key: string): unknown[] | undefined {
    const value = this.raw(key)
    if (value === undefined || Array.isArray(value)) return value
    return this.wrong(key, `must be a list; got ${shown(value)}.`)
  }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value for a sentence, however long it is. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  const text = value.length > 60 ? `${value.slice(0, 60)}…` : value
  return `'${text.replace(/\p{Cc}/gu, ' ')}'`
}

function listed(words: readonly (string | number)[]): string {
  return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`
}
