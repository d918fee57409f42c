import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import type { Operation } from './operations.ts'

const NAME = 'github'

interface Described {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { content: Record<string, { schema?: { properties?: object } }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: object }> }>
}

interface Parameter {
  name: string
  in: 'path' | 'query'
  required?: boolean
}

interface Description {
  paths: Record<string, Record<string, Described>>
  components: { parameters: Record<string, Parameter>; responses: Record<string, Described['responses'][string]> }
}

/** Checks requests and answers of one operation against GitHub's published OpenAPI description. */
export interface DescribedOperation {
  /** What is wrong with a request; empty when nothing is. */
  wrongInRequest(parameters: Record<string, string>, query: Record<string, string>, body: unknown): string[]
  /** What is wrong with an answer; empty when nothing is. */
  wrongInAnswer(status: number, body: unknown): string[]
}

let loaded: { description: Description; ajv: Ajv } | undefined

/** Read once, when it is first needed. */
function load(): { description: Description; ajv: Ajv } {
  if (loaded !== undefined) return loaded
  const description = JSON.parse(readFileSync(join(import.meta.dirname, 'description.json'), 'utf8')) as Description
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, validateSchema: false })
  ajv.addSchema(description, NAME)
  loaded = { description, ajv }
  return loaded
}

export function describedOperation(name: Operation): DescribedOperation {
  const [method = '', template = ''] = name.split(' ')
  const { description, ajv } = load()
  const base = ['paths', template, method.toLowerCase()]
  const operation = description.paths[template]?.[method.toLowerCase()]
  if (operation === undefined) throw new Error(`GitHub describes no ${name}.`)
  const parameters = (operation.parameters ?? []).map((one, index) => withPlace(one, index, base, description))
  const asked = operation.requestBody?.content['application/json']?.schema
  const compiled = new Map<string, ValidateFunction>()

  function problems(pointer: readonly string[], value: unknown): string[] {
    const $ref = `${NAME}#/${pointer.map(escaped).join('/')}`
    const validate = compiled.get($ref) ?? ajv.compile({ $ref })
    compiled.set($ref, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'body'} ${message}`)
  }

  return {
    wrongInRequest(pathValues, query, body) {
      const unknown = Object.keys(query)
        .filter((key) => !parameters.some((one) => one.in === 'query' && one.name === key))
        .map((key) => `query ${key} is unknown`)
      const values = parameters.flatMap((one) => {
        const value = (one.in === 'path' ? pathValues : query)[one.name]
        if (value === undefined) return one.required ? [`${one.name} is missing`] : []
        // All is text in an address; numbers are described as such.
        const wrong = (typed: unknown) => problems([...one.pointer, 'schema'], typed)
        const asNumber = /^\d+$/.test(value) ? Number(value) : value
        return wrong(value).length === 0 ? [] : wrong(asNumber).map((problem) => `${one.name}: ${problem}`)
      })
      if (asked === undefined) return [...unknown, ...values]
      const known = Object.keys(asked.properties ?? {})
      // GitHub would ignore them without a word.
      const others = Object.keys((body ?? {}) as object).filter((key) => !known.includes(key))
      const schema = [...base, 'requestBody', 'content', 'application/json', 'schema']
      return [...unknown, ...values, ...others.map((key) => `member ${key} is unknown`), ...problems(schema, body)]
    },

    wrongInAnswer(status, body) {
      const answer = operation.responses[String(status)]
      // What any operation may answer is not repeated for each: trouble of the server, limits, what a token may not.
      const isCommon = status >= 500 || [401, 403, 404, 422, 429].includes(status)
      if (answer === undefined) return isCommon ? [] : [`status ${status} is not described`]
      const shared = answer.$ref?.split('/').at(-1)
      const place = shared === undefined ? [...base, 'responses', String(status)] : ['components', 'responses', shared]
      const content = shared === undefined ? answer.content : description.components.responses[shared]?.content
      if (content?.['application/json']?.schema === undefined) return []
      return problems([...place, 'content', 'application/json', 'schema'], body)
    },
  }
}

function withPlace(
  parameter: Parameter | { $ref: string },
  index: number,
  base: readonly string[],
  { components }: Description,
): Parameter & { pointer: string[] } {
  if (!('$ref' in parameter)) return { ...parameter, pointer: [...base, 'parameters', String(index)] }
  const name = parameter.$ref.split('/').at(-1) ?? ''
  const found = components.parameters[name]
  if (found === undefined) throw new Error(`GitHub describes no parameter ${name}.`)
  return { ...found, pointer: ['components', 'parameters', name] }
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
