import { secretOf, taskSetIdOf } from '../identity.ts'
import { clusterArn, namedListenerArn, type TargetGroupIndex, targetGroupArn } from '../names.ts'
import type { World } from '../scenario.ts'

type Place = Pick<World, 'region' | 'account'>

/** `ecs-svc/N`: the classic deployment, and the `startedBy` of the tasks, of revision N (observed). */
export function taskSetOfRevision(number: string): string {
  return `ecs-svc/${number}`
}

/** About nineteen digits (observed). */
export function revisionNumberOf(...parts: (string | number)[]): string {
  return taskSetIdOf(...parts).replace('ecs-svc/', '')
}

export function serviceRevisionArn(place: Place, cluster: string, service: string, number: string): string {
  return ofService(place, 'service-revision', cluster, service, number)
}

export function serviceDeploymentArn(place: Place, cluster: string, service: string, id: string): string {
  return ofService(place, 'service-deployment', cluster, service, id)
}

/** The end of a service deployment's ARN: 21 letters, digits, `-` and `_` (observed). */
export function serviceDeploymentIdOf(...parts: (string | number)[]): string {
  return urlSafe(21, 'service deployment', ...parts)
}

/** `ecs-pause-` (documented) or `ecs-lambda-` (assumed) and 43 letters, digits, `-` and `_`. */
export function hookIdOf(type: 'AWS_LAMBDA' | 'PAUSE', ...parts: (string | number)[]): string {
  return `ecs-${type === 'PAUSE' ? 'pause' : 'lambda'}-${urlSafe(43, 'hook', ...parts)}`
}

/** Rules are those of the listeners of the service's own load balancer; for a network one the listeners themselves. */
export function ruleArn(
  place: Place,
  service: string,
  kind: 'production' | 'test',
  loadBalancer: 'application' | 'network',
): string {
  const listener = namedListenerArn(place, loadBalancer === 'network' ? 'net' : 'app', service, kind)
  if (loadBalancer === 'network') return listener
  return `${listener.replace(':listener/', ':listener-rule/')}/${secretHex(service, kind)}`
}

/** The two target groups of a service: the one that it names and its alternate. */
export function targetGroupsOf(place: Place, service: string): [string, string] {
  const arn = (index: TargetGroupIndex) => targetGroupArn(place, service, index)
  return [arn(0), arn(1)]
}

function ofService(place: Place, kind: string, cluster: string, service: string, id: string): string {
  return `${clusterArn(place, cluster).replace(/:cluster\/.*/, `:${kind}`)}/${cluster}/${service}/${id}`
}

function secretHex(service: string, kind: string): string {
  return Buffer.from(secretOf(12, 'rule', service, kind), 'base64')
    .toString('hex')
    .slice(0, 16)
}

function urlSafe(length: number, ...parts: (string | number)[]): string {
  return secretOf(length, ...parts)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}
