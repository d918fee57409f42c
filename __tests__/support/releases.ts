import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { newRelease as begun } from '../../src/release/progress.ts'
import type { Release } from '../../src/release-state.ts'
import { githubRun } from '../../src/workflow-run/github-run.ts'
import { rawInputs } from './simulated-release.ts'
import { virtualClock } from './virtual-clock.ts'

/** A release of `demo/web` of which nothing is known yet but what `change` says. */
export function newRelease(change: Partial<Release> = {}): Release {
  const { inputs } = parseInputs(
    rawInputs({ cluster: 'demo', service: 'web', image: 'registry.example/web:1.1.0' }),
    [],
  )
  const world = { run: githubRun({}), region: 'us-east-1', otherEndpoint: undefined, clock: virtualClock() }
  return { ...begun(inputs, world), ...change }
}
