import { wordsOf } from '../engines/words.ts'
import { endingOf } from '../follow/ending.ts'
import { settle } from '../follow/settle.ts'
import { hasEnded } from '../follow/snapshot.ts'
import { findOccupant } from '../group/find-occupant.ts'
import type { OccupancyFacts } from '../group/occupant.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import { type Attached, attachById } from '../plan/attach.ts'
import { Findings } from '../plan/findings.ts'
import { identify } from '../plan/identity.ts'
import { findPlace, type Place } from '../plan/place.ts'
import {
  findRecentRollback,
  findRollbackTarget,
  goingBack,
  isGoingBack,
  mayTurnAlarmsOff,
} from '../plan/rollback-choice.ts'
import { takeUp } from '../release/attach.ts'
import { conclude } from '../release/conclude.ts'
import { followThrough, WIND_DOWN_MS } from '../release/follow-through.ts'
import { patiently } from '../release/patience.ts'
import { Progress } from '../release/progress.ts'
import { release } from '../release/release.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import { engineFor, followingOf } from '../release/wiring.ts'
import type { Release } from '../release-state.ts'
import { planLines } from '../report/plan-lines.ts'
import { isTakenBack } from '../verdict.ts'
import { backAlready, isOtherThan, notYetNamed, stoppedBefore } from './rollback-words.ts'
import { firstLook, stopAsAsked } from './stop.ts'

/**
 * Brings production back to what served before. What is being deployed is stopped with rollback, its termination wait
 * included; with nothing to stop, or when that is not accepted any more, an earlier revision is deployed, all at once and
 * without hooks. Changes AWS.
 */
export async function rollback(parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const { inputs } = parsed
  const progress = Progress.begin(inputs, world)
  const patient = patiently(world)
  const findings = Findings.of(parsed, world)
  const place = await look(parsed, patient, findings, progress)
  if (place === undefined) return progress.end('refused', { problems: findings.problems })
  if (world.signal.aborted) return progress.end('cancelled')

  const { latest } = place
  const attached = latest && (await attachById(latest.id, inputs, place, patient, findings))
  if (latest !== undefined && attached !== undefined) {
    progress.learn({ plan: attached.plan, service: attached.plan.service, group: attached.plan.group })
    takeUp(attached, progress)
    for (const warning of parsed.warnings) progress.warn(warning)
    if (latest.neverMoved) return progress.end('refused', { problems: [stoppedBefore(attached, latest)] })
    if (latest.isOver) progress.warn(backAlready(attached, latest))
    const otherThanNamed = latest.isOver ? undefined : notYetNamed(inputs.taskDefinition, attached, latest)
    if (otherThanNamed !== undefined) progress.warn(otherThanNamed)
    if (latest.goesBack) return await followThrough(attached, inputs, world, progress)
    const ended = await goBackWith(attached, inputs, world, progress)
    if (ended !== undefined) return ended
  }
  return await deployEarlier(parsed, place, world, findings)
}

interface Scene extends Place {
  latest: Latest | undefined
}

/** What is active in the group, or the rollback that has just ended there. */
interface Latest {
  /** A rollback that was not asked for is told by the deployment that it undoes. */
  id: string
  /** A deployment that goes back already, of this action: it is never undone. */
  goesBack: boolean
  isOver: boolean
  /** It was stopped a moment ago, before users met it. */
  neverMoved: boolean
  endedAtMs: number
  /** How long ago it ended when that was read, in milliseconds. */
  agoMs: number
}

/** Service, group and what happens in it; undefined with problems added. */
async function look(
  parsed: ParsedInputs,
  world: ReleaseWorld,
  findings: Findings,
  progress: Progress,
): Promise<Scene | undefined> {
  return await world.log.group('Checks', async () => {
    const identity = identify(parsed.inputs, world)
    const place = await findPlace(parsed, world, identity, findings)
    progress.learn({ caller: (await identity).caller, service: place.service, group: place.group })
    for (const line of planLines(progress.release)) world.log.line(line)
    if (place.group === undefined) return undefined
    const { service, group } = place
    const suspects = [group.lastDeployment?.id, service.primary.deploymentId].filter((id) => id !== undefined)
    const facts = { service, group, autoPromote: false, suspects, stopped: new Set<string>(), onListDenied: () => {} }
    const before = findings.problems.length
    const latest = await findings.answerOf(findLatest(world, facts, place, parsed.inputs))
    return findings.problems.length > before || before > 0 ? undefined : { ...place, latest }
  })
}

