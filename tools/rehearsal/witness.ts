import { count } from '../../src/text/words.ts'
import type { Listeners } from '../simulator/real-world.ts'

/** What a listener answers with: the image behind it, or `HTTP` and the status. */
export interface Sighting {
  answer: string
  /** `family:revision`; empty when it did not say. */
  taskDefinition: string
}

/** Asks the listeners of every service again and again, as the users of the service would. */
export interface Witness {
  /** What has answered since the last call, and how often; by `cluster:service`. */
  takeSeen(service: string): Record<keyof Listeners, Map<string, number>>
  close(): Promise<void>
}

/** How long after one answer the next request follows, in real milliseconds. */
const PAUSE_MS = 50

/** A listener on loopback answers at once. */
const DEADLINE_MS = 5_000

export function startWitness(services: Readonly<Record<string, Listeners>>): Witness {
  const stop = new AbortController()
  let seen = nothing(services)
  const watched = Object.entries(services).flatMap(([service, listeners]) =>
    Object.entries(listeners).map(async ([kind, url]) => {
      while (!stop.signal.aborted) {
        const { answer } = await ask(url)
        const counts = seen.get(service)?.[kind as keyof Listeners]
        counts?.set(answer, (counts.get(answer) ?? 0) + 1)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }),
  )
  return {
    takeSeen: (service) => {
      const taken = seen.get(service) ?? { production: new Map(), test: new Map() }
      seen = new Map([...seen, ...nothing({ [service]: { production: '' } })])
      return taken
    },
    close: async () => {
      stop.abort()
      await Promise.all(watched)
    },
  }
}

function nothing(services: Readonly<Record<string, Listeners>>) {
  return new Map(
    Object.keys(services).map((service) => [
      service,
      { production: new Map<string, number>(), test: new Map<string, number>() },
    ]),
  )
}

/** What listeners have answered while a rehearsal was played, and answer now, for people. */
export async function witnessLines(
  { takeSeen }: Witness,
  services: Readonly<Record<string, Listeners>>,
): Promise<string[]> {
  const lines: string[] = []
  for (const [service, listeners] of Object.entries(services)) {
    const seen = takeSeen(service)
    for (const [kind, url] of Object.entries(listeners)) {
      const answers = [...seen[kind as keyof Listeners]].map(([answer, times]) => `${answer} ${count(times, 'time')}`)
      lines.push(`  ${kind}: ${answers.join(', ')}; now ${(await ask(url)).answer}`)
    }
  }
  return lines.length === 0 ? [] : ['', 'What the listeners answered, in the order in which each came first:', ...lines]
}

/** One request. Whatever comes back is an answer. */
export async function ask(url: string): Promise<Sighting> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) })
    const text = await response.text()
    if (response.status !== 200) return { answer: `HTTP ${response.status}`, taskDefinition: '' }
    const { image, taskDefinition } = JSON.parse(text) as { image: string; taskDefinition: string }
    return { answer: image, taskDefinition }
  } catch (error) {
    return { answer: `nothing (${error instanceof Error ? error.message : error})`, taskDefinition: '' }
  }
}
