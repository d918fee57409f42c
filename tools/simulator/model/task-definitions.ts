import { nameIn } from '../names.ts'
import type { AppSpec } from './app-spec.ts'

export interface TaskDefinitionRevision {
  arn: string
  family: string
  revision: number
  /** In the members of RegisterTaskDefinition, defaults filled in; members unknown to the SDK included. */
  definition: Readonly<Record<string, unknown>>
  tags: { key: string; value: string }[]
  registeredMs: number
  /** ARN of the session that registered it. */
  registeredBy: string
  deregisteredMs: number | undefined
}

/** Every revision ever registered. It is asked about a moment, so that a look at the past sees the past. */
export class TaskDefinitions {
  readonly #families = new Map<string, TaskDefinitionRevision[]>()

  add(revision: TaskDefinitionRevision): void {
    const family = this.#families.get(revision.family)
    if (family) family.push(revision)
    else this.#families.set(revision.family, [revision])
  }

  deregister(arn: string, atMs: number): void {
    const revision = this.find(arn, atMs)
    if (revision) revision.deregisteredMs ??= atMs
  }

  /** Revisions start at 1 and are never used again, also after deregistering (documented). */
  nextRevision(family: string): number {
    return Math.max(0, ...(this.#families.get(family) ?? []).map((known) => known.revision)) + 1
  }

  families(): string[] {
    return [...this.#families.keys()].sort()
  }

  /** Oldest first. */
  revisions(family: string): readonly TaskDefinitionRevision[] {
    return this.#families.get(family) ?? []
  }

  /** By `family:revision` or ARN of this account; by family alone its newest ACTIVE revision (documented). */
  find(reference: string, atMs: number): TaskDefinitionRevision | undefined {
    const [family = '', number] = nameIn(reference).split(':')
    const known = this.revisions(family).filter(
      (revision) => revision.registeredMs <= atMs && isOfSameOwner(reference, revision.arn),
    )
    if (number !== undefined) return known.find((revision) => String(revision.revision) === number)
    return known.findLast((revision) => isActive(revision, atMs))
  }

  /** What ECS says when CodeDeploy asks it for a task set of this AppSpec; undefined when it has no objection. */
  refusalOf(appSpec: AppSpec, atMs: number): string | undefined {
    const number = nameIn(appSpec.taskDefinition).split(':')[1]
    if (number !== undefined && !/^\d+$/.test(number)) return `Invalid revision number. Number: ${number}`
    const revision = this.find(appSpec.taskDefinition, atMs)
    if (revision === undefined) return 'TaskDefinition not found.'
    if (!isActive(revision, atMs)) return 'TaskDefinition is inactive'
    const container = containersOf(revision.definition).find((one) => one.name === appSpec.containerName)
    if (container === undefined) return `The container ${appSpec.containerName} does not exist in the task definition.`
    if (!container.portMappings?.some((mapping) => mapping.containerPort === appSpec.containerPort)) {
      return `The container ${appSpec.containerName} did not have a container port ${appSpec.containerPort} defined.`
    }
    return undefined
  }
}

/** An ARN names its owner; anything else means the account that is asked. */
function isOfSameOwner(reference: string, arn: string): boolean {
  const ownerOf = (text: string) => text.slice(0, text.lastIndexOf('/'))
  return !reference.startsWith('arn:') || ownerOf(reference) === ownerOf(arn)
}

export function isActive(revision: TaskDefinitionRevision, atMs: number): boolean {
  return revision.deregisteredMs === undefined || revision.deregisteredMs > atMs
}

/** The few members of a container definition that the simulator looks at itself. */
export interface ContainerOutline {
  name?: string
  image?: string
  essential?: boolean
  cpu?: number
  memory?: number
  memoryReservation?: number
  links?: string[]
  portMappings?: { containerPort?: number; hostPort?: number }[]
  mountPoints?: { sourceVolume?: string }[]
  dependsOn?: { containerName?: string; condition?: string }[]
  logConfiguration?: { logDriver?: string; options?: Record<string, string> }
  firelensConfiguration?: unknown
  secrets?: { valueFrom?: string }[]
  healthCheck?: unknown
}

export function containersOf(definition: Readonly<Record<string, unknown>>): ContainerOutline[] {
  const containers = definition['containerDefinitions']
  return Array.isArray(containers) ? containers : []
}
