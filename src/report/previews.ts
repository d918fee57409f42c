import type { Release } from '../release-state.ts'
import { markdownText } from '../text/untrusted.ts'
import { andList, count } from '../text/words.ts'
import { withLink } from './markdown-parts.ts'

/** How what became of a lane begins when it was freed; the reason follows. */
export const FREED = 'freed: '

/** What became of the lane that was taken for a pull request. */
export const TAKEN = 'taken for this pull request'

/** What became of a lane that was somebody else's by the time it was to be freed. */
export const TAKEN_BY_OTHERS = 'taken by somebody else meanwhile'

/** The pull request was closed while its preview was being made, so that it has no lane any more. */
export function isGoneAgain({ preview, service }: Release): boolean {
  const lane = preview?.task === 'claim' ? preview.lanes.find(({ name }) => name === service?.name) : undefined
  return lane !== undefined && (lane.became.startsWith(FREED) || lane.became === TAKEN_BY_OTHERS)
}

/** No lane was free for the pull request, and that is no failure. */
function isWithoutLane({ status, problems }: Release): boolean {
  return status === 'unchanged' && problems[0]?.reason === 'no-lane'
}

/** There is no preview, and nothing has failed: no lane was free, or the pull request comes from a fork. */
export function hasNoPreview(release: Release): boolean {
  return release.preview?.task === 'fork' || isWithoutLane(release)
}

/** What a preview is about when no lane is known: `pull request 12`, or all lanes. Undefined for any other operation. */
export function previewLabel({ operation, preview }: Release): string | undefined {
  if (operation !== 'preview') return undefined
  return preview === undefined || preview.pullRequest === '' ? 'preview lanes' : `pull request ${preview.pullRequest}`
}

/** A few words for how a preview ended well; undefined when those for a release fit. */
export function previewTitle(release: Release): string | undefined {
  const { preview, status } = release
  if (preview === undefined) return undefined
  if (preview.task === 'fork' || isWithoutLane(release)) return 'No preview'
  if (status !== 'succeeded') return undefined
  if (isGoneAgain(release)) return 'Preview gone'
  return { claim: 'Preview released', free: 'Freed', sweep: 'Swept' }[preview.task]
}

/** The sentence that says where the preview is, in Markdown with its address as a link; undefined when it is nowhere. */
export function linkedPreviewCause(release: Release): string | undefined {
  const { preview, status, testUrl } = release
  if (preview?.task !== 'claim' || status !== 'succeeded' || testUrl === undefined || isGoneAgain(release))
    return undefined
  return `**${withLink(markdownText(testUrl), testUrl)}** serves ${markdownText(`pull request ${preview.pullRequest}`)}.`
}

/** How a preview ended well, in a sentence or two; undefined when those for a release fit. */
export function previewCause(release: Release): string | undefined {
  const { preview, status, testUrl, service, problems } = release
  if (preview === undefined || (status !== 'succeeded' && status !== 'unchanged')) return undefined
  const { task, pullRequest, lanes } = preview
  const whose = `pull request ${pullRequest}`
  const freed = lanes.filter(({ became }) => became.startsWith(FREED))
  const names = freed.map(({ name, became }) => `${name} (${became.slice(FREED.length)})`)
  switch (task) {
    case 'fork':
      return `Pull request ${pullRequest} comes from another repository, and its runs get no AWS credentials, so it has no preview. Somebody who may can push its branch to this repository.`
    case 'claim':
      if (isWithoutLane(release)) return problems.map(({ sentence }) => sentence).join(' ')
      if (status === 'unchanged') return undefined
      if (isGoneAgain(release)) {
        return `Pull request ${pullRequest} was closed meanwhile, so it has lane ${service?.name} no more.`
      }
      return `${testUrl ?? 'Its lane'} serves ${whose}.`
    case 'free':
      return freed.length === 0
        ? `No lane of ${whose} was to be freed, so nothing was changed.`
        : `The lane of ${whose} is free again: ${andList(freed.map(({ name }) => name))} runs no tasks any more.`
    case 'sweep':
      return freed.length === 0
        ? `None of ${count(lanes.length, 'lane')} was to be freed, so nothing was changed.`
        : `Freed ${freed.length} of ${count(lanes.length, 'lane')}: ${andList(names)}.`
  }
}
