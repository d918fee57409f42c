import { clockTime, count } from '../text/words.ts'
import type { World } from '../world.ts'

/**
 * How long a throttled call is tried again where no loop would look again anyway, in milliseconds. A hundred releases
 * that begin together need minutes until each has asked what it must know.
 */
const PATIENCE_MS = 10 * 60_000

/** The world as checks and writes see it: throttling only makes them slower. Told once when it begins and once when it is over. */
export function patiently<Given extends World>(world: Given): Given {
  const { log, clock } = world
  let throttledCalls = 0
  let throttledAttempts = 0
  return {
    ...world,
    patienceMs: PATIENCE_MS,
    onThrottled: (trouble) => {
      if ('began' in trouble) {
        const { operation, serviceError } = trouble.began
        throttledCalls += 1
        if (throttledCalls > 1) return
        throttledAttempts = 0
        log.line(
          `${clockTime(clock.now())}  AWS throttles ${operation} (${serviceError.code}: ${serviceError.message}); asking again, less often.`,
        )
      } else {
        throttledCalls -= 1
        throttledAttempts += trouble.endedAfter
        if (throttledCalls > 0) return
        log.line(`${clockTime(clock.now())}  AWS answers again after ${count(throttledAttempts, 'throttled request')}.`)
      }
    },
  }
}
