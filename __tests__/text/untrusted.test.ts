import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  htmlText,
  inSentence,
  logLine,
  markdownCode,
  markdownText,
  outputText,
  plainText,
} from '../../src/text/untrusted.ts'
import { PLACES, readInPlace, readMarkdown } from '../support/markdown.ts'
import { commandsIn } from '../support/runner-grammar.ts'

/** Text made of pieces that mean something to the runner, to terminals or to Markdown, and of ordinary ones. */
function textOf(...pieces: string[]) {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''))
}

const LOG_PIECES = [
  '::',
  ':',
  '#',
  '##[',
  '[',
  ']',
  'error',
  'set-env',
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\u2028',
  '\u0085',
]
const HIDDEN_PIECES = ['\u0000', '\u000b', '\u001b[31m', '\u001b', '\u200b', '\u00a0', '\ufeff', '\u202e', '\u2060']

/** Whether the runner finds a command, or what could become one. */
function hasCommand(output: string): boolean {
  return commandsIn(output).length > 0 || output.split(/\r\n|\r|\n/).some((line) => line.trim().startsWith('::'))
}

describe('a line for the log', () => {
  test.each([
    ['a workflow command', '::set-env name=PATH::/tmp', ': :set-env name=PATH::/tmp'],
    ['a command behind white space', ' \t ::error::x', '    : :error::x'],
    ['a command on a later line', 'fine\n::error::x', 'fine ::error::x'],
    ['an old command in mid-line', 'see ##[set-env name=A]b', 'see # #[set-env name=A]b'],
    ['an old command behind another number sign', '###[error]x', '## #[error]x'],
    ['a command in colours', '\u001b[1m::error::x', ': :error::x'],
    ['an old command with an invisible character in it', '#\u200b#[error]x', '# #[error]x'],
    ['a command that control characters hide', '\u0000:\u001b:error::x', ': :error::x'],
  ])('breaks %s visibly', (_, text, line) => {
    expect(logLine(text)).toBe(line)
  })

  test.each(['Deployment d-1 failed: see a::b and #[c].', '[##--------]  20 %', 'emoji 😀, ünïcode'])(
    'leaves ordinary text as it is: %s',
    (text) => {
      expect(logLine(text)).toBe(text)
    },
  )

  test('never holds a command, whatever the text is made of', () => {
    fc.assert(
      fc.property(fc.oneof(textOf(...LOG_PIECES, ...HIDDEN_PIECES), fc.string()), (text) => {
        const line = logLine(text)
        expect([hasCommand(line), /[\r\n]/.test(line)]).toEqual([false, false])
      }),
      { numRuns: 500 },
    )
  })

  test('never holds a command for a reader who ignores every invisible character', () => {
    const ignorable = [
      '\u206a',
      '\ufe0f',
      '\u3164',
      '\u115f',
      '\u{e0041}',
      '\u{e0100}',
      '\u0600',
      '\u20dd',
      '\u{13430}',
    ]
    fc.assert(
      fc.property(textOf(...LOG_PIECES, ...ignorable), (text) => {
        expect(hasCommand(logLine(text).replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Me}]/gu, ''))).toBe(false)
      }),
      { examples: [['\ufe0f::error::x'], ['#\u206a#[error]x'], [':\u20dd:error::x'], ['#\u0600#\u20dd[error]x']] },
    )
  })

  test('is cut at 1,000 characters and says so', () => {
    expect(logLine('x'.repeat(1_001))).toBe(`${'x'.repeat(1_000)}…`)
    expect(logLine('x'.repeat(1_000))).toBe('x'.repeat(1_000))
  })

  test('is not held up by a million spaces', () => {
    expect(logLine(`${' '.repeat(1_000_000)}x`)).toHaveLength(1_001)
  })
})

