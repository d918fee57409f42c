/**
 * How long a step may go on after the first signal, in milliseconds: the runner sends the next one after 7.5 s and kills
 * after 10. Source: actions/runner, ProcessInvoker.
 */
const LAST_MOMENT_MS = 7_500

/** The cancelling of a step by the runner. */
export interface Cancellation {
  /** Aborted by the first signal; later ones change nothing. */
  signal: AbortSignal
  /** Resolves when a cancelled step has no time left to wait for anything. */
  lastMoment: Promise<void>
}

/** Listens for the runner's signals from now on. */
export function listenForCancel(): Cancellation {
  const controller = new AbortController()
  const lastMoment = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => setTimeout(resolve, LAST_MOMENT_MS).unref(), { once: true })
  })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(name, () => controller.abort())
  return { signal: controller.signal, lastMoment }
}
