/** What the page of a run shows of a step's output. Colours are terminal escapes and empty when not wanted. */
export interface RunnerLogOptions {
  colours: boolean
  write(line: string): void
}

/** Takes a step's output piece by piece and writes it line by line as the runner would show it, groups unfolded. */
export interface RunnerLog {
  take(chunk: string): void
  /** Writes what came without a line end. */
  end(): void
}

const RED = '\u001b[31m'
const YELLOW = '\u001b[33m'
const CYAN = '\u001b[36m'
const BOLD = '\u001b[1m'
const PLAIN = '\u001b[0m'

/** `::name key=value,key=value::data` at the start of a line. Source: actions/runner, ActionCommand. */
const COMMAND = /^\s*::([a-z-]+)(?: (?:[^:]|:(?!:))*)?::(.*)$/i

/** Shows workflow commands as the runner does; `%25`, `%0D` and `%0A` in them stand for what would end them. */
export function runnerLog({ colours, write }: RunnerLogOptions): RunnerLog {
  let rest = ''
  let isInGroup = false
  const paint = (colour: string, text: string) => (colours ? `${colour}${text}${PLAIN}` : text)

  /** What a line looks like; undefined when it is not shown. */
  function shown(line: string): string | undefined {
    const [, command = '', data = ''] = COMMAND.exec(line) ?? []
    const text = data.replaceAll('%0A', '\n').replaceAll('%0D', '').replaceAll('%25', '%')
    switch (command.toLowerCase()) {
      case 'group':
        isInGroup = true
        return paint(BOLD, `> ${text}`)
      case 'endgroup':
        isInGroup = false
        return undefined
      case 'error':
        return paint(RED, `Error: ${text}`)
      case 'warning':
        return paint(YELLOW, `Warning: ${text}`)
      case 'notice':
        return paint(CYAN, `Notice: ${text}`)
      case 'debug':
      case 'add-mask':
        return undefined
      default:
        return isInGroup ? `  ${line}` : line
    }
  }

  function show(line: string): void {
    const text = shown(line)
    if (text !== undefined) write(text)
  }

  return {
    take: (chunk) => {
      const text = rest + chunk
      // A line end at the very end may be the first half of two characters.
      const lines = text.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) show(line)
    },
    end: () => {
      const last = rest.replace(/\r$/, '')
      if (last !== '') show(last)
      rest = ''
    },
  }
}
