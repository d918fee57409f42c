/**
 * How long a step may go on after the first signal, in milliseconds: the runner sends the next one after 7.5 s and kills
 * after 10. Source: actions/runner, ProcessInvoker.
 */
const LAST_MOMENT_MS = 7_500

/** How long after the first signal something may still be under way to GitHub, in milliseconds: then comes the kill. */
const LAST_WORD_MS = 9_000

/** The cancelling of a step by the runner. */
export interface Cancellation {
  /** Aborted by the first signal; later ones change nothing. */
  signal: AbortSignal
  /** Resolves when a cancelled step has no time left to wait for anything. */
  lastMoment: Promise<void>
  /** Resolves when a cancelled step must have ended. */
  lastWord: Promise<void>
}

/** Listens for the runner's signals from now on. */
export function listenForCancel(): Cancellation {
  const controller = new AbortController()
  const after = (durationMs: number) =>
    new Promise<void>((resolve) => {
      controller.signal.addEventListener('abort', () => setTimeout(resolve, durationMs).unref(), { once: true })
    })
  const lastMoment = after(LAST_MOMENT_MS)
  const lastWord = after(LAST_WORD_MS)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(name, () => controller.abort())
  return { signal: controller.signal, lastMoment, lastWord }
}
