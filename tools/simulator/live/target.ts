import type { TaskServer } from './task-server.ts'

/**
 * Where a listener sends requests: the server of one task set, with the requests that are on their way to it. It
 * outlives its task set until the last of them is answered, so that none is lost when the task set goes.
 */
export class Target {
  readonly #started: Promise<TaskServer>
  #requests = 0
  #whenIdle: (() => void) | undefined

  constructor(started: Promise<TaskServer>) {
    this.#started = started
  }

  /** Counts as on its way from this moment, also while the server is still starting, until `send` is over. */
  async use(send: (server: TaskServer) => Promise<void>): Promise<void> {
    this.#requests++
    try {
      await send(await this.#started)
    } finally {
      this.#requests--
      if (this.#requests === 0) this.#whenIdle?.()
    }
  }

  /** Ends the server when nothing is on its way to it. Nothing may be sent there any more. */
  async retire(): Promise<void> {
    if (this.#requests > 0) {
      await new Promise<void>((idle) => {
        this.#whenIdle = idle
      })
    }
    const server = await this.#started.catch(() => undefined)
    await server?.close()
  }
}
