import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stack } from './stack.ts'
import { parseTemplate } from './template.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'examples', 'infrastructure')

export const RELEASE = parseTemplate(readFileSync(join(FOLDER, 'release.yaml'), 'utf8'))
export const NATIVE = parseTemplate(readFileSync(join(FOLDER, 'native.yaml'), 'utf8'))
export const LANES = parseTemplate(readFileSync(join(FOLDER, 'preview-lanes.yaml'), 'utf8'))

const REPOSITORY = { GitHubRepository: 'example/shop' }

/** The stack of release.yaml, by default as the README deploys it. */
export function releaseStack(given: Record<string, string | number> = {}): Stack {
  return new Stack(RELEASE, { ...REPOSITORY, ...given })
}

/** The stack of native.yaml, by default as the README deploys it. */
export function nativeStack(given: Record<string, string | number> = {}): Stack {
  return new Stack(NATIVE, { ...REPOSITORY, ...given })
}

/** The stack of preview-lanes.yaml, by default as the README deploys it. */
export function lanesStack(given: Record<string, string | number> = {}): Stack {
  return new Stack(LANES, { ...REPOSITORY, DomainName: 'preview.example.org', ...given })
}
