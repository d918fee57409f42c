import { type IdSeed, iamIdOf } from '../identity.ts'

/** What somebody got for assuming a role. */
export interface Session {
  /** `ASIA` and 16 upper-case letters or digits: what requests are signed with. */
  accessKeyId: string
  role: string
  name: string
  /** From here on requests that are signed with it are refused. */
  expiresMs: number
}

/** Whoever signs with a key that no session goes with. */
const NOBODY_IN_PARTICULAR = { role: 'admin', name: 'simulator' }

/** The sessions that were ever opened, by the access key that goes with each. */
export class Sessions {
  readonly #byKey = new Map<string, Session>()
  readonly #idSeed: IdSeed

  constructor(idSeed: IdSeed) {
    this.#idSeed = idSeed
  }

  open(given: Omit<Session, 'accessKeyId'>): Session {
    const accessKeyId = iamIdOf('ASIA', 20, ...this.#idSeed, 'session', given.role, given.name, this.#byKey.size)
    const session = { ...given, accessKeyId }
    this.#byKey.set(accessKeyId, session)
    return session
  }

  find(accessKeyId: string | undefined): Session | undefined {
    return accessKeyId === undefined ? undefined : this.#byKey.get(accessKeyId)
  }

  /** Who signs with this key. */
  callerOf(accessKeyId: string | undefined): Pick<Session, 'role' | 'name'> {
    return this.find(accessKeyId) ?? NOBODY_IN_PARTICULAR
  }

  isExpired(accessKeyId: string | undefined, atMs: number): boolean {
    const session = this.find(accessKeyId)
    return session !== undefined && session.expiresMs <= atMs
  }
}
