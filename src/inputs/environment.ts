import { INPUT_NAMES, type RawInputs } from './names.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The declared inputs as the runner hands them over: `INPUT_` and the name in upper case, hyphens kept.
 * Source: actions/runner, NodeScriptActionHandler.
 */
export function readRawInputs(environment: Environment): RawInputs {
  const values = INPUT_NAMES.map((name) => [name, environment[variableOf(name)] ?? ''])
  return Object.fromEntries(values)
}

/** Names of given inputs that action.yml does not declare, in upper case; the runner passes them on all the same. */
export function readUndeclaredInputs(environment: Environment): string[] {
  const declared = new Set(INPUT_NAMES.map(variableOf))
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith('INPUT_') && !declared.has(name) && value?.trim() !== '')
    .map(([name]) => name.slice('INPUT_'.length))
}

function variableOf(name: string): string {
  return `INPUT_${name.toUpperCase()}`
}
