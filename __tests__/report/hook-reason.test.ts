import { expect, test } from '@jest/globals'
import { tellingLine } from '../../src/report/hook-reason.ts'

const ID = '46a71893-ac6e-488c-a4a3-f1785a608c80'
const START = `START RequestId: ${ID} Version: $LATEST`
const END = [`END RequestId: ${ID}`, `REPORT RequestId: ${ID}  Duration: 3000.00 ms  Billed Duration: 3000 ms`]

/** Lines as they are kept of a log: tabs are two blanks. */
test.each<[string, string[], string | undefined]>([
  [
    'of the example hook',
    ['d-GTWNG0T6J: https://test.example.org/ answered 500; expected 200. Reporting Failed.'],
    'https://test.example.org/ answered 500; expected 200.',
  ],
  ['of Node.js', [`2026-08-08T12:02:05.123Z  ${ID}  ERROR  3 of 20 requests failed`], '3 of 20 requests failed'],
  [
    'of an error that ended Node.js',
    [
      `2026-08-08T12:02:05.123Z  ${ID}  ERROR  Invoke Error   {"errorType":"TypeError","errorMessage":"fetch failed","stack":["TypeError: fetch failed","    at x"]}`,
    ],
    'TypeError: fetch failed',
  ],
  [
    'of Python',
    [`[ERROR]  2026-08-08T12:02:05.123Z  ${ID}  the page has no title, which is wrong`],
    'the page has no title, which is wrong',
  ],
  [
    'of an error that ended Python',
    [
      "[ERROR] KeyError: 'URL'",
      'Traceback (most recent call last):',
      '  File "/var/task/index.py", line 3, in handler',
      "    url = os.environ['URL']",
    ],
    "KeyError: 'URL'",
  ],
  [
    'of a logger that writes JSON',
    [
      `{"timestamp":"2026-08-08T12:02:05Z","level":"ERROR","message":"checksum differs, expected 7","requestId":"${ID}"}`,
    ],
    'checksum differs, expected 7',
  ],
  [
    'of Lambda, which ended it',
    [`2026-08-08T12:02:08.123Z ${ID} Task timed out after 3.00 seconds`],
    'Task timed out after 3.00 seconds',
  ],
  [
    'before what is only reported',
    ['status 502, wanted 200: failed', 'Reported Failed to CodeDeploy', 'Status: Failed'],
    'status 502, wanted 200: failed',
  ],
  ['about trouble, among others', ['GET / failed with 503', 'closing the browser', 'done'], 'GET / failed with 503'],
  ['that is the last, when none is about trouble', ['one', 'two'], 'two'],
  ['that only reports, when there is no other', ['Reporting Failed'], 'Reporting Failed'],
  ['of none that are there', [], undefined],
])('the line that tells why a hook failed is the one %s', (_name, lines, told) => {
  expect(tellingLine([START, ...lines, ...END])).toBe(told)
})

test('lines that Lambda adds in JSON tell nothing', () => {
  expect(
    tellingLine([`{"time":"2026-08-08T12:02:05Z","type":"platform.start","record":{"requestId":"${ID}"}}`]),
  ).toBeUndefined()
})

test('a long line is cut, and a hostile one is read in no time', () => {
  expect(tellingLine([`failed ${'x'.repeat(400)}`])?.length).toBeLessThan(310)
  const hostile = ['{"type"'.repeat(60), `[ERROR] ${'2026-'.repeat(70)}`, `${'d-A'.repeat(130)}: `, '{'.repeat(400)]
  expect(tellingLine(hostile)).toBeDefined()
})
