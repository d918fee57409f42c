import { endingOf } from '../follow/ending.ts'
import { failedEvent, hasEnded, productionMoved, replacementOf, type Snapshot } from '../follow/snapshot.ts'
import type { EndError, Fault } from '../lifecycle/fault.ts'
import type { Release } from '../release-state.ts'
import { wordsFor } from './labels.ts'

/** What of a release tells why its deployment ended badly. */
type Ended = Pick<Release, 'plan' | 'service' | 'taskStops' | 'serviceTroubles'>

/** Code and message with which a deployment ended, empty where nothing is told. */
export function endErrorOf(release: Pick<Ended, 'service' | 'serviceTroubles'>, snapshot: Snapshot): EndError {
  return wordsFor(release).faults.told(snapshot.error ?? { code: '', message: '' }, release.serviceTroubles)
}

/** What a deployment ended of that ended badly. */
export function faultOf(release: Ended, snapshot: Snapshot): Fault {
  const { faults } = wordsFor(release)
  const error = endErrorOf(release, snapshot)
  if (faults.isSuperseded(error)) return { kind: 'superseded' }
  switch (endingOf(snapshot)) {
    case 'alarm':
      return alarm(faults.alarmsIn(error.message), snapshot)
    case 'ready-wait-over':
      return { kind: 'ready-wait' }
    case 'stop-request':
      return { kind: 'stop-request' }
    case 'failure': {
      const event = failedEvent(snapshot)?.name ?? ''
      const fault = faults.faultOf({ error, event, hooks: release.plan?.hooks ?? {}, taskStops: release.taskStops })
      return fault.kind === 'alarm' ? alarm(fault.names, snapshot) : fault
    }
  }
}

function alarm(named: readonly string[], { firingAlarms = [] }: Snapshot): Fault {
  return { kind: 'alarm', names: named.length === 0 ? firingAlarms : named }
}

/** The hook at which the deployment ended without ever being run, so that it has printed nothing. */
export function hookNotInvoked(release: Ended & Pick<Release, 'snapshot'>): string | undefined {
  const fault = release.snapshot === undefined ? undefined : faultOf(release, release.snapshot)
  return fault?.kind === 'hook-not-invoked' ? fault.hookFunction : undefined
}

/** Whether tasks that stopped may be why it ended, or what is wrong with what was released. */
export function mayBeOfTasks(release: Ended & Pick<Release, 'snapshot'>): boolean {
  const { snapshot } = release
  const replacement = replacementOf(snapshot)
  if (snapshot === undefined || replacement === undefined) return false
  if (!isFailure(snapshot)) return replacement.running < replacement.desired && productionMoved(snapshot)
  const { kind } = faultOf(release, snapshot)
  return kind === 'tasks' || kind === 'other' || kind === 'alarm'
}

/** It ended by itself, rather than because somebody asked for it. */
function isFailure(snapshot: Snapshot): boolean {
  return hasEnded(snapshot) && snapshot.status !== 'succeeded' && endingOf(snapshot) !== 'stop-request'
}
