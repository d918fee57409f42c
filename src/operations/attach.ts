import type { ParsedInputs } from '../inputs/inputs.ts'
import { type Attached, attach, findPlace } from '../plan/attach.ts'
import { Findings } from '../plan/findings.ts'
import { identify } from '../plan/identity.ts'
import type { Progress } from '../progress.ts'
import { planLines } from '../report/log-lines.ts'
import type { World } from '../world.ts'

/**
 * The checks of an operation on a deployment that is there already: finds it, and tells it or all that is wrong.
 * @param examine what else speaks against the operation
 * @returns undefined when something is wrong
 */
export async function attachTo(
  parsed: ParsedInputs,
  world: World,
  progress: Progress,
  examine: (attached: Attached, findings: Findings) => void = () => {},
): Promise<Attached | undefined> {
  return await world.log.group('Checks', async () => {
    const findings = new Findings([...world.obstacles, ...parsed.problems], parsed.notes)
    const identity = identify(parsed.inputs, world)
    const place = await findPlace(parsed, world, identity, findings)
    const attached = place.group === undefined ? undefined : await attach(parsed, place, world, findings)
    if (attached !== undefined) examine(attached, findings)
    const { caller } = await identity
    const { problems, warnings, notes } = findings
    const { service, group } = attached?.plan ?? place
    progress.learn({ caller, problems, service, group, plan: attached?.plan })
    for (const note of notes) world.log.line(note)
    for (const line of planLines(progress.release)) world.log.line(line)
    for (const warning of warnings) progress.warn(warning)
    return problems.length === 0 ? attached : undefined
  })
}

/** From now on the deployment is the one that is told. */
export function takeUp({ deploymentId, taskDefinitionArn }: Attached, progress: Progress): void {
  const taskDefinition = taskDefinitionArn === undefined ? undefined : { arn: taskDefinitionArn, isNew: false }
  progress.learn({ deploymentId, taskDefinition })
}
