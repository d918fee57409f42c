import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { DEFAULT_ASSUMPTIONS } from '../../../tools/simulator/assumptions.ts'
import { DEFAULT_NATIVE_ASSUMPTIONS } from '../../../tools/simulator/native/assumptions.ts'
import { nativeScenarios } from '../../../tools/simulator/native/scenarios.ts'
import { DEFAULT_NATIVE_TIMINGS } from '../../../tools/simulator/native/timings.ts'
import { OPERATIONS } from '../../../tools/simulator/operations/operations.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { DEFAULT_TIMINGS } from '../../../tools/simulator/timings.ts'

const README = readFile(new URL('../../../tools/simulator/README.md', import.meta.url), 'utf8')

/** As the README calls them. */
const SERVICES: Record<string, string> = {
  CodeDeploy: 'codedeploy',
  ECS: 'ecs',
  STS: 'sts',
  'Elastic Load Balancing': 'elbv2',
  Lambda: 'lambda',
  'CloudWatch Logs': 'logs',
}

test('the README lists exactly the operations that there are', async () => {
  const section = /## Operations\n(.*?)\n## /s.exec(await README)?.[1] ?? ''
  const rows = section.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  const listed = rows.flatMap(([, title = '', names = '']) => {
    const service = SERVICES[title]
    return service ? names.split(', ').map((name) => `${service} ${name.split(' ')[0]}`) : []
  })
  expect(listed.sort()).toEqual(OPERATIONS.map(({ service, name }) => `${service} ${name}`).sort())
})

test('every operation has the schemas that the SDK exports', () => {
  const kinds = OPERATIONS.flatMap(({ input, output }) => [input.kind, output.kind])
  expect(kinds).toEqual(kinds.map(() => 'structure'))
})

test('the README names every scenario, timing and assumption', async () => {
  const text = await README
  for (const name of [
    ...Object.keys(scenarios),
    ...Object.keys(DEFAULT_TIMINGS),
    ...Object.keys(DEFAULT_ASSUMPTIONS),
    ...Object.keys(nativeScenarios),
    ...Object.keys(DEFAULT_NATIVE_TIMINGS),
    ...Object.keys(DEFAULT_NATIVE_ASSUMPTIONS),
  ]) {
    expect(text).toContain(`\`${name}\``)
  }
})
