import { expect, test } from '@jest/globals'
import { invocationsIn } from '../../src/aws/invocations.ts'

const A = '11111111-1111-4111-a111-111111111111'
const B = '22222222-2222-4222-a222-222222222222'

/** Lines one second apart, `stream line`. */
function invocations(lines: string[]) {
  const events = lines.map((line, index) => {
    const [stream = '', ...words] = line.split(' ')
    return { atMs: index * 1000, stream, message: `${words.join(' ')}\n` }
  })
  return invocationsIn(events).map(({ requestId, isWhole, startedAtMs, events: own }) => ({
    of: requestId,
    isWhole,
    startedAtMs,
    lines: own.length,
  }))
}

const CASES: [string, string[], object[]][] = [
  [
    'a stream that two invocations share is told apart at their beginnings and ends',
    [
      's INIT_START Runtime Version: nodejs:24',
      `s START RequestId: ${A} Version: $LATEST`,
      's one',
      `s END RequestId: ${A}`,
      's after its end',
      `s REPORT RequestId: ${A}\tDuration: 1 ms`,
      `s START RequestId: ${B} Version: $LATEST`,
      's two',
    ],
    [
      { of: A, isWhole: true, startedAtMs: 0, lines: 6 },
      { of: B, isWhole: true, startedAtMs: 6000, lines: 2 },
    ],
  ],
  [
    'the rest of an invocation that began before is its own, and not whole',
    ['s rest', `s END RequestId: ${A}`, `s REPORT RequestId: ${A}\tx`, `s START RequestId: ${B} V`],
    [
      { of: A, isWhole: false, startedAtMs: 0, lines: 3 },
      { of: B, isWhole: true, startedAtMs: 3000, lines: 1 },
    ],
  ],
  [
    'lines at the same time in two streams are of two invocations',
    [`s START RequestId: ${A} V`, `t START RequestId: ${B} V`, 's one', 't two'],
    [
      { of: A, isWhole: true, startedAtMs: 0, lines: 2 },
      { of: B, isWhole: true, startedAtMs: 1000, lines: 2 },
    ],
  ],
  [
    'a retry on another instance has the same request id and is the same invocation',
    [`s START RequestId: ${A} V`, 's one', `t START RequestId: ${A} V`, 't again'],
    [{ of: A, isWhole: true, startedAtMs: 0, lines: 4 }],
  ],
  [
    'lines in JSON name their invocation, with and without those of Lambda',
    [
      `s {"time":"2026-08-08T12:00:00Z","type":"platform.start","record":{"requestId":"${A}","version":"1"}}`,
      `s {"timestamp":"2026-08-08T12:00:00Z","level":"INFO","requestId":"${A}","message":"one"}`,
      `s {"time":"2026-08-08T12:00:00Z","type":"platform.report","record":{"requestId":"${A}"}}`,
      `s {"timestamp":"2026-08-08T12:00:00Z","level":"INFO","requestId":"${B}","message":"two"}`,
    ],
    [
      { of: A, isWhole: true, startedAtMs: 0, lines: 3 },
      { of: B, isWhole: false, startedAtMs: 3000, lines: 1 },
    ],
  ],
  [
    'lines that the runtimes of Node.js and Python print name their invocation',
    [`s 2026-08-08T12:00:00.000Z\t${A}\tINFO\tone`, `s [INFO]\t2026-08-08T12:00:01.000Z\t${B}\ttwo`],
    [
      { of: A, isWhole: false, startedAtMs: 0, lines: 1 },
      { of: B, isWhole: false, startedAtMs: 1000, lines: 1 },
    ],
  ],
  [
    'an id that the function itself prints somewhere in a line names no invocation',
    [`s START RequestId: ${A} V`, `s order ${B}`, `s see END RequestId: ${B}`, 's one'],
    [{ of: A, isWhole: true, startedAtMs: 0, lines: 4 }],
  ],
  [
    'without any request id there is one for each stream',
    ['s one', 't two', 's three'],
    [
      { of: undefined, isWhole: false, startedAtMs: 0, lines: 2 },
      { of: undefined, isWhole: false, startedAtMs: 1000, lines: 1 },
    ],
  ],
]

test.each(CASES)('%s', (_, lines, expected) => {
  expect(invocations(lines)).toEqual(expected)
})
