import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { floorFaults } from './support/floors.ts'

const ROOT = join(import.meta.dirname, '..')

const FILES = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name): [string, string] => [
      `src/${name.replaceAll('\\', '/')}`,
      readFileSync(join(ROOT, 'src', name), 'utf8'),
    ]),
)

test('every import of src/ runs downward or stays in its folder, in no circle, and to nothing that does not ship', () => {
  expect(FILES.size).toBeGreaterThan(100)
  expect(floorFaults(FILES)).toEqual([])
})

test.each([
  [
    'an import that runs upward',
    { 'src/world.ts': "import type { Release } from './release-state.ts'" },
    'src/world.ts imports src/release-state.ts, which is above it',
  ],
  [
    'a circle of types in one folder',
    {
      'src/text/words.ts': "import type { A } from './document.ts'",
      'src/text/document.ts': "import type { B } from './words.ts'",
    },
    'src/text/document.ts -> src/text/words.ts -> src/text/document.ts is a circle',
  ],
  [
    'a part that is loaded late and does not ship',
    { 'src/index.ts': "await import('../tools/simulator/simulator.ts')" },
    'src/index.ts imports tools/simulator/simulator.ts, which does not ship',
  ],
  [
    'a folder without a floor',
    { 'src/misc/a.ts': "import '../text/words.ts'" },
    'src/misc/a.ts is on no floor; give its folder a place in the list',
  ],
])('%s is found', (_, changed, fault) => {
  const broken = new Map([...FILES, ...Object.entries(changed as Record<string, string>)])
  expect(floorFaults(broken)).toContain(fault)
})
