import { serviceKey } from '../names.ts'
import type { Section } from '../world-file/section.ts'
import { BadControlRequest, type ControlAction, type Controlled, readBodyOf } from './action.ts'

/** Somebody edits the rules of a service that ECS deploys, behind its back. */
export const editRules: ControlAction = (request, controlled) => {
  const { key, edit } = readBodyOf(request, (body) => {
    const key = readKey(body)
    const first = body.wholeNumber('first', 0, 999)
    const second = body.wholeNumber('second', 0, 999)
    if ((first === undefined) !== (second === undefined)) body.wrong('second', "goes with 'first': give both weights.")
    const test = body.choice('test', [0, 1])
    const deleted = body.flag('deleted')
    body.done()
    const edit = {
      ...(first !== undefined && second !== undefined && { production: [first, second] as const }),
      ...(test !== undefined && { test }),
      ...(deleted !== undefined && { deleted }),
    }
    return { key, edit }
  })
  requireNative(controlled, key)
  controlled.simulator.editRules(key, edit)
  return { body: { service: key, ...edit } }
}

/** Tasks of the replacement stop from now on. */
export const failTasks: ControlAction = (request, controlled) => {
  const key = readBodyOf(request, (body) => {
    const key = readKey(body)
    body.done()
    return key
  })
  requireNative(controlled, key)
  controlled.simulator.failTasks(key)
  return { body: { service: key } }
}

function readKey(body: Section): string {
  return serviceKey(body.text('cluster') ?? 'demo', body.text('service', { required: true }) ?? '')
}

function requireNative({ scenario }: Controlled, key: string): void {
  const known = scenario.world.services
    .filter(({ native }) => native)
    .map(({ cluster, name }) => serviceKey(cluster, name))
  if (known.includes(key)) return
  throw new BadControlRequest([
    `There is no service '${key}' that ECS deploys; there ${known.length === 0 ? 'is none' : `are ${known.join(', ')}`}.`,
  ])
}
