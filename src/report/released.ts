import type { Release } from '../release-state.ts'
import { containersOf, nameOf } from '../task-definition/containers.ts'
import { cut } from '../text/untrusted.ts'
import { changesInOrder, releasedRevision, revisionsInOrder, serviceLabel } from './labels.ts'

/** Longest tag that is told whole, in characters. */
const MAX_TAG_LENGTH = 40

/** So many characters of a digest or a commit tell it from others. */
const SHORT_HASH_LENGTH = 12

/** The parts of `registry.example/shop/web:1.1.0@sha256:…` that people know it by. */
export interface ImageName {
  /** `web`. */
  repository: string
  /** `1.1.0`, or the beginning of a digest. */
  version: string
}

/** What people call an image. */
export function imageName(image: string): ImageName {
  const [named = '', digest] = image.split('@')
  const last = named.slice(named.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  const [repository, tag] = colon < 0 ? [last, undefined] : [last.slice(0, colon), last.slice(colon + 1)]
  const hash = digest?.slice(digest.indexOf(':') + 1)
  return { repository, version: tag === undefined ? shortHash(hash ?? 'latest') : shortHash(tag) }
}

function shortHash(text: string): string {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text.slice(0, SHORT_HASH_LENGTH) : cut(text, MAX_TAG_LENGTH)
}

/** What of an image changed, in the direction in which production went. */
export interface ImageChange {
  container: string
  from: string | undefined
  to: string | undefined
}

/** The images that change; empty when none does, or that could not be seen. */
export function imageChanges(release: Release): ImageChange[] {
  return (changesInOrder(release) ?? []).flatMap(({ member, container, from, to }) =>
    member === 'image' ? [{ container, from, to }] : [],
  )
}

/** `web 1.1.0`, or `web:2` where no image is known; empty before anything is. */
export function releasedName(release: Release): string {
  const image = mainChange(release)?.to ?? registeredImage(release)
  if (image === undefined) return releasedRevision(release)
  const { repository, version } = imageName(image)
  const others = imageChanges(release).filter(({ to }) => to !== undefined && to !== image).length
  return `${repository} ${version}${others === 0 ? '' : ` and ${others} more`}`
}

/** The change of the container behind the load balancer, else the first one. */
function mainChange(release: Release): ImageChange | undefined {
  const changes = imageChanges(release)
  return changes.find(({ container }) => container === release.plan?.appSpec.containerName) ?? changes[0]
}

function registeredImage({ plan }: Release): string | undefined {
  if (plan?.definition.kind !== 'register') return undefined
  const containers = containersOf(plan.definition.definition)
  const image = containers.find((one) => nameOf(one) === plan.appSpec.containerName)?.['image']
  return typeof image === 'string' ? image : undefined
}

/** What is released where: `web 1.1.0 → demo/web`; of a rollback, from what production goes back to what. */
export function releasedTo(release: Release): string {
  const label = serviceLabel(release)
  if (release.status === 'unchanged') return label
  if (release.operation === 'rollback') return [label, wayBack(release)].filter((part) => part !== '').join(' ')
  const name = releasedName(release)
  return name === '' || label === '' ? label : `${name} → ${label}`
}

/** `1.2.0 → 1.1.0`, or `web:3 → web:2` where no image is known. */
function wayBack(release: Release): string {
  const { from, to } = mainChange(release) ?? {}
  const names = from === undefined || to === undefined ? revisionsInOrder(release) : versions(from, to)
  return names.length === 2 ? names.join(' → ') : ''
}

/** Two images by what tells them apart: their versions, else their names too, else all of them. */
export function versions(from: string, to: string): [from: string, to: string] {
  const [one, other] = [imageName(from), imageName(to)]
  if (one.repository !== other.repository) {
    return [`${one.repository}:${one.version}`, `${other.repository}:${other.version}`]
  }
  return one.version === other.version ? [from, to] : [one.version, other.version]
}
