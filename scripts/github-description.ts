/**
 * Cuts what `tools/fake-github/` checks against out of GitHub's description of its REST API, which is far too large to
 * install: the operations of `operations.ts`, what they refer to, and no prose or examples.
 *
 *     npm pack @octokit/openapi && tar -xzf octokit-openapi-*.tgz
 *     node scripts/github-description.ts package/generated/api.github.com.json
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OPERATIONS } from '../tools/fake-github/operations.ts'

type Json = Record<string, unknown>

/** What says nothing about the form of a value. */
const PROSE = new Set([
  ...['description', 'summary', 'title', 'tags', 'example', 'examples', 'externalDocs', 'operationId', 'deprecated'],
  ...['x-github', 'x-octokit', 'x-multi-segment', 'headers', 'links'],
])

/** Below these the names are those of members, never of keywords. */
const NAMED = new Set(['properties', 'paths', 'schemas', 'parameters', 'responses', 'patternProperties'])

const target = join(resolve(import.meta.dirname, '..'), 'tools', 'fake-github', 'description.json')
const [path] = process.argv.slice(2)
if (path === undefined) {
  process.stderr.write('Usage: node scripts/github-description.ts PATH-TO-api.github.com.json\n')
  process.exit(1)
}

const whole = JSON.parse(readFileSync(path, 'utf8')) as Json & { info: { version: string } }
const paths: Record<string, Json> = {}
for (const operation of OPERATIONS) {
  const [method = '', template = ''] = operation.split(' ')
  const described = at(whole, ['paths', template, method.toLowerCase()])
  paths[template] = { ...paths[template], [method.toLowerCase()]: bare(described) }
}
const source = `GitHub's REST API description, MIT License, Copyright (c) 2020 Octokit contributors`
const cut = {
  'x-generated': `Cut by scripts/github-description.ts from @octokit/openapi ${whole.info.version} (${source}).`,
  paths,
  components: componentsOf(paths),
}
writeFileSync(target, `${JSON.stringify(cut, null, 1)}\n`)

/** Everything that is referred to, and what that refers to. */
function componentsOf(root: unknown): Record<string, Json> {
  const found: Record<string, Json> = {}
  const waiting = referencesIn(root)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [, , kind = '', name = ''] = next.split('/')
    if (found[kind]?.[name] !== undefined) continue
    const component = bare(at(whole, ['components', kind, name]))
    found[kind] = { ...found[kind], [name]: component }
    waiting.push(...referencesIn(component))
  }
  return found
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => (key === '$ref' ? [String(one)] : referencesIn(one)))
}

/** The same without prose. */
function bare(value: unknown, isNamed = false): unknown {
  if (Array.isArray(value)) return value.map((one) => bare(one))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => isNamed || !PROSE.has(key))
  return Object.fromEntries(kept.map(([key, one]) => [key, bare(one, !isNamed && NAMED.has(key))]))
}

function at(root: unknown, keys: readonly string[]): unknown {
  let value = root
  for (const key of keys) value = typeof value === 'object' && value !== null ? (value as Json)[key] : undefined
  if (value === undefined) throw new Error(`GitHub describes no ${keys.join(' ')}.`)
  return value
}
