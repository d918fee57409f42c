import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runnerLog } from '../../../tools/rehearsal/runner-log.ts'

/** What is shown of an output that comes in these pieces. */
function shown(chunks: string[], colours = false): string[] {
  const lines: string[] = []
  const log = runnerLog({ colours, write: (line) => lines.push(line) })
  for (const chunk of chunks) log.take(chunk)
  log.end()
  return lines
}

test.each<[string, string, string[]]>([
  ['ordinary lines as they are', 'one\n  two\n\n', ['one', '  two', '']],
  [
    'groups unfolded, with their lines indented',
    '::group::Checks\ninside\n::endgroup::\noutside\n',
    ['> Checks', '  inside', 'outside'],
  ],
  [
    'annotations by what they say',
    '::error title=Failed::all%25 gone%0Aagain\n::warning::careful\n::notice file=a,line=1::look\n',
    ['Error: all% gone\nagain', 'Warning: careful', 'Notice: look'],
  ],
  ['an escaped percent sign before what looks like a line end', '::error::100%250A\n', ['Error: 100%0A']],
  ['nothing of debugging and masks', '::debug::x\n::add-mask::hunter2\n', []],
  ['commands behind white space', ' \t::error::x\n', ['Error: x']],
  [
    'text that only looks like a command',
    ': :error::x\nsee ::error::x\n::no command\n',
    [': :error::x', 'see ::error::x', '::no command'],
  ],
  ['a property with a colon in it', '::error title=a%3Ab:c::text\n', ['Error: text']],
  ['a last line without an end', 'one\ntwo', ['one', 'two']],
  ['every kind of line end', 'one\r\ntwo\rthree\n', ['one', 'two', 'three']],
])('shows %s', (_, output, lines) => {
  expect(shown([output])).toEqual(lines)
})

test('paints what matters, where colours are wanted', () => {
  expect(shown(['::error::a\n::warning::b\n::notice::c\n::group::d\ne\n'], true)).toEqual([
    '\u001b[31mError: a\u001b[0m',
    '\u001b[33mWarning: b\u001b[0m',
    '\u001b[36mNotice: c\u001b[0m',
    '\u001b[1m> d\u001b[0m',
    '  e',
  ])
})

test('shows the same however the output is cut', () => {
  const pieces = fc.constantFrom('::group::', '::error::', '::endgroup::', 'a', ' ', '\n', '%0A')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (chunks) => {
      expect(shown(chunks)).toEqual(shown([chunks.join('')]))
    }),
  )
})

test('shows no empty line when a Windows line end is cut in two', () => {
  expect(shown(['one\r', '\ntwo\r\n'])).toEqual(['one', 'two'])
})

test('obeys commands in capitals', () => {
  expect(shown(['::ERROR::x\n::Add-Mask::hunter2\n'])).toEqual(['Error: x'])
})

test('is not held up by a line of colons', () => {
  expect(shown([`::error ${':x'.repeat(300_000)}\n`, `${' '.repeat(300_000)}:x\n`])).toHaveLength(2)
})
