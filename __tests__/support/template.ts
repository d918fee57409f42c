import { CORE_SCHEMA, defineMappingTag, defineScalarTag, defineSequenceTag, load, Schema } from 'js-yaml'

/** A CloudFormation template with its short forms written out and its loops unrolled. */
export interface Template {
  Parameters: Record<string, { Type: string; Default?: string | number; AllowedPattern?: string }>
  Conditions: Record<string, unknown>
  Resources: Record<string, Resource>
  Outputs: Record<string, { Value: unknown }>
}

export interface Resource {
  Type: string
  Condition?: string
  DependsOn?: string | string[]
  Properties: Record<string, unknown>
}

type Mapping = Record<string, unknown>

/** `!Ref x` is `{ Ref: x }`, `!Sub x` is `{ 'Fn::Sub': x }`, `!GetAtt x.y` is `{ 'Fn::GetAtt': [x, y] }`. */
function writtenOut(tag: string, value: unknown): Mapping {
  const name = tag.slice(1)
  if (name === 'Ref' || name === 'Condition') return { [name]: value }
  return { [`Fn::${name}`]: name === 'GetAtt' && typeof value === 'string' ? value.split('.') : value }
}

const never = () => false
const SCHEMA = new Schema([
  ...CORE_SCHEMA.tags,
  defineScalarTag('!', {
    matchByTagPrefix: true,
    resolve: (source, _, tag) => writtenOut(tag, source),
    identify: never,
  }),
  defineSequenceTag('!', {
    matchByTagPrefix: true,
    create: (tag) => ({ tag, items: [] as unknown[] }),
    addItem: ({ items }, item) => void items.push(item),
    finalize: ({ tag, items }) => writtenOut(tag, items),
    identify: never,
  }),
  defineMappingTag('!', {
    matchByTagPrefix: true,
    create: (tag) => ({ tag, pairs: {} as Mapping }),
    addPair: ({ pairs }, key, value) => {
      pairs[String(key)] = value
      return ''
    },
    has: ({ pairs }, key) => Object.hasOwn(pairs, String(key)),
    keys: Object.keys,
    get: (result, key) => (result as Mapping)[String(key)],
    finalize: ({ tag, pairs }) => writtenOut(tag, pairs),
    identify: never,
  }),
])

export function parseTemplate(text: string): Template {
  const raw = load(text, { schema: SCHEMA }) as Template
  const unrolled = (section: Mapping) =>
    Object.fromEntries(Object.entries(section).flatMap((entry) => unroll(raw, entry)))
  return {
    ...raw,
    Resources: unrolled(raw.Resources) as Template['Resources'],
    Outputs: unrolled(raw.Outputs) as Template['Outputs'],
  }
}

/** The members that `Fn::ForEach` stands for, with the default of the parameter that it goes through. */
function unroll({ Parameters }: Template, [key, value]: [string, unknown]): [string, unknown][] {
  if (!key.startsWith('Fn::ForEach::')) return [[key, value]]
  const [identifier, { Ref: collection }, body] = value as [string, { Ref: string }, Mapping]
  const items = String(Parameters[collection]?.Default).split(',')
  return items.flatMap((item) =>
    Object.entries(body).map(([name, member]): [string, unknown] => [
      name.replaceAll(`\${${identifier}}`, item),
      withItem(member, identifier, item),
    ]),
  )
}

/** Functions know the item; plain text in values does not, as in CloudFormation's own description of it. */
function withItem(value: unknown, identifier: string, item: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withItem(each, identifier, item))
  if (typeof value !== 'object' || value === null) return value
  const { Ref: reference, 'Fn::Sub': text } = value as Mapping
  if (reference === identifier) return item
  if (typeof reference === 'object' && reference !== null) return { Ref: plain(withItem(reference, identifier, item)) }
  if (typeof text === 'string') return { 'Fn::Sub': text.replaceAll(`\${${identifier}}`, item) }
  if (Array.isArray(text)) {
    return { 'Fn::Sub': [text[0].replaceAll(`\${${identifier}}`, item), withItem(text[1], identifier, item)] }
  }
  const members = Object.entries(value).map(([name, member]) => [name, withItem(member, identifier, item)] as const)
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'Fn::GetAtt' ? (member as unknown[]).map(plain) : member]),
  )
}

/** The text of a `Fn::Sub` in which nothing is left to replace. */
function plain(value: unknown): unknown {
  const text = typeof value === 'object' && value !== null ? (value as Mapping)['Fn::Sub'] : value
  return typeof text === 'string' && !text.includes('$' + '{') ? text : value
}

/** Names that are referred to and that there are not, each with where. */
export function danglingReferences(template: Template): string[] {
  const { Parameters, Conditions, Resources } = template
  const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources)])
  return [...references(template, [])].flatMap(({ name, kind, path }) => {
    const isKnown =
      kind === 'condition'
        ? Object.hasOwn(Conditions, name)
        : kind === 'resource'
          ? Object.hasOwn(Resources, name)
          : known.has(name) || /^AWS::(AccountId|NoValue|Partition|Region|URLSuffix)$/.test(name)
    return isKnown ? [] : [`${path.join('.')}: ${name}`]
  })
}

interface Reference {
  name: string
  kind: 'any' | 'resource' | 'condition'
  path: string[]
}

function* references(value: unknown, path: string[]): Iterable<Reference> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, key]
    const isResource = path.length === 2 && path[0] === 'Resources'
    if (key === 'Ref') yield { name: String(plain(member)), kind: 'any', path }
    else if (key === 'Fn::GetAtt') yield { name: String(plain((member as unknown[])[0])), kind: 'resource', path }
    else if (key === 'Fn::If') yield { name: String((member as unknown[])[0]), kind: 'condition', path }
    else if (key === 'Fn::Sub') yield* referencesOfText(member, path)
    else if (key === 'Condition' && isResource) yield { name: String(member), kind: 'condition', path: here }
    else if (key === 'DependsOn' && isResource)
      for (const name of [member].flat()) yield { name: String(name), kind: 'resource', path: here }
    yield* references(member, here)
  }
}

function* referencesOfText(value: unknown, path: string[]): Iterable<Reference> {
  const [text, own] = Array.isArray(value) ? (value as [string, Mapping]) : [String(value), {}]
  for (const [, name = '', attribute] of text.matchAll(/\$\{([\w:]+)(\.\w+)?\}/g)) {
    if (Object.hasOwn(own, name)) continue
    yield { name, kind: attribute === undefined ? 'any' : 'resource', path }
  }
}
