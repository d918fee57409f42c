import fc from 'fast-check'

/** Text that means something to the runner, terminals, Markdown, HTML or JavaScript. */
export const HOSTILE_TEXTS = [
  '::set-output name=status::succeeded',
  'x\n::stop-commands::x\r##[error]boo',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007',
  '| a | b |\n</td></tr></table></details><img src=x onerror=alert(1)>',
  '```\n<!-- --> @octocat #12 GH-3 www.evil.example https://evil.example [a](https://evil.example)',
  'status<<EOF\nsucceeded\nEOF',
  '\u0000\u0001\u007f\u0085\u2028\u202e\u200b\ufeff',
  'half \ud800 and \udc00 halves',
  '$(id) `id` $HOME',
  '__proto__',
  'constructor',
  'toString',
  'wéb-сервис 😀',
] as const

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom<string>(...HOSTILE_TEXTS, 'w'.repeat(100_000)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom<string>(...HOSTILE_TEXTS, ' ', '\n', '=', ':', '/', '@', 'a', '1'), { maxLength: 5 })
    .map((parts) => parts.join('')),
)

/** JSON that a member can be instead of what it should be. What pollutes is text, because a literal would set a prototype. */
const ODD_JSON = [
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '1e308',
  '-1e308',
  '""',
  '[]',
  '{}',
  '[null]',
  '[{}]',
  '[[[]]]',
  '{"__proto__": {"polluted": true}}',
  '{"constructor": {"prototype": {"polluted": true}}}',
  '{"toString": 1, "valueOf": 2}',
  '{"length": 1e9}',
  `${'['.repeat(1_500)}${']'.repeat(1_500)}`,
  `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`,
  `[${'0,'.repeat(3_000)}0]`,
]

/** The text of any JSON value; undefined: the member is missing. */
const oddJson: fc.Arbitrary<string | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constantFrom(...ODD_JSON) },
  { weight: 2, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
)

/** A change of one value somewhere in a document. */
export interface Oddity {
  /** Which of its values, counted from 0 and around. */
  pick: number
  /** Undefined: it is missing. */
  json: string | undefined
}

export const oddity: fc.Arbitrary<Oddity> = fc.record({ pick: fc.nat(10_000), json: oddJson })

/** The document with one value changed; the document is not kept as it was. */
export function withOddity(document: unknown, { pick, json }: Oddity): unknown {
  const value: unknown = json === undefined ? undefined : JSON.parse(json)
  const places: (() => void)[] = []
  const walk = (holder: object) => {
    for (const [key, member] of Object.entries(holder)) {
      places.push(() => put(holder, key, value))
      if (typeof member === 'object' && member !== null) walk(member)
    }
    if (!Array.isArray(holder)) places.push(() => put(holder, '__proto__', JSON.parse('{"polluted": true}')))
  }
  if (typeof document !== 'object' || document === null) return value
  walk(document)
  places[pick % (places.length + 1)]?.()
  return pick % (places.length + 1) === places.length ? value : document
}

/** As JSON would have it: a member of its own, whatever its name. */
function put(holder: object, key: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(holder, key)
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype, Map.prototype]
const BEFORE = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length)

/** Throws when a prototype that everything inherits from has got a member. */
export function expectCleanPrototypes(): void {
  const now = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length)
  if (now.join() !== BEFORE.join() || 'polluted' in {}) throw new Error('a prototype was polluted')
}
