import { schemaOf } from '../../tools/simulator/protocol/schema.ts'
import { type Inspection, inspect, type Shape, shapeOf } from '../../tools/simulator/protocol/shape.ts'

/** A call of the AWS CLI as a page has it. */
export interface CliCommand {
  /** As it is typed, in one line. */
  text: string
  /** The word after `aws`. */
  service: string
  /** As the API calls it: `CreateService`. */
  operation: string
  options: [name: string, values: string[]][]
}

/** A call as the SDK would make it. */
export interface CliCall extends CliCommand {
  client: string
  input: Record<string, unknown>
  inspection: Inspection
}

/** Packages and namespaces of the services whose client this project has. */
const CLIENTS: Record<string, [client: string, namespace: string]> = {
  ecs: ['ecs', 'ecs'],
  deploy: ['codedeploy', 'codedeploy'],
  elbv2: ['elastic-load-balancing-v2', 'elasticloadbalancingv2'],
  lambda: ['lambda', 'lambda'],
  sts: ['sts', 'sts'],
}

/** The operation that a waiter asks for. Source: waiters of botocore 1.43. */
const WAITERS: Record<string, string> = { 'target-in-service': 'DescribeTargetHealth' }

/** Options of the CLI itself. */
const OWN = ['query', 'output']

/** Matches nothing. */
const NEVER = /(?!)/

/** Lines that are not for the AWS CLI. */
const OTHERS = /^(zip|curl|export) /

/**
 * Reads a script: calls of the AWS CLI, alone or as the value of a variable, and documents that `cat` writes.
 * @param variables what `$name` stands for
 * @throws at a line that is none of these, and at a variable that has no value
 */
export function commandsOf(script: string, variables: Record<string, string>) {
  const documents: Record<string, string> = {}
  const expanded = (text: string) =>
    text.replace(/\$(\w+)/g, (_, name: string) => {
      const value = variables[name]
      if (value === undefined) throw new Error(`Nothing is known of $${name}.`)
      return value
    })
  const lines = script
    .replace(/^cat > (\S+) <<END\n(.*?)^END$/gms, (_, name: string, text: string) => {
      documents[name] = expanded(text)
      return ''
    })
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^| +)#.*/, ''))
    .filter((line) => line !== '' && !OTHERS.test(line))
  const commands = lines.map((line) => {
    const text = /^\w+=\$\((aws .*)\)$/.exec(line)?.[1] ?? line
    if (!text.startsWith('aws ')) throw new Error(`Not a call of the AWS CLI: ${line}`)
    return commandOf(text.replace(/\s+/g, ' '), expanded)
  })
  return { commands, documents }
}

function commandOf(text: string, expanded: (text: string) => string): CliCommand {
  const words = [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"|([^'"]+)/g, (_, single, double, plain) => single ?? expanded(double ?? plain)),
  )
  const [, service = '', command = '', ...rest] = words
  const options: CliCommand['options'] = []
  for (const word of rest) {
    if (word.startsWith('--')) options.push([word.slice(2), []])
    else if (options.length > 0) options.at(-1)?.[1].push(word)
    else options.push([word, []])
  }
  const waiter = command === 'wait' ? options.shift()?.[0] : undefined
  const operation = waiter === undefined ? pascal(command) : WAITERS[waiter]
  if (operation === undefined) throw new Error(`There is no waiter ${waiter}.`)
  return { text, service, operation, options }
}

function pascal(command: string): string {
  return command.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}

/** The call that a command makes; undefined of a service whose client this project has not. */
export function callOf(command: CliCommand, documents: Record<string, string>): CliCall | undefined {
  const [client, namespace] = CLIENTS[command.service] ?? []
  if (client === undefined || namespace === undefined) return undefined
  const [, , , , schema] = schemaOf(client, namespace, command.operation)
  const shape = shapeOf(schema)
  const input: Record<string, unknown> = {}
  for (const [name, values] of command.options.filter(([name]) => !OWN.includes(name))) {
    if (name === 'cli-input-json') Object.assign(input, JSON.parse(fileOf(values, documents)))
    else if (name === 'zip-file') input['Code'] = { ZipFile: values.join() }
    else {
      const [member, of] = memberOf(shape, name)
      input[member] = readValue(of, values)
    }
  }
  return { ...command, client, input, inspection: inspect(shape, input) }
}

function fileOf(values: string[], documents: Record<string, string>): string {
  const text = documents[values.join().replace('file://', '')]
  if (text === undefined) throw new Error(`Nothing writes ${values.join()}.`)
  return text
}

/** The member that an option is for, by its own name when there is none. */
function memberOf(shape: Shape, option: string): [string, Shape] {
  const members = shape.kind === 'structure' ? [...shape.members] : []
  const name = option.replaceAll('-', '')
  return members.find(([member]) => member.toLowerCase() === name) ?? [option, { kind: 'any' }]
}

function readValue(shape: Shape, values: string[]): unknown {
  const [first = ''] = values
  if (/^[[{]/.test(first)) return JSON.parse(values.join(' '))
  if (shape.kind !== 'list') return shorthandOf(shape, first)
  return values.map((value) => shorthandOf(shape.element, value))
}

/** The CLI's short form of a value: `Key=value,List=[{Key=value}]`. */
function shorthandOf(shape: Shape, text: string): unknown {
  let at = 0
  const value = shape.kind === 'structure' || shape.kind === 'map' ? pairs(shape, '') : scalar(shape, NEVER)
  if (at < text.length) throw new Error(`Short form not understood from '${text.slice(at)}' on.`)
  return value

  function pairs(of: Shape, end: string): Record<string, unknown> {
    const read: Record<string, unknown> = {}
    do {
      const name = text.slice(at, text.indexOf('=', at))
      at += name.length + 1
      read[name] = member(of.kind === 'structure' ? (of.members.get(name) ?? { kind: 'any' }) : elementOf(of))
    } while (passed(','))
    if (end !== '' && !passed(end)) throw new Error(`'${end}' is missing in ${text}.`)
    return read
  }

  function member(of: Shape): unknown {
    if (passed('{')) return pairs(of, '}')
    if (!passed('[')) return scalar(of, /[,\]}]/)
    const read: unknown[] = []
    do read.push(member(elementOf(of)))
    while (passed(','))
    if (!passed(']')) throw new Error(`']' is missing in ${text}.`)
    return read
  }

  function scalar(of: Shape, end: RegExp): unknown {
    const found = text.slice(at).search(end)
    const word = found < 0 ? text.slice(at) : text.slice(at, at + found)
    at += word.length
    if (of.kind === 'number' && /^\d+$/.test(word)) return Number(word)
    if (of.kind === 'boolean' && /^(true|false)$/.test(word)) return word === 'true'
    return word
  }

  function passed(character: string): boolean {
    if (text[at] !== character) return false
    at++
    return true
  }
}

function elementOf(shape: Shape): Shape {
  return shape.kind === 'list' || shape.kind === 'map' ? shape.element : { kind: 'any' }
}
