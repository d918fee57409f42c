import type { ParsedInputs } from '../inputs/inputs.ts'
import { NOTHING_TO_RELEASE } from '../inputs/of-operation.ts'
import { Findings } from '../plan/findings.ts'
import { identify } from '../plan/identity.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { patiently } from '../release/patience.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'
import { ownMarker } from '../workflow-run/marker.ts'
import { claim } from './claim.ts'
import { inputsOfLanes, type Lane, readLanes } from './lane.ts'
import { previewTaskOf } from './preview-task.ts'
import { freeOwn, sweep } from './sweep.ts'
import { laneReadings } from './words.ts'

/**
 * Previews of pull requests on lanes, services made for them: the event that started the run decides whether its pull
 * request is put on one, its lane is freed, or all are looked after. Changes AWS only in services that are tagged as lanes.
 */
export async function preview(parsed: ParsedInputs, outside: ReleaseWorld): Promise<Release> {
  const task = previewTaskOf(outside.event.name, outside.event.read())
  const pullRequest = 'pullRequest' in task ? task.pullRequest : ''
  const world = { ...outside, run: { ...outside.run, pullRequest } }
  const progress = Progress.begin(parsed.inputs, world)
  if ('kind' in task && task.kind === 'fork') {
    return progress.end('unchanged', { preview: { task: 'fork', pullRequest, taking: undefined, lanes: [] } })
  }

  const findings = Findings.of(parsed, world)
  if (!('kind' in task)) findings.add(task)
  else if (task.kind === 'claim' && parsed.inputs.namesNothing) findings.add(invalidInput(NOTHING_TO_RELEASE))
  const patient = patiently(world)
  const lanes = await look(parsed, patient, findings, progress)
  const problems = eachOnce(findings.problems)
  if (lanes === undefined || problems.length > 0 || !('kind' in task)) return progress.end('refused', { problems })
  if (world.signal.aborted) return progress.end('cancelled')

  const own = ownMarker(world.run, 'preview')
  // The release of a lane says them itself.
  if (task.kind !== 'claim') for (const warning of parsed.warnings) progress.warn(warning)
  // A run that is run again, or comes late, is told by its event that a pull request is open which was closed since.
  const isClosed = task.kind === 'claim' && (await world.isPullRequestClosed(pullRequest)) === true
  if (isClosed) world.log.line(`Pull request ${pullRequest} is closed by now, so it is put on no lane.`)
  if (task.kind === 'claim' && !isClosed) return await claim({ parsed, own, world: patient }, lanes)
  if (task.kind === 'free' || isClosed) return await freeOwn(lanes, parsed.inputs, own, patient)
  return await sweep(lanes, parsed.inputs, own, patient)
}

async function look(
  parsed: ParsedInputs,
  world: ReleaseWorld,
  findings: Findings,
  progress: Progress,
): Promise<Lane[] | undefined> {
  return await world.log.group('Lanes', async () => {
    const [first = parsed.inputs] = inputsOfLanes(parsed.inputs)
    const identity = identify(first, world)
    const lanes = await readLanes(parsed, world, identity, findings)
    const { caller } = await identity
    progress.learn({ caller })
    for (const note of findings.notes) world.log.line(note)
    for (const { name, url, was } of laneReadings(lanes ?? [], world.clock.now())) {
      world.log.line(`${name} (${url}): ${was}.`)
    }
    return lanes
  })
}

/** What is wrong with every lane alike is told once. */
function eachOnce(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence))
}
