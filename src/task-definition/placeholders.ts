import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import type { TaskDefinition } from './definition.ts'

/** Text that a step before should have replaced. */
export interface Placeholder {
  /** E.g. `containerDefinitions[0].image`. */
  path: string
  /** The placeholder alone, e.g. `<IMAGE1_NAME>`, never the rest of a value. */
  text: string
}

/** The ways in which files for templates and pipelines write one. */
const FORMS = [
  /<[A-Za-z][\w .-]{0,60}>/,
  /\$\{[^{}]{1,60}\}/,
  /\$?\{\{[\w .-]{1,60}\}\}/,
  /#\{[\w .-]{1,60}\}#/,
  /%[A-Za-z]\w{0,60}%/,
]
const ANY_FORM = new RegExp(FORMS.map(({ source }) => source).join('|'))
const SHELL_FORM = /\$[A-Za-z_]\w{0,60}/
const IN_AN_ADDRESS = new RegExp(`${ANY_FORM.source}|${SHELL_FORM.source}`)

/** `<UPPER_CASE>` alone: no program takes that for a value. */
const IN_ANGLES = /^<[A-Z][A-Z0-9_ -]{0,60}>$/

/**
 * Members that AWS reads itself: names, ARNs and addresses, in which no placeholder can be meant. All other texts are for
 * the program or for Docker, which expand some of these forms themselves.
 */
const READ_BY_AWS =
  /^(?:family|(?:task|execution)RoleArn)$|\.(?:image|valueFrom|credentialsParameter|fileSystemId|accessPointId)$|\.environmentFiles\[\d+\]\.value$|\.options\.awslogs-(?:group|region|stream-prefix)$/

/** `environment[2].value`, whose name stands beside it. */
const IS_VARIABLE = /\.environment\[\d+\]$/

/**
 * Where placeholders were left in a definition. A variable's value is one when it is nothing else and either
 * `<UPPER_CASE>` or named as the variable is (`STAGE=${STAGE}`): others may be meant for the program.
 */
export function placeholdersIn(definition: TaskDefinition): Placeholder[] {
  const found: Placeholder[] = []
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') {
      const text = READ_BY_AWS.test(path) ? IN_AN_ADDRESS.exec(value)?.[0] : undefined
      if (text !== undefined) found.push({ path, text })
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`)
    } else if (isJsonObject(value)) {
      const text = IS_VARIABLE.test(path) ? ofVariable(value) : undefined
      if (text !== undefined) found.push({ path: `${path}.value`, text })
      for (const [name, member] of Object.entries(value)) walk(member, path === '' ? name : `${path}.${name}`)
    }
  }
  walk(definition, '')
  return found.map(({ path, text }) => ({ path: inSentence(path, 200), text: inSentence(text, 100) }))
}

function ofVariable({ name, value }: Record<string, unknown>): string | undefined {
  if (typeof name !== 'string' || typeof value !== 'string') return undefined
  const form = value.startsWith('$') ? IN_AN_ADDRESS : ANY_FORM
  if (form.exec(value)?.[0] !== value) return undefined
  return IN_ANGLES.test(value) || value.replace(/\W/g, '') === name ? value : undefined
}
