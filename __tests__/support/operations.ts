import { expect } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import type { Release } from '../../src/release-state.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { runNumber } from './others.ts'
import { expectValidReport } from './report-schema.ts'
import { type SimulatedAccount, type SimulatedRelease, simulateRelease } from './simulated-release.ts'

type Inputs = Partial<Record<InputName, string>>

/** One step of run 42 of the workflow, or of another one, in an account that goes on after it. */
export async function operate(
  account: SimulatedAccount,
  inputs: Inputs,
  {
    world = runNumber(42) as Partial<ReleaseWorld>,
    prepare,
  }: Pick<Parameters<typeof simulateRelease>[0], 'world' | 'prepare'> = {},
): Promise<SimulatedRelease> {
  const options = { scenario: baseScenario, account, inputs, world, ...(prepare && { prepare }) }
  const result = await simulateRelease(options)
  expectValidReport(result.release)
  return result
}

/** A release of run 42 whose runner dies as soon as its deployment exists. @returns the deployment's id */
export async function releaseAndDie(account: SimulatedAccount, inputs: Inputs = {}): Promise<string> {
  let id = ''
  const onRelease = ({ deploymentId }: Release) => {
    if (deploymentId === undefined) return
    id = deploymentId
    throw new Error('the runner died')
  }
  const options = { scenario: baseScenario, account, inputs, world: { ...runNumber(42), onRelease } }
  await expect(simulateRelease(options)).rejects.toThrow('the runner died')
  return id
}
