/** An answer that is an error, with the name that AWS gives it. */
export class AwsError extends Error {
  readonly code: string
  readonly httpStatus: number
  /** Members that the exception has beside its message; in AWS JSON only. */
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, httpStatus = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.httpStatus = httpStatus
    this.members = members
  }
}

/** AWS would have answered; the simulator cannot, and whoever runs it is told. */
export class NotSimulated extends AwsError {}
