import type { Fault } from '../../tools/simulator/scenario.ts'

export const DENIED: Fault['kind'] = {
  type: 'error',
  code: 'AccessDeniedException',
  message:
    'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: codedeploy:X on resource: arn:aws:codedeploy:us-east-1:1:x',
  httpStatus: 400,
}

export const UNAVAILABLE: Fault['kind'] = {
  type: 'error',
  code: 'ServiceUnavailable',
  message: 'later',
  httpStatus: 503,
}

export const THROTTLED: Fault['kind'] = {
  type: 'error',
  code: 'ThrottlingException',
  message: 'Rate exceeded',
  httpStatus: 400,
}

export const EXPIRED: Fault['kind'] = {
  type: 'error',
  code: 'ExpiredTokenException',
  message: 'The security token included in the request is expired',
  httpStatus: 400,
}

export function fault(operation: string, kind: Fault['kind'], count: number, fromSeconds = 0): Fault {
  return { operation, count, fromSeconds, kind }
}
