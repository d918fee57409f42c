/** A workflow command that the runner would carry out, or could. */
export interface RunnerCommand {
  /** In lower case. */
  name: string
  data: string
  /** `##[…]`, which nothing of ours is. */
  isOld: boolean
}

/**
 * What the runner's comparison by culture takes for nothing: control and format characters, and marks that enclose.
 * A reader that leaves them all out finds at least every command that the runner finds. Source: .NET documentation,
 * "String comparisons", and Unicode, DUCET.
 */
const WEIGHTLESS = /(?![\t\v\f\u0085])[\p{Cc}\p{Cf}\p{Me}\p{Default_Ignorable_Code_Point}]/gu

/** `::name key=value,…::data`, white space before it trimmed; the name may be any, also none that there is. */
const COMMAND = /^\s*::([^ :]*)(?: (?:[^:]|:(?!:))*)?::(.*)$/s
/** `##[name key=value;…]data`, anywhere in a line. */
const OLD_COMMAND = /##\[([^ \]]*)[^\]]*\](.*)$/s

/**
 * The commands that a runner finds in what a step prints on stdout and stderr. Lines end at `\n`, `\r` and `\r\n`. A line
 * that only looks like a command counts too: names that this runner does not know may be known to the next.
 * Source: actions/runner, OutputManager.cs, ActionCommandManager.cs and ActionCommand.cs.
 */
export function commandsIn(output: string): RunnerCommand[] {
  return output.split(/\r\n|\n|\r/).flatMap((printed): RunnerCommand[] => {
    const line = printed.replace(WEIGHTLESS, '')
    const command = COMMAND.exec(line)
    const found = command ?? OLD_COMMAND.exec(line)
    return found === null
      ? []
      : [{ name: (found[1] ?? '').toLowerCase(), data: found[2] ?? '', isOld: command === null }]
  })
}

/** What our own steps say to the runner: nothing else is ours. */
const OURS = new Set(['group', 'endgroup', 'error', 'add-mask'])
/** What @actions/core falls back to when there is no file for outputs and state. */
const OURS_WITHOUT_FILES = new Set([...OURS, 'set-output', 'save-state'])

/**
 * Throws when a runner would find a command in `output` that is not ours: of another name, data over several lines,
 * groups that do not come in pairs, or more than the one annotation of a step.
 * @param hasFiles whether the runner gave the step files for outputs and state
 */
export function expectOnlyOurCommands(output: string, hasFiles = true): void {
  const commands = commandsIn(output)
  const ours = hasFiles ? OURS : OURS_WITHOUT_FILES
  const foreign = commands.filter(({ name, data, isOld }) => isOld || !(ours.has(name) || isToolkits(name, data)))
  if (foreign.length > 0) throw new Error(`The runner finds commands that are not ours: ${JSON.stringify(foreign)}`)
  let isOpen = false
  for (const { name } of commands) {
    if (name !== 'group' && name !== 'endgroup') continue
    if (isOpen === (name === 'group')) throw new Error('The groups of the log do not come in pairs.')
    isOpen = !isOpen
  }
  const annotations = commands.filter(({ name }) => name === 'error')
  if (annotations.length > 1) throw new Error(`The step has ${annotations.length} annotations.`)
}

/** What @actions/core says by itself when it asks for a token. */
function isToolkits(name: string, data: string): boolean {
  return name === 'debug' && data.startsWith('ID token url is ')
}
