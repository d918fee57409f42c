import type { ParsedInputs } from '../inputs/inputs.ts'
import { check } from '../release/check.ts'
import { patiently } from '../release/patience.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'
import { movingGroup } from '../report/moving.ts'
import { plannedLines } from '../report/planned.ts'

/**
 * Says what a release with these inputs would do: every check and the whole plan, and no write at all. A deployment that
 * keeps the group busy is told, not waited for.
 */
export async function plan(parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const progress = Progress.begin(parsed.inputs, world)
  const planned = await check(parsed, undefined, patiently(world), progress)
  if (world.signal.aborted) return progress.end('cancelled')
  if (planned === undefined) return progress.end('refused')
  await world.log.group('Plan', async () => {
    for (const line of plannedLines(progress.release)) world.log.line(line)
  })
  const moving = movingGroup(progress.release)
  if (moving !== undefined) {
    await world.log.group(moving.title, async () => {
      for (const line of moving.lines) world.log.line(line)
    })
  }
  return progress.end('planned')
}
