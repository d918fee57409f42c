import type { ParsedInputs } from '../inputs/inputs.ts'
import { type Absent, type Attached, attach } from '../plan/attach.ts'
import { Findings } from '../plan/findings.ts'
import { identify } from '../plan/identity.ts'
import { findPlace } from '../plan/place.ts'
import { planLines } from '../report/plan-lines.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

export interface AttachOptions {
  /** Finds what else speaks against the operation. */
  examine?(attached: Attached, findings: Findings): void
  /** That there is no such deployment is no problem. */
  mayBeAbsent?: boolean
}

/**
 * The checks of an operation on a deployment that is there already: finds it, and tells it or all that is wrong.
 * @returns undefined when something is wrong
 */
export async function attachTo(
  parsed: ParsedInputs,
  world: World,
  progress: Progress,
  options: AttachOptions & { mayBeAbsent: true },
): Promise<Attached | Absent | undefined>
export async function attachTo(
  parsed: ParsedInputs,
  world: World,
  progress: Progress,
  options?: AttachOptions,
): Promise<Attached | undefined>
export async function attachTo(
  parsed: ParsedInputs,
  world: World,
  progress: Progress,
  { examine, mayBeAbsent = false }: AttachOptions = {},
): Promise<Attached | Absent | undefined> {
  return await world.log.group('Checks', async () => {
    const findings = Findings.of(parsed, world)
    const identity = identify(parsed.inputs, world)
    const place = await findPlace(parsed, world, identity, findings)
    const attached = place.group === undefined ? undefined : await attach(parsed, place, world, findings)
    const isThere = attached !== undefined && !('absent' in attached)
    if (isThere) examine?.(attached, findings)
    else if (attached !== undefined && mayBeAbsent) findings.notes.push(attached.absent.sentence)
    else if (attached !== undefined) findings.add(attached.absent)
    const { caller } = await identity
    const { problems, warnings, notes } = findings
    const { service, group } = isThere ? attached.plan : place
    progress.learn({ caller, problems, service, group, plan: isThere ? attached.plan : undefined })
    for (const note of notes) world.log.line(note)
    for (const line of planLines(progress.release)) world.log.line(line)
    for (const warning of warnings) progress.warn(warning)
    return problems.length === 0 ? attached : undefined
  })
}

/** From now on the deployment is the one that is told. */
export function takeUp({ deploymentId, taskDefinitionArn }: Attached, progress: Progress): void {
  const taskDefinition = taskDefinitionArn === undefined ? undefined : { arn: taskDefinitionArn, isNew: false }
  progress.learn({ deploymentId, taskDefinition, madeEarlier: true })
}
