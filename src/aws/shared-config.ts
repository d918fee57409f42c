import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CONFIG_PREFIX_SEPARATOR, loadSharedConfigFiles } from '@smithy/core/config'
import { invalidInput, type Problem } from '../problem.ts'
import { readBounded } from '../text/read-bounded.ts'
import { inSentence } from '../text/untrusted.ts'

type Section = Readonly<Record<string, string | undefined>>

/** What the shared config and credentials files say about the profile that is used. */
export interface SharedConfig {
  profileName: string
  profile: Section
  /** The section that the profile's `services` names; its keys are `SERVICE.SETTING`. */
  services: Section
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
  const empty = { profileName, profile: {}, services: {} }
  const paths = {
    configFilepath: environment['AWS_CONFIG_FILE'] || join(homedir(), '.aws', 'config'),
    filepath: environment['AWS_SHARED_CREDENTIALS_FILE'] || join(homedir(), '.aws', 'credentials'),
  }
  const unreadable = Object.values(paths).flatMap(problemWith)
  if (unreadable.length > 0) return { ...empty, problems: unreadable }
  const { configFile, credentialsFile } = await loadSharedConfigFiles(paths)
  const profile: Section = { ...credentialsFile[profileName], ...configFile[profileName] }
  const named = profile['services']
  if (named === undefined) return { ...empty, profile, problems: [] }
  const services = configFile[`services${CONFIG_PREFIX_SEPARATOR}${named}`]
  if (services !== undefined) return { ...empty, profile, services, problems: [] }
  const sentence = `Profile '${inSentence(profileName, 100)}' names the services '${inSentence(named, 100)}', and the shared config file has no such section. Add it, or take 'services' out of the profile.`
  return { ...empty, profile, problems: [invalidInput(sentence)] }
}

/** Reading a device or a pipe might never end. */
function problemWith(path: string): Problem[] {
  const place = path.replace(/^~(?=\/)/, homedir())
  const file = statSync(place, { throwIfNoEntry: false })
  if (file === undefined) return []
  const shown = inSentence(path, 200)
  if (!file.isFile()) return [invalidInput(`The shared AWS file '${shown}' is not a regular file, so it is not read.`)]
  // Files of the system say that they are empty; some never end, such as `/proc/kmsg`.
  if (file.size === 0 && readBounded(place, 1) !== '') {
    return [invalidInput(`The shared AWS file '${shown}' says that it is empty, and is not, so it is not read.`)]
  }
  if (file.size <= MAX_FILE_BYTES) return []
  return [invalidInput(`The shared AWS file '${shown}' is larger than ${MAX_FILE_BYTES} bytes, so it is not read.`)]
}
