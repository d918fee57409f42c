import { invalidInput, type Problem } from '../problem.ts'
import { nearestName } from '../text/nearest.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList } from '../text/words.ts'
import { INAPPLICABLE_INPUTS, INPUT_NAMES } from './names.ts'

/**
 * The runner gives these to every step that has them under `with`, whatever its action declares.
 * Source: actions/runner, ActionRunner, the inputs of container actions.
 */
const OF_THE_RUNNER = new Set(['args', 'entrypoint'])

/** Names of inputs that people write; the runner fills in the others. */
const WRITTEN_NAMES = INPUT_NAMES.filter((name) => name !== 'job-status')
const KNOWN_NAMES = [...WRITTEN_NAMES, ...Object.keys(INAPPLICABLE_INPUTS)]

/** More names than these are not told one by one. */
const MAX_NAMES = 10

/**
 * What to say of inputs that action.yml does not declare: one that was probably meant to be another is a problem, since
 * what it says would be lost in silence; any other may be a variable of the job that happens to begin with `INPUT_`.
 * @param given their names in any case
 */
export function judgeUndeclared(given: readonly string[]): { problems: Problem[]; warnings: string[] } {
  const names = given.map((name) => name.toLowerCase()).filter((name) => !OF_THE_RUNNER.has(name))
  const problems = names.flatMap((name) => problemOf(name) ?? [])
  const unknown = names.filter((name) => problemOf(name) === undefined)
  if (unknown.length === 0) return { problems, warnings: [] }
  const shown = unknown.slice(0, MAX_NAMES).map((name) => `'${inSentence(name, 100)}'`)
  const left = unknown.length - shown.length
  const list = andList(left > 0 ? [...shown, `${left} more`] : shown)
  const what =
    unknown.length === 1
      ? `There is no input ${list}; it is not used.`
      : `There are no inputs ${list}; they are not used.`
  return { problems, warnings: [`${what} A variable of the job whose name begins with INPUT_ looks like one.`] }
}

function problemOf(given: string): Problem | undefined {
  const name = nearestName(given, KNOWN_NAMES)
  if (name === undefined) return undefined
  const advice = Object.hasOwn(INAPPLICABLE_INPUTS, name) ? INAPPLICABLE_INPUTS[name] : undefined
  if (advice !== undefined)
    return invalidInput(`Input '${name}' cannot apply to a release through CodeDeploy: ${advice}.`)
  return invalidInput(`There is no input '${inSentence(given, 100)}'. Did you mean '${name}'?`)
}
