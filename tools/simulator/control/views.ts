import type { RecordedCall } from '../recorded-call.ts'
import type { Fault } from '../scenario.ts'
import { type ControlAction, type Controlled, readQueryOf } from './action.ts'

/** What there is: enough to find out what one is talking to. */
export const describeSimulator: ControlAction = (_, controlled) => {
  const { simulator, simulation, scenario, seed } = controlled
  return {
    body: {
      scenario: scenario.name,
      description: scenario.description,
      seed,
      clock: clockView(controlled),
      listeners: simulator.listeners,
      faults: simulation.faults.waiting(simulation.now()).map(faultView),
      calls: simulator.calls.length,
    },
  }
}

/** Seconds count from the start, or from the last reset, as those of faults do. */
export function clockView({ simulation, clock }: Controlled): object {
  const nowMs = simulation.now()
  return {
    now: new Date(nowMs).toISOString(),
    secondsSinceStart: (nowMs - simulation.startMs) / 1000,
    ...(clock && { speed: clock.speed }),
  }
}

/** A fault as it is written. */
export function faultView({ operation, count, fromSeconds, untilSeconds, kind }: Fault): object {
  const { type, ...rest } = kind
  const { httpStatus, ...other } = { httpStatus: undefined, ...rest }
  return { operation, kind: type, count, from: fromSeconds, until: untilSeconds, status: httpStatus, ...other }
}

/** More than fit into memory. */
const MAX_CALLS = 1_000_000_000

/** Recorded requests from `since` on, sent piece by piece: there may be very many. */
export const listCalls: ControlAction = (request, { simulator }) => {
  const { since, limit } = readQueryOf(request, (query) => {
    const page = {
      since: query.wholeNumber('since', 0, MAX_CALLS) ?? 0,
      limit: query.wholeNumber('limit', 1, MAX_CALLS),
    }
    query.done()
    return page
  })
  return { pieces: callPieces(simulator.calls.slice(since, limit && since + limit), since) }
}

/** `next` is the `since` of the next request. */
function* callPieces(calls: readonly RecordedCall[], since: number): Iterable<string> {
  yield '{"calls":['
  for (const [i, call] of calls.entries()) yield `${i === 0 ? '' : ','}\n${JSON.stringify(callView(call, since + i))}`
  yield `\n],"next":${since + calls.length}}\n`
}

function callView(call: RecordedCall, index: number): object {
  const { atMs, service, operation, input, unknownMembers, attempt, writes, httpStatus, output, error } = call
  const at = new Date(atMs).toISOString()
  return { index, at, service, operation, input, unknownMembers, attempt, writes, httpStatus, output, error }
}

export const listHookLogs: ControlAction = (_, { simulator }) => ({
  body: {
    lines: simulator.hookLogs.map(({ atMs, functionName, deploymentId, stream, text }) => ({
      at: new Date(atMs).toISOString(),
      functionName,
      deploymentId,
      stream,
      text,
    })),
  },
})