describe('plain text', () => {
  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['cursor movements', 'a\u001b[2K\u001b[1Gb', 'ab'],
    ['terminal titles', '\u001b]0;title\u0007text', 'text'],
    ['terminal links', '\u001b]8;;https://example.com\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['escape characters on their own', 'a\u001b', 'a'],
    ['control characters', 'a\u0000\u0008\u007f\u009bb', 'ab'],
    ['zero-width characters', 'a\u200b\u200d\ufeff\u2060b', 'ab'],
    ['characters that turn text around', 'a\u202eb\u2066c', 'abc'],
    ['soft hyphens and joiners', 'a\u00ad\u034fb', 'ab'],
  ])('has no %s', (_, text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  test.each([
    ['deprecated formatting characters', 'a\u206ab\u206fc'],
    ['tag characters, which spell hidden words', 'ab\u{e0041}\u{e007f}c'],
    ['variation selectors', 'ab\ufe0fc\u{e0100}'],
    ['fillers', 'a\u115fb\u3164c'],
  ])('has no %s', (_, text) => {
    expect(plainText(text)).toBe('abc')
  })

  test('has one kind of line break, and two spaces for a tab', () => {
    expect(plainText('a\r\nb\rc\u2028d\u2029e\u0085f\n\tg')).toBe('a\nb\nc\nd\ne\nf\n  g')
  })

  test('keeps the lines behind a terminal title that does not end', () => {
    expect(plainText('\u001b]0;title\nsecond line\nthird line')).toContain('second line\nthird line')
  })

  test('has nothing left of the choice of a character set', () => {
    expect(plainText('\u001b(B\u001b[mtext')).toBe('text')
  })
})

describe('text in a sentence', () => {
  test('is one line without white space around it', () => {
    expect(inSentence('  first\r\n\t second\u2028third ')).toBe('first second third')
  })

  test('is cut at the given length and says so', () => {
    expect(inSentence('abcdef', 3)).toBe('abc…')
    expect(inSentence('abc', 3)).toBe('abc')
  })

  test('is never cut in the middle of a character', () => {
    expect(inSentence('ab😀cd', 3).isWellFormed()).toBe(true)
    expect(logLine(`${'x'.repeat(999)}😀`).isWellFormed()).toBe(true)
  })
})

const MARKDOWN_PIECES = [
  ...[
    'a',
    'B',
    'v12',
    ' ',
    '  ',
    '\n',
    '*',
    '**',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '```',
    '[',
    '](',
    '[x]',
    '(',
    ')',
    '!',
    '![',
    '<',
  ],
  ...[
    '>',
    '<b>',
    '</code>',
    '<!--',
    '-->',
    '&',
    '&amp;',
    '&#64;',
    '|',
    '\\',
    '#',
    '## ',
    ' - ',
    '+ ',
    '= ',
    ' ---',
    '===',
    ' - [ ] ',
  ],
  ...['[^1]', '{', '}', '"', "'", '.', '$', '$$', '%', 'é', '😀', '\u0000', '\t', ':', ':smile:', ':+1:', '::'],
]
/** What GitHub turns into links and mentions by itself. */
const LINK_PIECES = ['http://x.y', 'https://', ' www.x.io', '@octocat', 'a@b.co', 'mailto:', 'xmpp:a@b.c', 'ftp://x.y']

const OUR_HTML = new Set(['<!-- -->', '<span>', '</span>', '<code>', '</code>'])

describe.each(Object.keys(PLACES))('Markdown in %s', (place) => {
  test('shows text as it is, and formats, links and mentions nothing', () => {
    fc.assert(
      fc.property(textOf(...MARKDOWN_PIECES, ...LINK_PIECES), (text) => {
        const { text: shown, kinds, pieces, html } = readInPlace(place, markdownText(text))
        expect({ shown, kinds: [...kinds] }).toEqual({ shown: inSentence(text, 2_000), kinds: [] })
        expect(html.filter((tag) => !OUR_HTML.has(tag))).toEqual([])
        expect(pieces.filter((piece) => /@\w|:(?:\+1|[a-z]+(?:_[a-z]+)*):/i.test(piece))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('shows code as it is, and formats nothing', () => {
    fc.assert(
      fc.property(textOf(...MARKDOWN_PIECES), (text) => {
        const { text: shown, kinds, html } = readInPlace(place, markdownCode(text))
        kinds.delete('inlineCode')
        expect({ shown, kinds: [...kinds] }).toEqual({ shown: inSentence(text, 2_000), kinds: [] })
        expect(html.filter((tag) => !OUR_HTML.has(tag))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('Markdown text', () => {
  test.each(['1. Release', '42) fails'])('shows a text that begins like a numbered list as it is: %s', (text) => {
    expect(readMarkdown(markdownText(text)).text).toBe(text)
  })

  test.each(['1. Release', '42) fails'])('makes no list of a text that begins like one: %s', (text) => {
    expect([...readMarkdown(markdownText(text)).kinds]).not.toContain('list')
  })

  test.each([
    ['an address whose host begins with a hyphen', 'me@-example.com'],
    ['a www address behind an underscore', '_www.example.com'],
  ])('links nothing in %s', (_, text) => {
    expect([...readMarkdown(markdownText(text)).kinds]).not.toContain('link')
  })

  test('makes no table of colons and hyphens in an alert', () => {
    expect([...readInPlace('an alert', markdownText(':---')).kinds]).toEqual([])
  })

  test('keeps GitHub from reading a reference to an issue', () => {
    const { pieces } = readMarkdown(markdownText('see #12, o/r#34 and GH-5'))
    expect(pieces.filter((piece) => /#\d|GH-\d/.test(piece))).toEqual([])
  })

  test('keeps GitHub from reading a reference to a commit', () => {
    const { pieces, text } = readMarkdown(markdownText('at ffac537e6cbbf934b08745a378932722df287a53, o/r@ffac537'))
    expect(text).toBe('at ffac537e6cbbf934b08745a378932722df287a53, o/r@ffac537')
    expect(pieces.filter((piece) => /(?:^|\W|@)[0-9a-f]{7,40}\b/.test(piece) && piece.startsWith('ffac537'))).toEqual(
      [],
    )
  })

  test.each([':100:', ':8ball:', ':1st_place_medal:'])('keeps GitHub from reading the emoji %s', (text) => {
    expect(readMarkdown(markdownText(text)).pieces).not.toContain(text)
  })
})

describe('Markdown code', () => {
  test('is empty for empty text', () => {
    expect([markdownCode(''), markdownCode(' \n\u200b')]).toEqual(['', ''])
  })

  test.each(['d-A1B2C3D4E', 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:42', 'registry/app@sha256:abc'])(
    'is a plain code span for %s',
    (text) => {
      expect(markdownCode(text)).toBe(`\`${text}\``)
    },
  )

  test.each(['me@example.com|x', 'https://example.com/{id}', 'www.example.com/{id}'])('links nothing in %s', (text) => {
    expect([...readMarkdown(markdownCode(text)).kinds]).not.toContain('link')
  })
})

describe('HTML text', () => {
  test('holds no tag, no quote and no entity but its own, and reads as the plain text', () => {
    const decoded: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }
    fc.assert(
      fc.property(textOf(...MARKDOWN_PIECES, ...HIDDEN_PIECES), (text) => {
        const html = htmlText(text)
        expect(html).not.toMatch(/[<>"]/)
        expect(html.replace(/&[a-z]+;/g, (entity) => decoded[entity] ?? '?')).toBe(plainText(text))
      }),
    )
  })
})

describe('an output', () => {
  test('is one line of plain text, and not endless', () => {
    expect(outputText('a\r\nb<<EOF\u2028c\u0000\u001b[31m\ud800')).toBe('a b<<EOF c\ufffd')
    expect(outputText('x'.repeat(30_000))).toBe(`${'x'.repeat(20_000)}…`)
  })
})
