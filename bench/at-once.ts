import { releaseAtOnce } from '../__tests__/support/hundred-releases.ts'

/** What a hundred releases at once ask of an account that allows ten requests a second. */
export interface AtOnce {
  /** Until the last one ends, on the deployments' clock. */
  tookMs: number
  accepted: number
  throttled: number
}

export async function measureAtOnce(): Promise<AtOnce> {
  const { releases, calls, tookMs } = await releaseAtOnce(100, 10)
  for (const { fate, outputs } of releases) {
    const expected = fate === 'succeeds' ? 'succeeded' : 'rolled-back'
    if (outputs.status !== expected) throw new Error(`A release of the benchmark ended as '${outputs.status}'.`)
  }
  const throttled = calls.filter(({ error }) => error?.code === 'ThrottlingException').length
  return { tookMs, accepted: calls.length - throttled, throttled }
}
