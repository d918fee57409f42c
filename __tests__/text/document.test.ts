import { describe, expect, test } from '@jest/globals'
import { isJsonObject, kindOf, parseDocument } from '../../src/text/document.ts'

/** The content that was read; fails when there was none. */
function rootOf(path: string, text: string): unknown {
  const document = parseDocument(path, text)
  if (typeof document === 'string') throw new Error(document)
  return document.root
}

describe('JSON', () => {
  test('keeps its types', () => {
    const text = '{"text": "1", "number": 1.5, "yes": true, "none": null, "list": [1], "map": {"a": {}}}'
    expect(parseDocument('file.json', text)).toEqual({ root: JSON.parse(text), scalarsAreText: false })
  })

  test.each([
    ['a byte order mark', '\ufeff{"a": 1}'],
    ['Windows line ends', '{\r\n  "a": 1\r\n}\r\n'],
  ])('may have %s', (_, text) => {
    expect(rootOf('file.json', text)).toEqual({ a: 1 })
  })

  test('may have comments and trailing commas, and texts that look like them', () => {
    const text =
      '// a\n# of YAML\n{\n  /* b */ "url": "https://example.org/*,}", // c\n  # d\n  "list": [1, 2,], "hash": "#1"\n}\n'
    const root = { url: 'https://example.org/*,}', list: [1, 2], hash: '#1' }
    expect(parseDocument('file.json', text)).toEqual({ root, scalarsAreText: false })
    expect(rootOf('appspec.yaml', text)).toEqual({ ...root, list: ['1', '2'] })
  })

  test('with comments is JSON in a file of any name, where YAML would take them for a part of a key', () => {
    const text = '{\n  // the web container\n  "family": "web", /* b */ "cpu": "256",\n}\n'
    const root = { family: 'web', cpu: '256' }
    expect(parseDocument('task.jsonc', text)).toEqual({ root, scalarsAreText: false })
    expect(rootOf('task-definition', text)).toEqual(root)
    expect(rootOf('appspec.yaml', text)).toEqual(root)
  })

  test('is not what YAML in braces is taken for', () => {
    const text = '{\n  url: http://example.org,\n  glob: a/*b\n}'
    expect(rootOf('file.yaml', text)).toEqual({ url: 'http://example.org', glob: 'a/*b' })
  })

  test('with a member twice is refused below a comment too', () => {
    expect(parseDocument('file.json', '// a\n{"a": 1,\n "a": 2,}')).toBe(
      'is not valid JSON: duplicated mapping key (line 3, column 3).',
    )
  })

  test('is recognised by the name of the file, in any case', () => {
    expect(parseDocument('dir/TASK.JSON', '{"a": 0123}')).toMatch(/^is not valid JSON: /)
  })

  test.each([
    ['[1]', 'must hold a JSON object; it holds a list.'],
    ['null', 'must hold a JSON object; it holds nothing.'],
    ['"hunter2"', 'must hold a JSON object; it holds a text.'],
    ['', 'is empty.'],
    [' \n', 'is empty.'],
    ['{"a": 1,,}', 'is not valid JSON: Expected double-quoted property name in JSON at position 8 (line 1 column 9).'],
    ['{"a": "hunter2', 'is not valid JSON: Unterminated string in JSON at position 14 (line 1 column 15).'],
    ['hunter2', "is not valid JSON: Unexpected token 'h' is not valid there (line 1, column 1)."],
    ['{"key": hunter2}', "is not valid JSON: Unexpected token 'h' is not valid there (line 1, column 9)."],
    [
      '// one\n{"key": /* two */ [true, 1.5, "a",],\n  "b": hunter2}',
      "is not valid JSON: Unexpected token 'h' is not valid there (line 3, column 8).",
    ],
  ])('%j is refused in words that quote nothing of it', (text, message) => {
    expect(parseDocument('file.json', text)).toBe(message)
  })

  const long = `"${'x'.repeat(100)}"`

  test('is refused in words that quote nothing of it when the mistake is near its end', () => {
    expect(parseDocument('file.json', `{"a": ${long}, "password": hunter2}`)).not.toContain('hunter2')
  })

  test.each([
    ['in the middle', `{"a": ${long}, "password": hunter2, "b": ${long}}`],
    ['near the beginning', `{"password": hunter2, "b": ${long}}`],
  ])('is refused in words that quote nothing of it when the mistake is %s', (_, text) => {
    const refusal = parseDocument('file.json', text)
    expect(refusal).toMatch(/^is not valid JSON: /)
    expect(refusal).not.toContain('hunter')
  })
})

