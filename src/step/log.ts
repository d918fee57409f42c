import { logLine } from '../untrusted.ts'
import type { Log } from '../world.ts'
import type { LaterToolkit } from './toolkit.ts'

/** The log of a step: every line is made safe for the runner here and nowhere else. */
export function stepLog(toolkit: LaterToolkit): Log {
  const line = (text: string) => toolkit.use((core) => core.info(logLine(text)))
  return {
    line,
    warning: (text) => line(`Warning: ${text}`),
    group: async (title, body) => {
      toolkit.use((core) => core.startGroup(logLine(title)))
      try {
        return await body()
      } finally {
        toolkit.use((core) => core.endGroup())
      }
    },
  }
}
