import { OPERATIONS } from '../operations/operations.ts'
import type { Fault, FaultKind } from '../scenario.ts'
import { orNearest } from './nearest.ts'
import type { Section } from './section.ts'

const KINDS = [
  'throttle',
  'rate-limit',
  'error',
  'server-error',
  'expired',
  'wrong-clock',
  'denied',
  'drop',
  'drop-after-accept',
  'slow',
  'malformed',
] as const satisfies readonly FaultKind['type'][]

/** A month; more than any deployment takes. */
export const MAX_SECONDS = 2_592_000

/** Reads one fault, as it is in a world file and in `POST /_sim/fault`. */
export function readFault(section: Section): Fault | undefined {
  const operation = operationIn(section)
  const type = section.choice('kind', KINDS, { required: true })
  const count = section.wholeNumber('count', 1, 1_000_000)
  const fromSeconds = section.number('from', 0, MAX_SECONDS)
  const untilSeconds = section.number('until', 0, MAX_SECONDS)
  if (untilSeconds !== undefined && untilSeconds <= (fromSeconds ?? 0)) {
    section.wrong('until', `must be later than 'from'; got ${untilSeconds}.`)
  }
  const kind = type && readKind(section, type)
  // What else can be here depends on the kind.
  if (type) section.done()
  return (
    kind && {
      operation,
      kind,
      ...(count !== undefined && { count }),
      ...(fromSeconds !== undefined && { fromSeconds }),
      ...(untilSeconds !== undefined && { untilSeconds }),
    }
  )
}

/** Reads an entry of `behind`. */
export function readBehind(section: Section): { operation: string; seconds: number } {
  const entry = {
    operation: operationIn(section),
    seconds: section.number('seconds', 0, MAX_SECONDS, { required: true }) ?? 0,
  }
  section.done()
  return entry
}

function operationIn(section: Section): string {
  const operation = section.text('operation') ?? '*'
  const known = OPERATIONS.map(({ name }) => name)
  if (operation !== '*' && !known.includes(operation)) {
    const rest = orNearest(operation, known, 'operations')
    section.wrong('operation', `there is no operation '${operation}'${rest}`)
  }
  return operation
}

function readKind(section: Section, type: FaultKind['type']): FaultKind | undefined {
  switch (type) {
    case 'error': {
      const code = section.text('code', { required: true })
      const message = section.text('message') ?? ''
      const httpStatus = section.wholeNumber('status', 400, 599) ?? 400
      return code === undefined ? undefined : { type, code, message, httpStatus }
    }
    case 'server-error':
      return { type, httpStatus: section.choice('status', [500, 503]) ?? 500 }
    case 'denied': {
      const resource = section.text('resource')
      return { type, ...(resource !== undefined && { resource }) }
    }
    case 'rate-limit': {
      const perSecond = section.number('per-second', 0.01, 100_000, { required: true })
      return perSecond === undefined ? undefined : { type, perSecond }
    }
    case 'slow': {
      const seconds = section.number('seconds', 0, MAX_SECONDS, { required: true })
      return seconds === undefined ? undefined : { type, seconds }
    }
    case 'malformed':
      return { type, how: section.choice('how', ['not-json', 'cut', 'empty']) ?? 'not-json' }
    default:
      return { type }
  }
}
