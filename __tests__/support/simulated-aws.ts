import type { CodeDeploy } from '../../src/aws/code-deploy.ts'
import type { Ecs } from '../../src/aws/ecs.ts'
import type { GroupSeed, Scenario } from '../../tools/simulator/scenario.ts'
import { type Simulator, startSimulator } from '../../tools/simulator/simulator.ts'
import { demoWorld } from '../../tools/simulator/world.ts'
import { clientsFor } from './simulated-release.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** A simulated account with what the action's calls are made with; at most three attempts of each. */
export interface SimulatedAws {
  aws: Ecs & CodeDeploy
  simulator: Simulator
  clock: VirtualClock
  /** Operations that the simulator was asked for, in order. */
  asked(): string[]
}

/** Plays against a simulated account, on a clock that moves only in waits. */
export async function withAws(scenario: Scenario, play: (simulated: SimulatedAws) => Promise<void>): Promise<void> {
  const clock = virtualClock()
  const simulator = await startSimulator({ scenario, clock, complain: fail })
  const { ecs, codeDeploy } = clientsFor(simulator)
  const aws = { ecs, codeDeploy, clock, random: () => 0.5, maxAttempts: 3 }
  try {
    await play({ aws, simulator, clock, asked: () => simulator.calls.map(({ operation }) => operation) })
  } finally {
    ecs.destroy()
    codeDeploy.destroy()
    await simulator.close()
  }
}

/** The demo world's deployment group with changes. */
export function groupSeed(change: Partial<GroupSeed>): GroupSeed {
  const [seed] = demoWorld.applications.flatMap(({ groups }) => groups)
  if (seed === undefined) throw new Error('the demo world has no deployment group')
  return { ...seed, ...change }
}

function fail(line: string): never {
  throw new Error(line)
}
