import type { ParsedInputs } from '../inputs/inputs.ts'
import { describeExpiry } from '../plan/credential-expiry.ts'
import { identify } from '../plan/identity.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import { jobLimitWarnings } from '../plan/preflight.ts'
import { planLines } from '../report/plan-lines.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

/**
 * Checks everything with reads, and tells the plan or all that is wrong.
 * @param blocker a deployment that CodeDeploy named as being in the way
 * @returns undefined when something is wrong
 */
export async function check(
  parsed: ParsedInputs,
  blocker: string | undefined,
  world: World,
  progress: Progress,
): Promise<ReleasePlan | undefined> {
  return await world.log.group('Checks', async () => {
    const identity = identify(parsed.inputs, world)
    const earlier = { blocker, waitsSince: progress.release.waits[0]?.startedAt }
    const { plan, problems, warnings, notes, service, group } = await makePlan(parsed, world, identity, earlier)
    const { caller } = await identity
    progress.learn({ caller, plan, problems, service, group })
    for (const note of notes) world.log.line(note)
    for (const line of planLines(progress.release)) world.log.line(line)
    const expiry = plan && describeExpiry(plan, parsed.inputs, await world.credentialsEnd(), world.clock.now())
    if (expiry?.kind === 'note') world.log.line(expiry.text)
    progress.warnOf('checks', warnings)
    progress.warnOf('job-limit', plan === undefined ? [] : jobLimitWarnings(plan, parsed.inputs))
    progress.warnOf('credentials', expiry?.kind === 'warning' ? [expiry.text] : [])
    return plan
  })
}
