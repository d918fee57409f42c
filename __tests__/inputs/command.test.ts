import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseCommand } from '../../src/inputs/command.ts'
import { fieldsOf } from '../../src/inputs/fields.ts'
import { rawInputs } from '../support/simulated-release.ts'

function parsed(command: string) {
  const fields = fieldsOf(rawInputs({ command }))
  const words = parseCommand(fields)
  return { words, wrong: fields.problems.map(({ sentence }) => sentence) }
}

test.each<[string, string, string[]]>([
  ['words between white space', ' node  server.js\n--port\t8080 ', ['node', 'server.js', '--port', '8080']],
  [
    'single quotes, in which nothing has a meaning',
    `sh -c 'echo "$HOME" \\ && run'`,
    ['sh', '-c', 'echo "$HOME" \\ && run'],
  ],
  ['double quotes, in which a quote can be escaped', `sh -c "echo \\"it's\\" \\\\n"`, ['sh', '-c', `echo "it's" \\n`]],
  ['quotes inside of a word', `--name='a b'"c d"e`, ['--name=a bc de']],
  ['words that are empty', `run '' "" x`, ['run', '', '', 'x']],
  ['escaped quotes and white space', `it\\'s a\\ b \\"c\\"`, [`it's`, 'a b', '"c"']],
  ['paths of Windows', `C:\\app\\run.exe \\\\server\\share`, ['C:\\app\\run.exe', '\\\\server\\share']],
  ['a backslash at the end', 'run \\', ['run', '\\']],
  ['what only a shell would read', 'a && b | $C > d #e', ['a', '&&', 'b', '|', '$C', '>', 'd', '#e']],
  ['a JSON list', `["sh", "-c", "echo 'a  b'", ""]`, ['sh', '-c', `echo 'a  b'`, '']],
  ['a bracket that begins no JSON list', '[ -f /x ]', ['[', '-f', '/x', ']']],
])('takes %s', (_, given, words) => {
  expect(parsed(given)).toEqual({ words, wrong: [] })
})

test.each([`echo it's`, `sh -c "run`, `a "b\\"`])('is refused with a quote that is not closed, unseen: %s', (given) => {
  const { words, wrong } = parsed(given)
  expect(words).toBeUndefined()
  expect(wrong).toEqual([
    `Input 'command' has a quote that is not closed (not shown): close it, or write a quote that is meant as \\' or \\".`,
  ])
})

test('is refused when it is an empty list', () => {
  expect(parsed('[]').wrong).toEqual([`Input 'command' is an empty list; leave it out to keep the command as it is.`])
})

test('any words come back when they are put in single quotes', () => {
  const word = fc.string().filter((text) => !text.includes("'"))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(parsed(words.map((one) => `'${one}'`).join(' '))).toEqual({ words, wrong: [] })
    }),
  )
})

test('a hundred thousand characters are read or refused at once', () => {
  for (const text of ['"'.repeat(99_999), '\\'.repeat(100_000), `"${'\\"'.repeat(50_000)}`]) {
    expect(parsed(text).wrong.length + (parsed(text).words?.length ?? 0)).toBeGreaterThan(0)
  }
})
