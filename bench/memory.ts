import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scaledClock } from '../tools/simulator/clock.ts'
import { scenarios } from '../tools/simulator/scenarios.ts'
import { startSimulator } from '../tools/simulator/simulator.ts'
import { BUNDLE, median, runNode, stepEnvironment } from './start-up.ts'

/** Peak resident memory of a whole release against that of Node alone; medians. */
export interface Memory {
  bareMib: number
  actionMib: number
  ratio: number
}

/** A release that is over in seconds of real time, because a clock that runs faster would need memory of its own. */
const QUICK = { ...scenarios['no-hooks'], timings: { created: 0.5, install: 3, gap: 0.1 } }

/** Runs whole releases and a bare `node` in turn. */
export async function measureMemory(rounds: number): Promise<Memory> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const pairs: { bare: number; action: number }[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const simulator = await startSimulator({ scenario: QUICK, clock: scaledClock(1, Date.now()) })
      const environment = {
        ...stepEnvironment(folder, simulator.url),
        INPUT_CLUSTER: 'demo',
        INPUT_IMAGE: 'registry.example/web:1.1.0',
      }
      pairs.push({ bare: await peakMib(['-e', '0'], folder, {}), action: await peakMib([BUNDLE], folder, environment) })
      await simulator.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    bareMib: median(pairs.map(({ bare }) => bare)),
    actionMib: median(pairs.map(({ action }) => action)),
    ratio: median(pairs.map(({ bare, action }) => action / bare)),
  }
}

async function peakMib(args: string[], folder: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const file = join(folder, 'memory')
  const preload = join(import.meta.dirname, 'tell-memory.js')
  await runNode(['--import', preload, ...args], { ...environment, BENCH_MEMORY_FILE: file })
  return Number(readFileSync(file, 'utf8')) / 1024
}
