import { readFileSync } from 'node:fs'
import { isJsonObject } from '../document.ts'

/**
 * Whether the event that started the run says that its repository is private (or internal). Events without a repository,
 * such as a schedule, say nothing. Source: GitHub docs, webhook payloads, `repository.private`.
 */
export function isPrivateRepository(environment: NodeJS.ProcessEnv): boolean {
  try {
    const event: unknown = JSON.parse(readFileSync(environment['GITHUB_EVENT_PATH'] ?? '', 'utf8'))
    const repository = isJsonObject(event) ? event['repository'] : undefined
    return isJsonObject(repository) && repository['private'] === true
  } catch {
    return false
  }
}
