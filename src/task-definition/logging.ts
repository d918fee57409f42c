import type { Overrides } from '../inputs/overrides.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { firstNames, isJsonObject, type JsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'

/** Options that every driver knows. Source: ECS API Reference, LogConfiguration, options. */
const OF_EVERY_DRIVER = new Set(['mode', 'max-buffer-size'])

interface Logging {
  container: JsonObject
  problems: Problem[]
  notes: string[]
}

/**
 * A container with the log driver and the options of the inputs. Options of another driver than before are not carried
 * over: no driver starts with those of another (source: Docker documentation, "Configure logging drivers").
 */
export function withLogging(
  container: JsonObject,
  name: string,
  { logDriver, logOptions }: Pick<Overrides, 'logDriver' | 'logOptions'>,
): Logging {
  if (logDriver === undefined && logOptions.size === 0) return { container, problems: [], notes: [] }
  const before = isJsonObject(container['logConfiguration']) ? container['logConfiguration'] : {}
  const { logDriver: driverBefore, options: optionsBefore, secretOptions, ...others } = before
  const driver = logDriver ?? driverBefore
  if (typeof driver !== 'string') return { container, problems: [withoutDriver(name)], notes: [] }
  const isOther = typeof driverBefore === 'string' && driverBefore !== driver
  const stays = (option: string) => !isOther || OF_EVERY_DRIVER.has(option) || option.startsWith(`${driver}-`)
  const entries = Object.entries(isJsonObject(optionsBefore) ? optionsBefore : {})
  const secrets = Array.isArray(secretOptions) ? secretOptions.filter(isJsonObject) : []
  const secretsThatStay = secrets.filter((secret) => stays(String(secret['name'])))
  const options = {
    ...Object.fromEntries(entries.filter(([option]) => stays(option))),
    ...Object.fromEntries(logOptions),
  }
  const left = [...entries.map(([option]) => option), ...secrets.map((secret) => String(secret['name']))].filter(
    (option) => !stays(option),
  )
  const logConfiguration = {
    logDriver: driver,
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(secretsThatStay.length > 0 ? { secretOptions: secretsThatStay } : {}),
    ...others,
  }
  return {
    container: { ...container, logConfiguration },
    problems: [],
    notes: left.length === 0 ? [] : [leftOut(name, String(driverBefore), driver, left)],
  }
}

function withoutDriver(name: string): Problem {
  return invalidInput(
    `Input 'log-configuration-options' is given, but the container '${inSentence(name, 100)}' has no log driver. Give it with 'log-configuration-log-driver'.`,
  )
}

function leftOut(name: string, before: string, driver: string, options: readonly string[]): string {
  const list = firstNames(options.map((option) => `'${inSentence(option, 100)}'`))
  return `The log driver of the container '${inSentence(name, 100)}' changes from '${inSentence(before, 100)}' to '${driver}', so its options ${list} are left out. Options of '${driver}' are given with 'log-configuration-options'.`
}
