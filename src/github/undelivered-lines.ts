import { andList } from '../text/words.ts'
import type { Channel, Delivery } from './publisher.ts'

/** A channel and what became of the last words there. */
export interface Delivered {
  channel: Pick<Channel, 'name' | 'permission'>
  delivery: Delivery
}

/** What GitHub answers to a token that may not. */
const MAY_NOT = [401, 403, 404]

/** What did not get through, for the log: one line for what GitHub does not take, and one for what came too late. */
export function undeliveredLines(told: readonly Delivered[], isFork: boolean): string[] {
  const refused: { channel: Delivered['channel']; status: number; message: string }[] = []
  const late: { channel: Delivered['channel']; message: string }[] = []
  const moot: string[] = []
  for (const { channel, delivery } of told) {
    if (delivery.kind === 'late') late.push({ channel, message: delivery.why })
    if (delivery.kind !== 'refused') continue
    const { kind, status, message } = delivery.error
    if (kind === 'moot') moot.push(`Notice: ${message}`)
    else refused.push({ channel, status, message })
  }
  const lines = [...new Set(moot)]
  if (refused.length > 0) {
    const isMay = refused.some(({ status }) => MAY_NOT.includes(status))
    lines.push(
      `Notice: GitHub does not take ${names(refused)} (${reasons(refused)}); the release goes on without.${isMay ? ` ${advice(refused, isFork)}` : ''}`,
    )
  }
  if (late.length > 0) {
    lines.push(
      `Warning: ${names(late)} could not be brought up to date (${reasons(late)}); the release is as told here.`,
    )
  }
  return lines
}

function names(found: readonly { channel: Delivered['channel'] }[]): string {
  return andList([...new Set(found.map(({ channel }) => channel.name))])
}

function reasons(found: readonly { message: string }[]): string {
  return [...new Set(found.map(({ message }) => message))].join('; ')
}

function advice(refused: readonly { channel: Delivered['channel'] }[], isFork: boolean): string {
  if (isFork) return 'A pull request from a fork gets a token that may only read.'
  const permissions = [...new Set(refused.map(({ channel }) => channel.permission))].join(', ')
  return `Give the job 'permissions: ${permissions}'; a pull request from a fork or of Dependabot gets a token that may only read.`
}
