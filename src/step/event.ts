import { isJsonObject } from '../text/document.ts'
import { readBounded } from '../text/read-bounded.ts'

/** Source: GitHub docs, "Webhook events and payloads": payloads are capped at 25 MB. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024

/**
 * Whether the event that started the run says that its repository is private (or internal). Events without a repository,
 * such as a schedule, say nothing. Source: GitHub docs, webhook payloads, `repository.private`.
 */
export function isPrivateRepository(environment: NodeJS.ProcessEnv): boolean {
  const event = readEvent(environment)
  const repository = isJsonObject(event) ? event['repository'] : undefined
  return isJsonObject(repository) && repository['private'] === true
}

/** The event that started the run, as GitHub told it; undefined when it cannot be read. */
export function readEvent(environment: NodeJS.ProcessEnv): unknown {
  try {
    return JSON.parse(readBounded(environment['GITHUB_EVENT_PATH'] ?? '', MAX_EVENT_BYTES) ?? '')
  } catch {
    return undefined
  }
}
