import { logLine } from '../text/untrusted.ts'
import type { Log } from '../world.ts'
import type { LaterToolkit } from './toolkit.ts'

/** The log of a step. */
export interface StepLog extends Log {
  /** Closes the groups that are still open, so that what comes now is not hidden in one. */
  endGroups(): void
}

/** The log of a step: every line is made safe for the runner here and nowhere else. */
export function stepLog(toolkit: LaterToolkit): StepLog {
  let openGroups = 0
  const line = (text: string) => toolkit.use((core) => core.info(logLine(text)))
  const endGroup = () => {
    if (openGroups === 0) return
    openGroups -= 1
    toolkit.use((core) => core.endGroup())
  }
  return {
    line,
    warning: (text) => line(`Warning: ${text}`),
    group: async (title, body) => {
      openGroups += 1
      toolkit.use((core) => core.startGroup(logLine(title)))
      try {
        return await body()
      } finally {
        endGroup()
      }
    },
    endGroups: () => {
      while (openGroups > 0) endGroup()
    },
  }
}