describe('YAML', () => {
  test('keeps plain scalars as text, and null as null', () => {
    const text =
      'octal: 0123\nversion: 0.0\nyes: true\ndate: 2026-01-01\nhex: 0x1F\nnone: null\ntilde: ~\nempty:\nquoted: ""\n'
    expect(parseDocument('file.yaml', text)).toEqual({
      root: {
        octal: '0123',
        version: '0.0',
        yes: 'true',
        date: '2026-01-01',
        hex: '0x1F',
        none: null,
        tilde: null,
        empty: null,
        quoted: '',
      },
      scalarsAreText: true,
    })
  })

  test.each([
    ['a byte order mark and Windows line ends', '\ufeffa: 1\r\nb: 2\r\n', { a: '1', b: '2' }],
    ['JSON with tabs and escapes', '{\n\t"a": "\\/\\ud83d\\ude00",\n\t"b": [\n\t\t1\n\t]\n}', { a: '/😀', b: ['1'] }],
    ['anchors', 'a: &x [1]\nb: *x', { a: ['1'], b: ['1'] }],
    [
      'merge keys, which never override',
      'base: &base {cpu: 256, size: 1}\nweb: {<<: *base, cpu: 512}\njob: {<<: [*base, {size: 2, x: 3}]}',
      { base: { cpu: '256', size: '1' }, web: { cpu: '512', size: '1' }, job: { cpu: '256', size: '1', x: '3' } },
    ],
    [
      'comments and block texts',
      '# c\na: |\n  one\n  two\nb: >-\n  three\n  four\n',
      { a: 'one\ntwo\n', b: 'three four' },
    ],
  ])('may have %s', (_, text, root) => {
    expect(rootOf('file.yml', text)).toEqual(root)
  })

  test('is what every file holds whose name does not say JSON', () => {
    expect(rootOf('task-definition', '{"a": 1}')).toEqual({ a: '1' })
  })

  test.each([
    ['- a', 'must hold a mapping; it holds a list.'],
    ['just text', 'must hold a mapping; it holds a text.'],
    ['~', 'must hold a mapping; it holds nothing.'],
    ['', 'is empty.'],
    ['a: 1\nname: caf\ufffd', 'has bytes that are not UTF-8 (line 2, column 10); save it as UTF-8.'],
    ['a: 1\na: 2', 'is not valid YAML: duplicated mapping key (line 2, column 1).'],
    ['a: 1\n  b: 2', 'is not valid YAML: bad indentation of a mapping entry (line 2, column 4).'],
    ['a: 1\n---\nb: 2', 'is not valid YAML: expected a single document in the stream, but found more.'],
    ['? [a, b]\n: c', 'is not valid YAML: object-based map does not support complex keys (line 1, column 1).'],
    ['a: "\\hunter2"', 'is not valid YAML: unknown escape sequence (line 1, column 6).'],
  ])('%j is refused with the place', (text, message) => {
    expect(parseDocument('file.yaml', text)).toBe(message)
  })

  test('is refused when it is nested without end', () => {
    const deep = `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(parseDocument('file.yaml', deep)).toMatch(/^is not valid YAML: nesting exceeded/)
  })

  test.each(['password: *hunter2', 'password: !hunter2 x'])(
    '%s is refused in words that quote nothing of it',
    (text) => {
      const refusal = parseDocument('file.yaml', text)
      expect(refusal).toMatch(/^is not valid YAML: /)
      expect(refusal).not.toContain('hunter2')
    },
  )

  test('is refused when a part of it contains itself', () => {
    expect(typeof parseDocument('file.yaml', 'a: &a {b: *a}')).toBe('string')
  })

  test('is refused when aliases of aliases make it endless', () => {
    const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`)
    // Only the kind is compared: a message of jest's would write out all of it.
    expect(typeof parseDocument('file.yaml', ['l0: &l0 [x]', ...levels].join('\n'))).toBe('string')
  })
})

test.each(['file.json', 'file.yaml'])('a member called __proto__ in %s is a member like any other', (path) => {
  const root = rootOf(path, '{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}')
  expect(Object.keys(root as object)).toEqual(['__proto__', 'constructor'])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test.each(['file.json', 'file.yaml'])('%s is refused when it is huge', (path) => {
  const text = `{"a": "${'x'.repeat(1_048_576)}"}`
  expect(parseDocument(path, text)).toBe('is larger than 1048576 characters.')
})

test.each<[unknown, boolean]>([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  [undefined, false],
  ['text', false],
])('tells whether %j is a JSON object: %s', (value, isObject) => {
  expect(isJsonObject(value)).toBe(isObject)
})

test.each<[unknown, string]>([
  [null, 'nothing'],
  [undefined, 'nothing'],
  [[], 'a list'],
  [{}, 'a mapping'],
  ['secret', 'a text'],
  [5, 'the number 5'],
  [false, 'the boolean false'],
])('%j is called %s', (value, words) => {
  expect(kindOf(value)).toBe(words)
})
