import { Agent, type IncomingMessage, request as requestOf } from 'node:http'

/** Status 0: there was no answer, and `taskSet` says why. */
export interface Answer {
  status: number
  taskSet: string
}

/** One request; without an agent on a connection of its own. Never rejects. */
export function ask(url: string, agent: Agent | false = false): Promise<Answer> {
  return new Promise((resolve) => {
    requestOf(url, { agent }, (response) => readAnswer(response).then(resolve))
      .on('error', (error) => resolve({ status: 0, taskSet: String(error) }))
      .end()
  })
}

export async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch (error) {
    return { status: 0, taskSet: String(error) }
  }
  const text = Buffer.concat(chunks).toString()
  const status = response.statusCode ?? 0
  return { status, taskSet: status === 200 ? JSON.parse(text).taskSet : text }
}

export interface Load {
  /** Ends it, and resolves to every answer when the last is there. */
  stop(): Promise<Answer[]>
}

/** Asks without a pause, over so many kept connections and with so many askers that open one for each request. */
export function startLoad(url: string, { kept, fresh }: { kept: number; fresh: number }): Load {
  const answers: Answer[] = []
  let stopped = false
  async function keepAsking(agent: Agent | false): Promise<void> {
    while (!stopped) answers.push(await ask(url, agent))
    if (agent) agent.destroy()
  }
  const agents = Array.from({ length: kept }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const askers = [...agents, ...Array.from({ length: fresh }, () => false as const)].map(keepAsking)
  return {
    stop: async () => {
      stopped = true
      await Promise.all(askers)
      return answers
    },
  }
}
