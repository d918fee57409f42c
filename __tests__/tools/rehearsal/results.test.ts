import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { endOf, keepResults } from '../../../tools/rehearsal/results.ts'

const main = { exitCode: 1, outputs: { status: 'unknown' }, summary: 'main', state: {} }
const post = { exitCode: 0, outputs: { status: 'cancelled' }, summary: 'post', state: {} }

test('a rehearsed job has the outputs of its main step only, as on a runner, which drops those of a post step', () => {
  expect(endOf({ main, post })).toEqual({ outputs: { status: 'unknown' }, summary: 'main\npost' })
})

test('the report that a post step wrote is kept although the killed main step put out none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'results-'))
  const report = join(folder, 'by-the-post-step.json')
  writeFileSync(report, '{}')
  await keepResults({ main: { ...main, state: { 'report-file': report } }, post }, folder)
  expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe('{}')
  expect(JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8'))).toEqual({ status: 'unknown' })
  rmSync(folder, { recursive: true })
})
