import type { SimulatorClock } from '../clock.ts'
import type { ClockSetting } from './scaled-time.ts'

/** The preload that puts a child process on the simulator's clock, for `node --import`. */
export const SCALED_TIME_PRELOAD = new URL('./scaled-time.ts', import.meta.url).href

/** What the preload reads: a clock that shows the same as this one, from now on. */
export function childClockEnvironment(clock: SimulatorClock, speed: number): { SIMULATOR_CLOCK: string } {
  const setting: ClockSetting = { speed, startMs: clock.now(), realStartMs: Date.now() }
  return { SIMULATOR_CLOCK: JSON.stringify(setting) }
}
