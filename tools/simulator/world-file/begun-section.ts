import type { BegunDeployment } from '../scenario.ts'
import type { Section } from './section.ts'
import { ECS_NAME, REVISION } from './words.ts'

/** Older ones are over, whatever the group waits for: the longest waits are two days each. */
const MAX_AGE_SECONDS = 604_800

/** A deployment that has begun, as it was read, and where. */
export interface BegunDraft {
  section: Section
  seed: BegunDeployment
}

/** Reads an entry of `begun`. */
export function readBegun(section: Section, defaultCluster: string): BegunDraft {
  const description = section.text('description')
  const s3 = section.section('s3')
  const seed: BegunDeployment = {
    cluster: section.text('cluster', ECS_NAME) ?? defaultCluster,
    service: section.text('service', { ...ECS_NAME, required: true }) ?? '',
    taskDefinition: section.text('task-definition', { ...REVISION, required: true }) ?? '',
    secondsAgo: section.number('seconds-ago', 0, MAX_AGE_SECONDS, { required: true }) ?? 0,
    ...(description !== undefined && { description }),
    ...(s3 && { s3: readObject(s3) }),
  }
  section.done()
  return { section, seed }
}

function readObject(section: Section): { bucket: string; key: string } {
  const bucket = section.text('bucket', { required: true }) ?? ''
  const key = section.text('key', { required: true }) ?? ''
  section.done()
  return { bucket, key }
}
