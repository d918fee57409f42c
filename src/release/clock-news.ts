import { clockTime } from '../text/words.ts'
import type { World } from '../world.ts'

/** The world, which says once in the log that AWS refused the time of a request and that it is sent again. */
export function withClockNews<Given extends World>(world: Given): Given {
  let isTold = false
  return {
    ...world,
    onWrongClock: ({ operation, serviceError }) => {
      if (isTold) return
      isTold = true
      const { code, message } = serviceError
      world.log.warning(
        `The clock of this runner is wrong, so AWS refused ${operation} (${code}: ${message}). It is asked again with the time of AWS; times that this step reads from its own clock, such as ${clockTime(world.clock.now())} for now, are off.`,
      )
    },
  }
}
