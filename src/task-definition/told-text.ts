import { isJsonObject } from '../text/document.ts'

/** What names of passwords and the like have in them. */
const SECRET_WORDS =
  'passw(?:or)?d|passphrase|(?<![a-z])pass(?![a-z])|secret|token(?!s|iz)|(?:api|private|access)[-_.]?key|credential'
const SECRET_NAME = new RegExp(SECRET_WORDS, 'i')
/** Bounded, so that a long text without such a name is looked through at once. */
const SECRET_WORD = String.raw`[\w.-]{0,40}(?:${SECRET_WORDS})[\w.-]{0,40}`
const SECRET_FLAG = new RegExp(`^--?${SECRET_WORD}$`, 'i')
const VALUE = String.raw`("[^"]{0,500}"?|'[^']{0,500}'?|[^\s"',;&}]+)`

const HIDDEN = '***'

/** What stands before a value that is not told, and the value. */
const SECRET_PLACES = [
  // `--password=x`, `DB_PASSWORD=x`, `"token": "x"`
  new RegExp(String.raw`(${SECRET_WORD}["']?\s{0,3}(?:=|:(?=\s|["']))\s{0,3})${VALUE}`, 'gi'),
  // `--password x`
  new RegExp(String.raw`(--?${SECRET_WORD}\s{1,3})(?!-)${VALUE}`, 'gi'),
  // `https://user:x@host`
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/"']{0,200}:)([^\s@/"']{1,500})(?=@)/gi,
  // `Authorization: Bearer x`
  /(\b(?:bearer|basic)\s{1,3})([\w+/=.~-]{8,})/gi,
]

/** Whether a value of this name is likely to be a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/**
 * A value of a definition as text, in which what looks like a password is `***`: people write them into commands, labels
 * and options of a log driver. Undefined when there is no value.
 */
export function toldText(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return withoutSecrets(value)
  return JSON.stringify(withoutSecretsIn(value))
}

function withoutSecretsIn(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value)
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const before: unknown = value[index - 1]
      const isSecret = typeof before === 'string' && SECRET_FLAG.test(before) && typeof item === 'string'
      return isSecret && !item.startsWith('-') ? HIDDEN : withoutSecretsIn(item)
    })
  }
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [
    name,
    isSecretName(name) && typeof member === 'string' ? HIDDEN : withoutSecretsIn(member),
  ])
  return Object.fromEntries(members)
}

/** Longest text that is looked through, in characters; of a longer one the rest is not told. */
const MAX_LENGTH = 5_000

function withoutSecrets(text: string): string {
  const start = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return SECRET_PLACES.reduce((told, place) => told.replace(place, `$1${HIDDEN}`), start)
}
