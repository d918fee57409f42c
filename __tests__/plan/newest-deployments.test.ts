import { expect, test } from '@jest/globals'
import { newestOf } from '../../src/plan/newest-deployments.ts'

/** Ids whose numbers are the moments at which they were created. */
function numbers(from: number, to: number): string[] {
  const step = from < to ? 1 : -1
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => String(from + step * index))
}

async function newest(ids: readonly string[], most: number): Promise<{ found: number[]; reads: number }> {
  const read: string[] = []
  const found = await newestOf(ids, most, async (id) => {
    read.push(id)
    return { createdAtMs: Number(id) }
  })
  expect(new Set(read).size).toBe(read.length)
  return { found: found.map(({ createdAtMs }) => createdAtMs), reads: read.length }
}

const swapped = ['20', '19', '3', '17', '16', '15', '14', '18', '2', '1']

test.each<[string, string[], number[], number]>([
  ['newest first reads the first of the list and its end', numbers(20, 1), [20, 19, 18, 17, 16], 6],
  ['oldest first reads the last of the list and its beginning', numbers(1, 20), [20, 19, 18, 17, 16], 6],
  ['in no order reads all of the list', swapped, [20, 19, 18, 17, 16], 10],
  ['newest first but for two neighbours reads all', ['20', '18', '19', ...numbers(17, 1)], [20, 19, 18, 17, 16], 20],
  [
    'newest first but for one that is listed at the wrong end reads all',
    [...numbers(18, 1), '20', '19'],
    [20, 19, 18, 17, 16],
    20,
  ],
  ['with no more than are wanted reads all', ['3', '1', '5'], [5, 3, 1], 3],
  ['with nothing in it reads nothing', [], [], 0],
])('the newest five of a list %s', async (_name, ids, expected, reads) => {
  expect(await newest(ids, 5)).toEqual({ found: expected, reads })
})

test('a list of deployments that were all created at once is as good in its own order', async () => {
  const found = await newestOf(['a', 'b', 'c'], 2, async (id) => ({ id, createdAtMs: 7 }))
  expect(found.map(({ id }) => id)).toEqual(['a', 'b'])
})

test('a list in no order is read up to a thousand', async () => {
  const mixed = numbers(1, 1_500).map((id) => String((Number(id) * 7919) % 1_511))
  expect((await newest(mixed, 5)).reads).toBeLessThanOrEqual(1_007)
})
