/** A request that the simulator received, and what came of it. */
export interface RecordedCall {
  /** Milliseconds since 1970, of the simulator's clock. */
  atMs: number
  /** `codedeploy`, `ecs`, or the target prefix of a service that is not simulated. */
  service: string
  operation: string
  /** Undefined when the body was no JSON. */
  readonly input: unknown
  /** Paths of members that the SDK's schema does not have, e.g. `containerDefinitions[0].novelty`. */
  unknownMembers: string[]
  /** The header `amz-sdk-request`, e.g. `attempt=2; max=3`. */
  attempt: string | undefined
  /** It is an operation that changes something in AWS, whether or not this request did. */
  writes: boolean
  /** 0 when the connection was cut instead of an answer. */
  httpStatus: number
  /** The answer, also when the connection was cut before the caller got it. */
  readonly output: unknown
  error: { code: string; message: string } | undefined
}

/** A call as it is made, with request and answer as the texts that they were; undefined: there was none. */
export type CallOutline = Omit<RecordedCall, 'input' | 'output'> & {
  inputText: string | undefined
  outputText: string | undefined
}

/**
 * What was recorded so far. Requests and answers are kept as text, equal ones once: most calls are polls that saw
 * nothing new, and few are ever looked at.
 */
const NONE: string[] = []

export class CallRecord {
  readonly calls: RecordedCall[] = []
  readonly #texts = new Map<string, string>()

  add({ inputText, outputText, ...call }: CallOutline): void {
    const kept = {
      ...call,
      service: this.#shared(call.service),
      operation: this.#shared(call.operation),
      attempt: this.#shared(call.attempt),
      unknownMembers: call.unknownMembers.length === 0 ? NONE : call.unknownMembers,
    }
    this.calls.push(new KeptCall(kept, this.#shared(inputText), this.#shared(outputText)))
  }

  clear(): void {
    this.calls.length = 0
    this.#texts.clear()
  }

  /** The text that was kept first; most pieces are cut out of a header, which they would keep too. */
  #shared<Text extends string | undefined>(text: Text): Text | string {
    if (text === undefined) return text
    const known = this.#texts.get(text)
    if (known === undefined) this.#texts.set(text, text)
    return known ?? text
  }
}

class KeptCall implements RecordedCall {
  readonly atMs: number
  readonly service: string
  readonly operation: string
  readonly unknownMembers: string[]
  readonly attempt: string | undefined
  readonly writes: boolean
  readonly httpStatus: number
  readonly error: RecordedCall['error']
  readonly #inputText: string | undefined
  readonly #outputText: string | undefined

  constructor(
    call: Omit<RecordedCall, 'input' | 'output'>,
    inputText: string | undefined,
    outputText: string | undefined,
  ) {
    this.atMs = call.atMs
    this.service = call.service
    this.operation = call.operation
    this.unknownMembers = call.unknownMembers
    this.attempt = call.attempt
    this.writes = call.writes
    this.httpStatus = call.httpStatus
    this.error = call.error
    this.#inputText = inputText
    this.#outputText = outputText
  }

  get input(): unknown {
    return parsed(this.#inputText)
  }

  get output(): unknown {
    return parsed(this.#outputText)
  }
}

function parsed(text: string | undefined): unknown {
  return text ? JSON.parse(text) : undefined
}
