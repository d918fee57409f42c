import type { ParsedInputs } from '../inputs/inputs.ts'
import { giveBackLane } from '../previews/tidy-up.ts'
import { withClockNews } from '../release/clock-news.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import { resume } from '../release/resume.ts'
import type { Release } from '../release-state.ts'

/**
 * Brings to rest what the main step left behind when it was cancelled or lost. Changes AWS only by the stop, and of a
 * preview by giving back the lane.
 */
export async function wrapUp(saved: Release, parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const ended = await resume(saved, parsed, withClockNews(world))
  await giveBackLane(ended, world)
  return ended
}
