import type { Problem, RefusalReason } from '../problem.ts'
import type { CallError } from './attempts.ts'
import { describeServiceError, type ServiceError } from './service-error.ts'

/** A call that failed before anything was deployed, as the reason for a refusal. */
export function callProblem({ operation, serviceError }: CallError): Problem {
  const reasons: Record<ServiceError['kind'], RefusalReason> = {
    throttled: 'unreachable',
    unavailable: 'unreachable',
    network: 'unreachable',
    'not-sent': 'unreachable',
    'wrong-clock': 'credentials',
    expired: 'credentials',
    'invalid-credentials': 'credentials',
    'no-credentials': 'credentials',
    denied: 'denied',
    answered: 'rejected',
  }
  return { reason: reasons[serviceError.kind], sentence: describeServiceError(operation, serviceError) }
}
