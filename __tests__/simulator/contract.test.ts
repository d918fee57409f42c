import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { DEFAULT_ASSUMPTIONS } from '../../src/simulator/assumptions.ts'
import { OPERATIONS } from '../../src/simulator/operations/operations.ts'
import { scenarios } from '../../src/simulator/scenarios.ts'
import { DEFAULT_TIMINGS } from '../../src/simulator/timings.ts'

const README = readFile(new URL('../../src/simulator/README.md', import.meta.url), 'utf8')

test('the README lists exactly the operations that there are', async () => {
  const section = /## Operations\n(.*?)\n## /s.exec(await README)?.[1] ?? ''
  const listed = section.split('\n').filter((line) => /^\| (CodeDeploy|ECS) /.test(line))
  const names = listed
    .flatMap((line) => line.match(/\b[A-Z][a-z]+[A-Z]\w+/g) ?? [])
    .filter((name) => name !== 'CodeDeploy')
  expect(names.sort()).toEqual(OPERATIONS.map((operation) => operation.name).sort())
})

test('the README names every scenario, timing and assumption', async () => {
  const text = await README
  for (const name of [
    ...Object.keys(scenarios),
    ...Object.keys(DEFAULT_TIMINGS),
    ...Object.keys(DEFAULT_ASSUMPTIONS),
  ]) {
    expect(text).toContain(`\`${name}\``)
  }
})
