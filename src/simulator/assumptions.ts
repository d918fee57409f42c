import type { Assumptions } from './scenario.ts'

/** What the simulator takes for true where AWS says nothing; README.md lists them with the open points they answer. */
export const DEFAULT_ASSUMPTIONS: Assumptions = {
  appSpecMaxBytes: 1024 * 1024,
  descriptionMaxLength: 256,
  hookTimeoutCode: 'TIMEOUT',
  installTimeoutCode: 'TIMEOUT',
  brokenAppSpecCode: 'INVALID_REVISION',
  readyTimeoutCode: 'TIMEOUT',
  readyShown: 'after-test-hook',
  readyTimeoutRollsBack: false,
  hookDiagnostics: false,
  stopInTerminationWait: 'accepted',
  stopAnswer: 'Pending',
  listPageSize: 100,
}
