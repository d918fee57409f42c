import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inSentence } from '../../src/text/untrusted.ts'
import { OptionError } from './options.ts'

const LOADER = fileURLToPath(new URL('./load-hook.ts', import.meta.url))

/** What Node loads as a module. */
const MODULES = ['.mjs', '.cjs', '.js', '.mts', '.cts', '.ts']

/** How long a module may take to load, in real milliseconds: Lambda gives it 10 s. */
const LOAD_TIMEOUT_MS = 10_000

/**
 * Makes sure that a hook can be called before anything starts: CodeDeploy waits an hour for one that cannot.
 * @param file path of the module
 * @param given the same, as the option says it
 * @throws OptionError
 */
export async function checkHook(file: string, given: string): Promise<void> {
  const name = `Option '--hook' names '${inSentence(given, 200)}'`
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new OptionError(`${name}, which does not exist.`)
  if (found.isDirectory()) throw new OptionError(`${name}, which is a directory; name the module of the handler.`)
  if (!found.isFile() || !MODULES.includes(extname(file))) {
    throw new OptionError(`${name}, which is no module (${MODULES.join(', ')}).`)
  }
  const wrong = await loadOnTrial(file)
  if (wrong !== '') throw new OptionError(`${name}, which cannot be loaded: ${inSentence(wrong).replace(/\.$/, '')}.`)
}

/** @returns what is wrong; empty when nothing is */
function loadOnTrial(file: string): Promise<string> {
  return new Promise((resolve) => {
    const child = fork(LOADER, [file], { env: trialEnvironment(), stdio: 'ignore', timeout: LOAD_TIMEOUT_MS })
    child.once('message', (wrong) => resolve(String(wrong)))
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      resolve(signal === null ? `it ends the process (exit code ${code})` : `it takes longer than 10 s`)
    })
  })
}

/** What a hook finds in its environment, leading nowhere; nothing of the caller's own AWS account. */
function trialEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_OPTIONS$)/.test(name))
  const nowhere = 'http://127.0.0.1:9'
  return {
    ...Object.fromEntries(inherited),
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: nowhere,
    AWS_ACCESS_KEY_ID: 'TRIAL',
    AWS_SECRET_ACCESS_KEY: 'trial',
    AWS_EC2_METADATA_DISABLED: 'true',
    PRODUCTION_LISTENER_URL: nowhere,
    TEST_LISTENER_URL: nowhere,
  }
}
