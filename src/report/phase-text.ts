import type { EngineWords } from '../engines/words.ts'
import type { Phase } from '../follow/phase.ts'

/** What the phase is, as the rest of "waiting for …". */
export function describePhase(phase: Phase, { waitingFor }: EngineWords): string {
  switch (phase.kind) {
    case 'hook':
      return `hook ${phase.hookFunction} to answer (${phase.event})`
    case 'ended':
      return 'nothing'
    case 'rollback':
      return phase.hasBegun ? 'the rollback to end' : waitingFor.rollback
    default:
      return waitingFor[phase.kind]
  }
}
