import { accessSync, constants, statSync } from 'node:fs'
import { devNull, homedir } from 'node:os'
import { join } from 'node:path'
import { CONFIG_PREFIX_SEPARATOR, loadSharedConfigFiles } from '@smithy/core/config'
import { invalidInput, type Problem } from '../problem.ts'
import { isJsonObject } from '../text/document.ts'
import { readBounded } from '../text/read-bounded.ts'
import { inSentence } from '../text/untrusted.ts'

type Section = Readonly<Record<string, string | undefined>>

/** What the shared config and credentials files say about the profile that is used. */
export interface SharedConfig {
  profileName: string
  profile: Section
  /** The section that the profile's `services` names; its keys are `SERVICE.SETTING`. */
  services: Section
  /** The names of all profiles. */
  profileNames: string[]
  /** Where the files were looked for: the config file, and the credentials file. */
  files: [string, string]
  /** Files at their usual place that could not be read, and so count as empty, each with why in a sentence. */
  unread: string[]
  /** Why nothing may be called. */
  problems: Problem[]
}

/** Largest shared file that is read, in bytes. */
const MAX_FILE_BYTES = 1_048_576

/**
 * Reads the files as the SDK does. Files that are not there are empty.
 * Source: AWS SDKs and Tools Reference Guide, "Using shared config and credentials files".
 */
export async function readSharedConfig(environment: NodeJS.ProcessEnv): Promise<SharedConfig> {
  const profileName = environment['AWS_PROFILE'] || 'default'
  const given = [environment['AWS_CONFIG_FILE'], environment['AWS_SHARED_CREDENTIALS_FILE']]
  const files: [string, string] = [given[0] || usualPlace('config'), given[1] || usualPlace('credentials')]
  const [configFilepath, filepath] = files
  const empty = { profileName, profile: {}, services: {}, profileNames: [], files, unread: [] }
  const faults = files.flatMap((path, i) => faultOf(path, Boolean(given[i])) ?? [])
  const unread = faults.filter(({ isFatal }) => !isFatal).map(({ sentence }) => sentence)
  const fatal = faults.filter(({ isFatal }) => isFatal).map(({ sentence }) => invalidInput(sentence))
  if (fatal.length > 0) return { ...empty, unread, problems: fatal }
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ configFilepath, filepath })
  const profile: Section = { ...credentialsFile[profileName], ...configFile[profileName] }
  const profileNames = [...new Set([...Object.keys(configFile).filter(isProfile), ...Object.keys(credentialsFile)])]
  const read = { ...empty, profile, profileNames, unread }
  const named = profile['services']
  if (named === undefined) return { ...read, problems: [] }
  const services = configFile[`services${CONFIG_PREFIX_SEPARATOR}${named}`]
  if (services !== undefined) return { ...read, services, problems: [] }
  const sentence = `Profile '${inSentence(profileName, 100)}' names the services '${inSentence(named, 100)}', and the shared config file has no such section. Add it, or take 'services' out of the profile.`
  return { ...read, problems: [invalidInput(sentence)] }
}

function usualPlace(name: string): string {
  return join(homedir(), '.aws', name)
}

/** Other sections of the config file are known by what they are and their name. */
function isProfile(section: string): boolean {
  return !/^(?:services|sso-session)\./.test(section)
}

/** Why a shared file is not read. One that the SDK passes over, where nobody said that there is one, is not fatal. */
interface Fault {
  sentence: string
  isFatal: boolean
}

/** Reading a device or a pipe might never end. */
function faultOf(path: string, isGiven: boolean): Fault | undefined {
  const place = path.replace(/^~(?=\/)/, homedir())
  if (place === devNull) return undefined
  const file = `The shared AWS file '${inSentence(path, 200)}'`
  try {
    const status = statSync(place, { throwIfNoEntry: false })
    if (status === undefined) return undefined
    if (!status.isFile()) return { sentence: `${file} is not a regular file, so it is not read.`, isFatal: true }
    accessSync(place, constants.R_OK)
    // Files of the system say that they are empty; some never end, such as `/proc/kmsg`.
    if (status.size === 0 && readBounded(place, 1) !== '') {
      return { sentence: `${file} says that it is empty, and is not, so it is not read.`, isFatal: true }
    }
    if (status.size <= MAX_FILE_BYTES) return undefined
    return { sentence: `${file} is larger than ${MAX_FILE_BYTES} bytes, so it is not read.`, isFatal: true }
  } catch (error) {
    const code = isJsonObject(error) ? String(error['code']) : ''
    return { sentence: `${file} cannot be read (${inSentence(code, 30)}).`, isFatal: isGiven }
  }
}
