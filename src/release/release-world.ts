import type { FreedLane, Release } from '../release-state.ts'
import type { World } from '../world.ts'

/** The world of a release that is reported while it goes on. */
export interface ReleaseWorld extends World {
  /** Called whenever there is more to tell of the release, so that what is on disk survives a killed step. */
  onRelease(release: Release): void
  /** Called when a pull request has lost its lane. */
  onLaneFreed(freed: FreedLane): void
}