/** @throws CallError */
async function findLatest(
  world: ReleaseWorld,
  facts: OccupancyFacts,
  place: Place,
  inputs: Inputs,
): Promise<Latest | undefined> {
  const occupant = await findOccupant(world, facts)
  if (occupant !== undefined) {
    const goesBack = await isGoingBack(world, place, occupant)
    const isBack = goesBack && occupant.stage === 'shifted'
    // It has done its work, and somebody wants to go further: its termination wait is ended for that.
    if (isBack && isOtherThan(inputs.taskDefinition, facts.service.primary.taskDefinitionArn)) return undefined
    return {
      id: occupant.rollbackOf ?? occupant.id,
      goesBack,
      isOver: false,
      neverMoved: false,
      endedAtMs: 0,
      agoMs: 0,
    }
  }
  // Who names a revision means it, whatever was a moment ago.
  const recent = inputs.taskDefinition === undefined ? await findRecentRollback(world, place) : undefined
  return recent && { ...recent, isOver: true }
}

/** Stops the deployment with rollback and follows both; undefined when it cannot be stopped any more. Changes AWS. */
async function goBackWith(
  attached: Attached,
  inputs: Inputs,
  world: ReleaseWorld,
  progress: Progress,
): Promise<Release | undefined> {
  const { plan, deploymentId } = attached
  const engine = engineFor(plan, inputs, patiently(world), progress)
  const snapshot = await firstLook(engine, attached, progress)
  if (snapshot === undefined) return progress.end('refused')
  if (snapshot.status === 'succeeded') return undefined
  const isOver = hasEnded(snapshot)
  const outcome = isOver ? ({ kind: 'ended', snapshot } as const) : ({ kind: 'stop-asked', snapshot } as const)
  const settlement = isOver
    ? await settle(engine, deploymentId, outcome, followingOf(plan, 'completion', inputs, world, progress), {
        ...inputs,
        rollbackOn: plan.rollbackOn,
        windDownMs: WIND_DOWN_MS,
      })
    : await stopAsAsked(attached, snapshot, inputs, world, progress)
  const { stop } = settlement
  const isDone = settlement.snapshot?.status === 'succeeded'
  const isSeen = settlement.cutShort === undefined
  const isPastStopping = isSeen && stop?.refusal !== undefined && settlement.snapshot?.eventsAreDone === true
  if (isDone || (isPastStopping && !hasEnded(settlement.snapshot ?? snapshot) && stop.problem?.reason !== 'denied')) {
    world.log.line(`Deployment ${deploymentId} cannot be stopped any more; an earlier revision is deployed instead.`)
    return undefined
  }
  progress.learn({ outcome, problems: stop?.problem === undefined ? [] : [stop.problem] })
  const { status } = await conclude({ plan, outcome, settlement }, inputs.hookLogs, world, progress)
  // Stopped by somebody else without a rollback, production may be anywhere.
  const isBack = status === 'rolled-back' || (status === 'stopped' && isTakenBack(settlement))
  return isBack ? progress.end('succeeded') : progress.release
}

/** Deploys the revision that is named or found. */
async function deployEarlier(
  { inputs, ...rest }: ParsedInputs,
  place: Place,
  world: ReleaseWorld,
  findings: Findings,
): Promise<Release> {
  const told = findings.warnings.length
  const named = inputs.taskDefinition
  const found = named === undefined ? await findRollbackTarget(place, patiently(world), findings) : undefined
  const target = named ?? found?.arn
  const leftOut = findings.warnings.slice(told)
  for (const warning of leftOut) world.log.warning(warning)
  const back: ParsedInputs = {
    ...rest,
    inputs: { ...goingBack(inputs, place), taskDefinition: target },
    goesBackTo: found?.properties,
  }
  if (target === undefined) {
    const progress = Progress.begin(inputs, world)
    const { service, group } = place
    return progress.end('refused', { service, group, problems: findings.problems })
  }
  const deployed = await releaseBack(back, inputs, place, world)
  return { ...deployed, warnings: [...leftOut, ...deployed.warnings] }
}

/** A firing alarm ends that too: then once more with polling off. */
async function releaseBack(back: ParsedInputs, inputs: Inputs, place: Place, world: ReleaseWorld): Promise<Release> {
  const first = await release(back, world)
  const { snapshot, service } = first
  const isAlarm = snapshot !== undefined && hasEnded(snapshot) && snapshot.status !== 'succeeded'
  if (!isAlarm || endingOf(snapshot) !== 'alarm' || inputs.alarms !== undefined || world.signal.aborted) return first
  if (!mayTurnAlarmsOff(place)) return first
  const { placeName, withoutAlarms } = wordsOf(service?.controller)
  const stopped = `An alarm of ${placeName(first)} is firing and stopped the rollback ${first.deploymentId}.`
  world.log.warning(`${stopped} Deploying once more with alarms off for this deployment${withoutAlarms}.`)
  const second = await release({ ...back, inputs: { ...back.inputs, alarms: [] } }, world)
  if (second.status !== 'refused') return second
  return { ...second, problems: second.problems.map((one) => ({ ...one, sentence: `${stopped} ${one.sentence}` })) }
}
