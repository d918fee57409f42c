import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'

const MAX_ALARMS = 10
const MAX_NAME_LENGTH = 255

/**
 * Parses `alarms`: at most 10 names, each once, of up to 255 characters and without control characters.
 * Source: CodeDeploy API Reference, AlarmConfiguration and Alarm; CloudWatch API Reference, PutMetricAlarm.
 * @returns undefined when not given or wrong
 */
export function parseAlarms(fields: Fields): string[] | undefined {
  const names = fields.lines('alarms')
  if (names.length === 0) return undefined
  const before = fields.problems.length
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) fields.wrong('alarms', `names '${inSentence(doubled, 255)}' more than once.`)
  if (names.length > MAX_ALARMS) fields.wrong('alarms', `takes at most ${MAX_ALARMS} alarm names; got ${names.length}.`)
  const long = names.find((name) => name.length > MAX_NAME_LENGTH)
  if (long !== undefined) {
    const start = inSentence(long, 40)
    fields.wrong('alarms', `takes names of at most ${MAX_NAME_LENGTH} characters; one begins '${start}'.`)
  }
  const garbled = names.find((name) => /\p{Cc}/u.test(name))
  if (garbled !== undefined) {
    fields.wrong('alarms', `takes names without control characters; there is one in '${inSentence(garbled, 100)}'.`)
  }
  return fields.problems.length === before ? names : undefined
}
