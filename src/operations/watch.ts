import type { ParsedInputs } from '../inputs/inputs.ts'
import { attachTo, takeUp } from '../release/attach.ts'
import { followThrough } from '../release/follow-through.ts'
import { patiently } from '../release/patience.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'

/**
 * Follows a deployment that was made before, to the finish line or its end, and the rollback if there is one. Changes
 * nothing, also not when it is cancelled or not done in time; with nothing active there is nothing to do.
 */
export async function watch(parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const progress = Progress.begin(parsed.inputs, world)
  const attached = await attachTo(parsed, patiently(world), progress, { mayBeAbsent: true })
  if (attached !== undefined && 'absent' in attached) return progress.end('unchanged')
  if (attached === undefined) return progress.end('refused')
  takeUp(attached, progress)
  return await followThrough(attached, parsed.inputs, world, progress)
}
