import type { Revision } from './deployment.ts'

export interface RegisteredRevision {
  revision: Revision
  description: string | undefined
  registeredMs: number
  firstUsedMs: number | undefined
  lastUsedMs: number | undefined
  /** Deployment groups that it was deployed to. */
  groups: string[]
}

/** Application revisions that CodeDeploy knows: registered by name, or by being deployed. */
export class Revisions {
  readonly #known = new Map<string, RegisteredRevision>()

  register(application: string, revision: Revision, description: string | undefined, atMs: number): RegisteredRevision {
    const key = keyIn(application, identityOf(revision))
    const before = this.#known.get(key)
    const known = before ?? {
      revision,
      description,
      registeredMs: atMs,
      firstUsedMs: undefined,
      lastUsedMs: undefined,
      groups: [],
    }
    this.#known.set(key, known)
    return known
  }

  use(application: string, revision: Revision, group: string, atMs: number): void {
    const known = this.register(application, revision, undefined, atMs)
    known.firstUsedMs ??= atMs
    known.lastUsedMs = atMs
    if (!known.groups.includes(group)) known.groups.push(group)
  }

  /** By the sha256 of an AppSpec, or `bucket/key` in S3. */
  find(application: string, identity: string): RegisteredRevision | undefined {
    return this.#known.get(keyIn(application, identity))
  }
}

function identityOf(revision: Revision): string {
  return revision.type === 'AppSpecContent' ? revision.sha256 : `${revision.location.bucket}/${revision.location.key}`
}

function keyIn(application: string, identity: string): string {
  return `${application}\n${identity}`
}
