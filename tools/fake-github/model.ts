/** Who a token speaks for. */
export interface Account {
  login: string
  isBot: boolean
}

/** A pull request. Its state and head may be changed at any time, as people do. */
export interface PullRequest {
  number: number
  state: 'open' | 'closed'
  headSha: string
  /** `owner/name` of the repository it comes from: another one than its own for a fork. */
  headRepository: string
}

export interface Comment {
  id: number
  /** Number of the issue or pull request. */
  issue: number
  login: string
  isBot: boolean
  body: string
}

export interface Deployment {
  id: number
  ref: string
  task: string
  environment: string
  isTransient: boolean
  isProduction: boolean
  description: string
  payload: unknown
  /** The oldest first. */
  statuses: DeploymentStatus[]
}

export interface DeploymentStatus {
  id: number
  state: string
  description: string
  log_url: string
  environment_url: string
}

/** What there is on GitHub, for one repository. All of it may be looked at and changed by a test. */
export interface Repository {
  /** `owner/name`. */
  name: string
  pullRequests: PullRequest[]
  comments: Comment[]
  deployments: Deployment[]
}

/** Ids grow, and no two things have the same. */
export class Ids {
  #last = 1000

  next(): number {
    this.#last += 1
    return this.#last
  }
}

/**
 * What a new status does to others: earlier deployments of the environment that succeeded become inactive when one
 * succeeds, unless they are transient or of production. Source: GitHub REST API, "Create a deployment status",
 * `auto_inactive`.
 */
export function supersede(deployments: readonly Deployment[], by: Deployment, ids: Ids): void {
  for (const other of deployments) {
    const isEarlier = other.id < by.id && other.environment === by.environment
    if (!isEarlier || other.isTransient || other.isProduction || other.statuses.at(-1)?.state !== 'success') continue
    other.statuses.push({ id: ids.next(), state: 'inactive', description: '', log_url: '', environment_url: '' })
  }
}
