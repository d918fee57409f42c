/** An answer that is an error, with the name that AWS gives it. */
export class AwsError extends Error {
  readonly code: string
  readonly httpStatus: number

  constructor(code: string, message: string, httpStatus = 400) {
    super(message)
    this.code = code
    this.httpStatus = httpStatus
  }
}

/** AWS would have answered; the simulator cannot, and whoever runs it is told. */
export class NotSimulated extends AwsError {}
