import { invalidInput, type Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import { orList } from '../text/words.ts'
import type { InputName, RawInputs } from './names.ts'

/** Reads input values one kind at a time and keeps every problem it meets, so that all can be told at once. */
export interface Fields {
  problems: Problem[]
  /** The trimmed text, or undefined when not given. */
  text(name: InputName): string | undefined
  /** The value as it was given, for inputs in which white space counts. */
  verbatim(name: InputName): string
  /** The trimmed, non-empty lines. */
  lines(name: InputName): string[]
  /** Trimmed text of a form; undefined when not given or wrong. `expected` ends the sentence "must be …". */
  matching(name: InputName, pattern: RegExp, expected: string): string | undefined
  /** A whole number from `min` to `max`; undefined when not given or wrong. */
  wholeNumber(name: InputName, min: number, max: number): number | undefined
  /** `true` or `false`; undefined when not given or wrong. */
  trueOrFalse(name: InputName): boolean | undefined
  /** One of `choices`; undefined when not given or wrong. */
  choice<Choice extends string>(name: InputName, choices: readonly Choice[]): Choice | undefined
  /** Records a problem with an input, in a sentence that begins "Input 'name' …". */
  wrong(name: InputName, rest: string): void
}

/** An address of the web without white space or what could end a link. */
export const URL_FORM = /^https?:\/\/[^\s"'<>`\\]{1,2000}$/

/** As many mistakes of one input are told; a wrong file pasted into one would fill the log. */
const MAX_MISTAKES = 10

/** The fields of one set of raw inputs. */
export function fieldsOf(raw: RawInputs): Fields {
  const problems: Problem[] = []
  const mistakes = new Map<InputName, number>()
  const wrong = (name: InputName, rest: string) => {
    const count = (mistakes.get(name) ?? 0) + 1
    mistakes.set(name, count)
    if (count > MAX_MISTAKES + 1) return
    problems.push(
      invalidInput(`Input '${name}' ${count > MAX_MISTAKES ? 'has more mistakes, which are not listed.' : rest}`),
    )
  }
  const text = (name: InputName) => raw[name].trim() || undefined
  return {
    problems,
    wrong,
    text,
    verbatim: (name) => raw[name],
    lines: (name) =>
      raw[name]
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    matching: (name, pattern, expected) => {
      const given = text(name)
      if (given === undefined || pattern.test(given)) return given
      wrong(name, `must be ${expected}; got '${inSentence(given, 100)}'.`)
      return undefined
    },
    wholeNumber: (name, min, max) => {
      const given = text(name)
      if (given === undefined) return undefined
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
      if (value >= min && value <= max) return value
      wrong(name, `must be a whole number from ${min} to ${max}; got '${inSentence(given, 100)}'.`)
      return undefined
    },
    trueOrFalse: (name) => {
      const given = text(name)
      if (given === undefined) return undefined
      if (/^true$/i.test(given)) return true
      if (/^false$/i.test(given)) return false
      wrong(name, `must be 'true' or 'false'; got '${inSentence(given, 100)}'.`)
      return undefined
    },
    choice: (name, choices) => {
      const given = text(name)
      if (given === undefined) return undefined
      const found = choices.find((choice) => choice === given)
      if (found === undefined) wrong(name, `must be ${quotedList(choices)}; got '${inSentence(given, 100)}'.`)
      return found
    },
  }
}

/** `'a', 'b' or 'c'`. */
export function quotedList(choices: readonly string[]): string {
  return orList(choices.map((choice) => `'${choice}'`))
}
