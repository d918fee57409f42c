import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { scaledClock } from '../tools/simulator/clock.ts'
import type { Scenario } from '../tools/simulator/scenario.ts'
import { startSimulator } from '../tools/simulator/simulator.ts'

const MAIN = fileURLToPath(new URL('../tools/simulator/main.ts', import.meta.url))

/** A whole release ends before a waiter that reads every 15 seconds reads for the second time. */
const PROGRAM_SPEED = 100

/** An hour's wait is a minute: far longer than any client here needs, and over soon when one never answers. */
const WALK_SPEED = 60

/** Runs what `npm run simulator` runs, and ends it. */
export async function withSimulatorProgram<T>(scenario: string, play: (url: string) => Promise<T>): Promise<T> {
  const args = [MAIN, '--scenario', scenario, '--speed', String(PROGRAM_SPEED)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  try {
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
    const url = /http:\/\/[\d.:]+/.exec(String(line))?.[0]
    if (url === undefined) throw new Error(`The simulator did not start: ${line}`)
    return await play(url)
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

/** Runs a simulator in this process, and fails when the client made it complain or asked for anything twice. */
export async function withWalkedSimulator<T>(scenario: Scenario, play: (url: string) => Promise<T>): Promise<T> {
  const clock = scaledClock(WALK_SPEED, Date.now())
  const problems: string[] = []
  const complain = (line: string) => problems.push(line)
  const simulator = await startSimulator({ scenario, clock, live: { speed: WALK_SPEED }, complain })
  try {
    const result = await play(simulator.url)
    for (const { operation, attempt, unknownMembers } of simulator.calls) {
      if (attempt !== undefined && !/\battempt=1\b/.test(attempt)) problems.push(`${operation} was sent again.`)
      for (const member of unknownMembers) problems.push(`${operation} came with an unknown '${member}'.`)
    }
    if (problems.length > 0) throw new Error(problems.join(' '))
    return result
  } finally {
    await simulator.close()
  }
}
