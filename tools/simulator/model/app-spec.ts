import { load } from 'js-yaml'
import type { Assumptions } from '../scenario.ts'
import { type HookEventName, isHookEvent } from './lifecycle.ts'

/** An AppSpec for ECS as CodeDeploy understands it. Source: CodeDeploy User Guide, "AppSpec file reference". */
export interface AppSpec {
  /** As written: an ARN, `family:revision`, or something that ECS will refuse. */
  taskDefinition: string
  containerName: string
  containerPort: number
  platformVersion: string | undefined
  networkConfiguration:
    | { awsvpcConfiguration: { subnets: string[]; securityGroups?: string[]; assignPublicIp?: 'ENABLED' | 'DISABLED' } }
    | undefined
  capacityProviderStrategy: { capacityProvider: string; base?: number; weight?: number }[] | undefined
  /** Lambda function name or ARN by event. */
  hooks: Partial<Record<HookEventName, string>>
}

type Mapping = Record<string, unknown>

/**
 * Reads YAML or JSON. Keys are taken in any case, unless that is assumed otherwise, and unknown ones are ignored
 * (assumed); hook events and the resource type must be in their documented case. Returns undefined for whatever
 * CodeDeploy would find broken.
 */
export function parseAppSpec(content: string, keys: Assumptions['appSpecKeys'] = 'any-case'): AppSpec | undefined {
  const text = parseText(content)
  const document = mappingOf(keys === 'documented' ? withoutOtherKeys(text) : text)
  const version = document?.['version']
  // Any version is taken (observed of 1).
  if (document === undefined || (typeof version !== 'string' && typeof version !== 'number')) return undefined
  const resource = soleEntry(document['resources'])
  const properties = resourceProperties(resource)
  const loadBalancer = mappingOf(properties?.['loadbalancerinfo'])
  const hooks = parseHooks(document['hooks'])
  if (properties === undefined || loadBalancer === undefined || hooks === undefined) return undefined

  const taskDefinition = properties['taskdefinition']
  const containerName = loadBalancer['containername']
  const containerPort = Number(loadBalancer['containerport'])
  if (typeof taskDefinition !== 'string' || typeof containerName !== 'string' || !Number.isInteger(containerPort)) {
    return undefined
  }
  const platformVersion = properties['platformversion']
  return {
    taskDefinition,
    containerName,
    containerPort,
    platformVersion: typeof platformVersion === 'string' ? platformVersion : undefined,
    networkConfiguration: networkConfigurationOf(properties),
    capacityProviderStrategy: capacityProvidersOf(properties),
    hooks,
  }
}

function parseText(content: string): unknown {
  try {
    return load(content)
  } catch {
    return undefined
  }
}

function resourceProperties(resource: unknown): Mapping | undefined {
  const body = mappingOf(Object.values(mappingOf(resource) ?? {})[0])
  return body?.['type'] === 'AWS::ECS::Service' ? mappingOf(body['properties']) : undefined
}

function parseHooks(value: unknown): AppSpec['hooks'] | undefined {
  if (value === undefined || value === null) return {}
  if (!Array.isArray(value)) return undefined
  const hooks: AppSpec['hooks'] = {}
  for (const entry of value) {
    if (typeof entry !== 'object' || entry === null) return undefined
    for (const [event, functionName] of Object.entries(entry)) {
      if (!isHookEvent(event) || typeof functionName !== 'string' || functionName === '') return undefined
      hooks[event] = functionName
    }
  }
  return hooks
}

function networkConfigurationOf(properties: Mapping): AppSpec['networkConfiguration'] {
  const awsvpc = mappingOf(mappingOf(properties['networkconfiguration'])?.['awsvpcconfiguration'])
  if (awsvpc === undefined || !Array.isArray(awsvpc['subnets'])) return undefined
  const assignPublicIp = awsvpc['assignpublicip']
  return {
    awsvpcConfiguration: {
      subnets: awsvpc['subnets'].map(String),
      ...(Array.isArray(awsvpc['securitygroups']) && { securityGroups: awsvpc['securitygroups'].map(String) }),
      ...((assignPublicIp === 'ENABLED' || assignPublicIp === 'DISABLED') && { assignPublicIp }),
    },
  }
}

function capacityProvidersOf(properties: Mapping): AppSpec['capacityProviderStrategy'] {
  const items = properties['capacityproviderstrategy']
  if (!Array.isArray(items)) return undefined
  return items.map((item) => {
    const { capacityprovider, base, weight } = mappingOf(item) ?? {}
    return {
      capacityProvider: String(capacityprovider),
      ...(typeof base === 'number' && { base }),
      ...(typeof weight === 'number' && { weight }),
    }
  })
}

/** The mapping with its keys in lower case; undefined when it is none. */
function mappingOf(value: unknown): Mapping | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]))
}

/** As AWS's pages on the AppSpec spell them. */
const DOCUMENTED_KEYS = new Set([
  'version',
  'Resources',
  'Type',
  'Properties',
  'TaskDefinition',
  'LoadBalancerInfo',
  'ContainerName',
  'ContainerPort',
  'PlatformVersion',
  'NetworkConfiguration',
  'AwsvpcConfiguration',
  'Subnets',
  'SecurityGroups',
  'AssignPublicIp',
  'CapacityProviderStrategy',
  'Base',
  'CapacityProvider',
  'Weight',
  'Hooks',
])

/** Drops keys that are documented in another case. */
function withoutOtherKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOtherKeys)
  if (typeof value !== 'object' || value === null) return value
  const spelt = new Set([...DOCUMENTED_KEYS].map((key) => key.toLowerCase()))
  const kept = Object.entries(value).filter(([key]) => DOCUMENTED_KEYS.has(key) || !spelt.has(key.toLowerCase()))
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutOtherKeys(member)]))
}

function soleEntry(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : undefined
}
