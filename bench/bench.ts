/**
 * Measures what users wait and pay for, against the goals of this project, and prints a table. With `faults` it prints
 * instead what a release does when AWS does not.
 */
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { measureAtOnce } from './at-once.ts'
import { measureMemory } from './memory.ts'
import { measurePace } from './pace.ts'
import { measureSimulatorMemory, measureSimulatorRate, measureSimulatorStart, type Sample } from './simulator.ts'
import { measureStartUp } from './start-up.ts'

if (process.argv.includes('faults')) {
  const { printFaults } = await import('./faults.ts')
  await printFaults()
  process.exit()
}

const DIST = resolve(import.meta.dirname, '..', 'dist')

/** Readings of one release, by three requests each: as many requests as a release of the action makes. */
const LOOKS = 33
const DEPLOYMENTS = 1000

const startUp = await measureStartUp(11)
const memory = await measureMemory(3)
const canary = await measurePace('success', 200)
const allAtOnce = await measurePace('no-hooks', 200)
const atOnce = await measureAtOnce()
const simulatorStart = await measureSimulatorStart(11)
const simulatorRate = await measureSimulatorRate(7)
const simulatorMemory = await measureSimulatorMemory(DEPLOYMENTS, LOOKS)

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
  [
    '100 releases at once, 10 requests a second allowed: until the last ends; requests accepted, throttled',
    `${seconds(atOnce.tookMs)}; ${atOnce.accepted}, ${atOnce.throttled}`,
    '',
  ],
  ['Size of dist/index.js', mb(statSync(join(DIST, 'index.js')).size), '<= 3 MB'],
  ['Size of all code in dist/', mb(sizeOfCode()), ''],
  [
    'Simulator: start of the process to its line, worst and p50, against a bare node',
    startOf(simulatorStart.later, simulatorStart.bareMs),
    '<= 300 ms',
  ],
  ['The same for sources that Node has not seen', startOf(simulatorStart.first, simulatorStart.bareMs), ''],
  [
    `Simulator: peak memory, ${DEPLOYMENTS} deployments at once, ${simulatorMemory.requests} requests`,
    `${Math.round(simulatorMemory.megabytes)} MB`,
    '<= 300 MB',
  ],
  [
    'Simulator: GetDeploymentTarget over 8 kept connections of node:http, worst and p50',
    `${rates(simulatorRate.plain)} a second`,
    '>= 1500',
  ],
  [
    'The same of a bare node:http server, and the share of it',
    `${rates(simulatorRate.bare)} a second, ${ratio(simulatorRate.plain.p50 / simulatorRate.bare.p50)}`,
    '',
  ],
  ['Simulator: GetDeploymentTarget by the JavaScript SDK', `${rates(simulatorRate.sdk)} a second`, '>= 1500'],
])

function startOf({ worst, p50 }: Sample, bareMs: number): string {
  return `${ms(worst)} and ${ms(p50)}, ${ratio(p50 / bareMs)}`
}

function rates({ worst, p50 }: Sample): string {
  return `${Math.round(worst)} and ${Math.round(p50)}`
}

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
