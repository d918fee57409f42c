import type { FaultKind } from '../../../tools/simulator/scenario.ts'

/** What can become of a request and its answer; the columns of the matrix. */
export const FAULTS = {
  throttled: { type: 'throttle' },
  '500': { type: 'server-error', httpStatus: 500 },
  'reset before': { type: 'drop' },
  'reset after': { type: 'drop-after-accept' },
  slow: { type: 'slow', seconds: 45 },
  expired: { type: 'expired' },
  denied: { type: 'denied' },
  malformed: { type: 'malformed', how: 'cut' },
  empty: { type: 'malformed', how: 'empty' },
} as const satisfies Record<string, FaultKind>

export type FaultName = keyof typeof FAULTS

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

/** How often a fault is met: by one request, or by every one from then on. */
export const LASTS = ['once', 'ever'] as const

export type Lasts = (typeof LASTS)[number]

/** Those that say nothing about what was asked, so that asking again may help. */
export const PASSING: readonly FaultName[] = FAULT_NAMES.filter((name) => name !== 'expired' && name !== 'denied')
