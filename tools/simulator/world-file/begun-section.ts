import type { BegunDeployment, LaterDeployment, OthersDeployment } from '../scenario.ts'
import { MAX_SECONDS } from './fault-section.ts'
import type { Section } from './section.ts'
import { ECS_NAME, REVISION } from './words.ts'

/** Older ones are over, whatever the group waits for: the longest waits are two days each. */
const MAX_AGE_SECONDS = 604_800

/** A deployment of somebody else, as it was read, and where. */
export interface OthersDraft<Seed extends OthersDeployment = OthersDeployment> {
  section: Section
  seed: Seed
}

/** Reads an entry of `begun`. */
export function readBegun(section: Section, defaultCluster: string): OthersDraft<BegunDeployment> {
  const deployment = readDeployment(section, defaultCluster)
  const secondsAgo = section.number('seconds-ago', 0, MAX_AGE_SECONDS, { required: true }) ?? 0
  section.done()
  return { section, seed: { ...deployment, secondsAgo } }
}

/** Reads an entry of `later`. */
export function readLater(section: Section, defaultCluster: string): OthersDraft<LaterDeployment> {
  const deployment = readDeployment(section, defaultCluster)
  const atSeconds = section.number('at-seconds', 0, MAX_SECONDS, { required: true }) ?? 0
  section.done()
  return { section, seed: { ...deployment, atSeconds } }
}

function readDeployment(section: Section, defaultCluster: string): OthersDeployment {
  const description = section.text('description')
  const s3 = section.section('s3')
  return {
    cluster: section.text('cluster', ECS_NAME) ?? defaultCluster,
    service: section.text('service', { ...ECS_NAME, required: true }) ?? '',
    taskDefinition: section.text('task-definition', { ...REVISION, required: true }) ?? '',
    ...(description !== undefined && { description }),
    ...(s3 && { s3: readObject(s3) }),
  }
}

function readObject(section: Section): { bucket: string; key: string } {
  const bucket = section.text('bucket', { required: true }) ?? ''
  const key = section.text('key', { required: true }) ?? ''
  section.done()
  return { bucket, key }
}
