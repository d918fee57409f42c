/** Measures what users wait and pay for, against the goals of this project, and prints a table. */
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { measureMemory } from './memory.ts'
import { measurePace } from './pace.ts'
import { measureStartUp } from './start-up.ts'

const DIST = resolve(import.meta.dirname, '..', 'dist')

const startUp = await measureStartUp(11)
const memory = await measureMemory(3)
const canary = await measurePace('success', 200)
const allAtOnce = await measurePace('no-hooks', 200)

print([
  ['Figure', 'Measured', 'Goal'],
  [
    'Start of the process to first AWS request, against a bare node',
    `${ratio(startUp.firstRequestRatio)} (${ms(startUp.firstRequestMs)} : ${ms(startUp.bareMs)})`,
    '<= 5x',
  ],
  [
    'Peak memory of a release, against a bare node',
    `${ratio(memory.ratio)} (${mib(memory.actionMib)} : ${mib(memory.bareMib)})`,
    '<= 2.5x',
  ],
  ['Finish line to exit, canary with hook, p50', seconds(canary.exitP50Ms), '<= 2 s'],
  ['Finish line to exit, canary with hook, p95', seconds(canary.exitP95Ms), '<= 5 s'],
  ['Finish line to exit, all at once, p50', seconds(allAtOnce.exitP50Ms), '<= 2 s'],
  ['Finish line to exit, all at once, p95', seconds(allAtOnce.exitP95Ms), '<= 5 s'],
  ['Requests of a release, canary with hook, p50', String(canary.requestsP50), ''],
  ['Requests of a release, all at once, p50', String(allAtOnce.requestsP50), ''],
  ['Requests a minute, canary with hook, p50 and most', perMinute(canary), '<= 30'],
  ['Requests a minute, all at once, p50 and most', perMinute(allAtOnce), '<= 30'],
  ['Size of dist/index.js', mb(statSync(join(DIST, 'index.js')).size), '<= 3 MB'],
  ['Size of all code in dist/', mb(sizeOfCode()), ''],
])

function sizeOfCode(): number {
  return readdirSync(DIST)
    .filter((name) => name.endsWith('.js'))
    .reduce((total, name) => total + statSync(join(DIST, name)).size, 0)
}

function print(rows: string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}

function ratio(value: number): string {
  return `${value.toFixed(2)}x`
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function seconds(valueMs: number): string {
  return `${(valueMs / 1000).toFixed(1)} s`
}

function mib(value: number): string {
  return `${Math.round(value)} MiB`
}

function mb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}

function perMinute(pace: { requestsPerMinuteP50: number; requestsPerMinuteMax: number }): string {
  return `${pace.requestsPerMinuteP50.toFixed(1)} and ${pace.requestsPerMinuteMax.toFixed(1)}`
}
