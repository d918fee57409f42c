/** A workflow command that the runner would carry out. */
export interface RunnerCommand {
  name: string
  data: string
}

/**
 * The commands that a runner finds in what a step prints on stdout and stderr: `::name …::data` at the start of a line
 * and `##[name …]data` anywhere in one. Source: actions/runner, OutputManager.cs and ActionCommand.cs.
 */
export function commandsIn(output: string): RunnerCommand[] {
  return output.split(/\r\n|\n|\r/).flatMap((line): RunnerCommand[] => {
    const command = /^::([^ :]+)(?: [^\n]*?)?::(.*)$/.exec(line.trim()) ?? /##\[([^ \]]+)[^\]]*\](.*)$/.exec(line)
    return command === null ? [] : [{ name: (command[1] ?? '').toLowerCase(), data: command[2] ?? '' }]
  })
}
