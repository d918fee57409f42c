import type { Scenario } from '../simulator/scenario.ts'

/** The hook of the demo world where CodeDeploy releases its service. */
export const HOOK = 'CodeDeployHook_validate'

/**
 * The credentials of the job's environment, as a workflow gets them from an earlier step; where they end on the way,
 * with the time of it.
 */
export function credentialsFor({ faults }: Scenario, startMs: number): NodeJS.ProcessEnv {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAREHEARSAL0000000', AWS_SECRET_ACCESS_KEY: 'rehearsal' }
  const end = faults.find(({ kind }) => kind.type === 'expired')
  if (end === undefined) return keys
  const endsMs = startMs + (end.fromSeconds ?? 0) * 1000
  return { ...keys, AWS_SESSION_TOKEN: 'rehearsal', AWS_CREDENTIAL_EXPIRATION: new Date(endsMs).toISOString() }
}
