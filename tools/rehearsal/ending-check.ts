import type { Ending, Inputs } from './workflow.ts'

/** How a job has ended. */
export interface Ended {
  outputs: Inputs
  exitCode: number
  summary: string
  writes: readonly string[]
}

/** What is not as it must be; undefined when all is. */
export function endingProblem(ends: Ending, { outputs, exitCode, summary, writes }: Ended): string | undefined {
  const must: [string, string][] = [['status', ends.status], ...Object.entries(ends.outputs ?? {})]
  for (const [name, value] of must) {
    const found = outputs[name] ?? ''
    if (found !== value) return `must end with ${name} '${value}'; it ended with '${found}'`
  }
  if (exitCode !== ends.exitCode) return `must end with exit code ${ends.exitCode}; it ended with ${exitCode}`
  if (ends.summary !== undefined && !summary.includes(ends.summary)) return `must say '${ends.summary}' in its summary`
  if (ends.writes !== undefined && ends.writes.join() !== writes.join()) {
    return `must write ${ends.writes.join(', ') || 'nothing'}; it wrote ${writes.join(', ') || 'nothing'}`
  }
  return undefined
}
