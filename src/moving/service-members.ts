import type { UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { isJsonObject } from '../text/document.ts'

/** Most of each that ECS takes. Source: ECS API Reference, AwsVpcConfiguration and UpdateService. */
const MAX_SUBNETS = 16
const MAX_SECURITY_GROUPS = 5
const MAX_CAPACITY_PROVIDERS = 20

type Members = Pick<UpdateServiceRequest, 'networkConfiguration' | 'platformVersion' | 'capacityProviderStrategy'>

/**
 * What an AppSpec says of how its task sets run, as members of the service, which has it under ECS.
 * @param properties `Properties` of an AppSpec, in documented case, as somebody may have written them
 * @returns the members, and the names of properties that could not be read
 */
export function serviceMembers(properties: object): { members: Members; unread: string[] } {
  const members: Members = {}
  const unread: string[] = []
  for (const [name, value] of Object.entries(properties)) {
    const read = Object.hasOwn(READERS, name) ? READERS[name as keyof typeof READERS](value) : undefined
    if (read === undefined) unread.push(name)
    else Object.assign(members, read)
  }
  return { members, unread }
}

const READERS = {
  PlatformVersion: (value: unknown): Members | undefined =>
    typeof value === 'string' ? { platformVersion: value } : undefined,

  NetworkConfiguration: (value: unknown): Members | undefined => {
    const given = isJsonObject(value) ? value['AwsvpcConfiguration'] : undefined
    if (!isJsonObject(given)) return undefined
    const subnets = texts(given['Subnets'], MAX_SUBNETS)
    const securityGroups = texts(given['SecurityGroups'], MAX_SECURITY_GROUPS)
    const assignPublicIp = given['AssignPublicIp']
    if (subnets === undefined || securityGroups === undefined) return undefined
    if (assignPublicIp !== 'ENABLED' && assignPublicIp !== 'DISABLED') return undefined
    return { networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp } } }
  },

  CapacityProviderStrategy: (value: unknown): Members | undefined => {
    if (!Array.isArray(value) || value.length > MAX_CAPACITY_PROVIDERS) return undefined
    const strategy = value.map((item) => {
      const { CapacityProvider: capacityProvider, Base: base = 0, Weight: weight = 0 } = isJsonObject(item) ? item : {}
      const isRead = typeof capacityProvider === 'string' && typeof base === 'number' && typeof weight === 'number'
      return isRead ? { capacityProvider, base, weight } : undefined
    })
    const capacityProviderStrategy = strategy.filter((item) => item !== undefined)
    return capacityProviderStrategy.length === strategy.length ? { capacityProviderStrategy } : undefined
  },
}

function texts(value: unknown, most: number): string[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined
  return value.every((item) => typeof item === 'string') ? value : undefined
}
