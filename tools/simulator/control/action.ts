import type { MovableClock } from '../clock.ts'
import type { HookLogLine } from '../hook-log.ts'
import type { RuleEdit } from '../native/seeds.ts'
import type { ControlReply, ControlRequest } from '../protocol/control-http.ts'
import type { Listeners } from '../real-world.ts'
import type { RecordedCall } from '../recorded-call.ts'
import type { Fault, Scenario } from '../scenario.ts'
import type { Simulation } from '../simulation.ts'
import { Problems, Section } from '../world-file/section.ts'

/** What the control plane asks of a simulator. */
export interface ControlledSimulator {
  calls: RecordedCall[]
  readonly hookLogs: HookLogLine[]
  listeners: Record<string, Listeners>
  setAlarm(name: string, state: 'ALARM' | 'OK'): void
  addFault(fault: Fault): void
  clearFaults(): void
  editRules(key: string, edit: Omit<RuleEdit, 'atSeconds'>): void
  failTasks(key: string): void
  reset(): Promise<void>
}

/** What the control plane looks at and moves. */
export interface Controlled {
  simulator: ControlledSimulator
  simulation: Simulation
  scenario: Scenario
  seed: number
  /** Undefined when the clock is somebody else's to move. */
  clock: MovableClock | undefined
}

export type ActionReply = Pick<ControlReply, 'body' | 'pieces'>

/** One thing that the control plane can do. Throws `BadControlRequest` with nothing done. */
export type ControlAction = (request: ControlRequest, controlled: Controlled) => ActionReply | Promise<ActionReply>

/** Ends a request with nothing done; everything that is wrong with it, in sentences. */
export class BadControlRequest extends Error {
  readonly sentences: string[]
  readonly httpStatus: number

  constructor(sentences: string[], httpStatus = 400) {
    super(sentences.join(' '))
    this.sentences = sentences
    this.httpStatus = httpStatus
  }
}

/** Reads the JSON body of a request; no body is an empty one. `read` says when it is done. */
export function readBodyOf<Input>({ body }: ControlRequest, read: (section: Section) => Input | undefined): Input {
  return readWith(parse(body), read)
}

/** Reads the query of a request, whose numbers are numbers. `read` says when it is done. */
export function readQueryOf<Input>({ query }: ControlRequest, read: (section: Section) => Input | undefined): Input {
  return readWith(
    Object.fromEntries([...query].map(([key, text]) => [key, /^\d+$/.test(text) ? Number(text) : text])),
    read,
  )
}

function readWith<Input>(value: unknown, read: (section: Section) => Input | undefined): Input {
  const problems = new Problems()
  const section = new Section(value, '', problems)
  const input = problems.sentences.length === 0 ? read(section) : undefined
  if (input === undefined || problems.sentences.length > 0) throw new BadControlRequest(problems.sentences)
  return input
}

function parse(body: string): unknown {
  if (body.trim() === '') return {}
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new BadControlRequest([`The body must be JSON: ${error instanceof Error ? error.message : error}.`])
  }
}
