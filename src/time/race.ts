import type { Clock, Deadline } from './clock.ts'

/**
 * The answer, or undefined as soon as the signal is aborted; without waiting for the answer when it is aborted already.
 * An answer that comes later is dropped, a failure too.
 * @throws what the answer throws while it is waited for
 */
export async function until<Answer>(signal: AbortSignal, answer: Promise<Answer>): Promise<Answer | undefined> {
  // Nobody may be left to handle it.
  answer.catch(() => {})
  if (signal.aborted) return undefined
  let onAbort = () => {}
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([aborted, answer])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * The answer, or undefined when it takes longer than `limitMs` milliseconds.
 * @param ask is given a signal that is aborted then
 * @throws what the answer throws in time
 */
export async function within<Answer>(
  clock: Pick<Clock, 'deadline'>,
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | undefined> {
  const deadline = clock.deadline(limitMs)
  try {
    return await until(deadline.signal, ask(deadline.signal))
  } finally {
    deadline.cancel()
  }
}

/** A signal that is aborted so many milliseconds after another one is, which may be aborted already; unless cancelled. */
export function delayed(clock: Pick<Clock, 'deadline'>, signal: AbortSignal, delayMs: number): Deadline {
  const controller = new AbortController()
  let late: Deadline | undefined
  const begin = () => {
    late = clock.deadline(delayMs)
    late.signal.addEventListener('abort', () => controller.abort(), { once: true })
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  return {
    signal: controller.signal,
    cancel: () => {
      signal.removeEventListener('abort', begin)
      late?.cancel()
    },
  }
}
