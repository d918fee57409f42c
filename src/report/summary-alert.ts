import type { Release } from '../release-state.ts'
import { summarizeDifferences } from '../task-definition/difference.ts'
import { markdownCode, markdownText } from '../text/untrusted.ts'
import { paragraph } from '../text/words.ts'
import { exitCodeOf } from '../verdict.ts'
import { titledWith } from './labels.ts'
import { withLinks } from './markdown-parts.ts'
import { linksIn } from './next-step.ts'
import { plannedOf } from './planned.ts'
import { hasNoPreview, linkedPreviewCause } from './previews.ts'
import { releasedTo } from './released.ts'
import { verdictSentences } from './sentences.ts'
import { shortOfTasks } from './short-of-tasks.ts'
import { trafficNow } from './traffic.ts'

/** The verdict as a heading, with its sign, and what was released where. */
export function heading(release: Release): string {
  return `## ${signed(release, titledWith(verdictSentences(release).title, markdownText(releasedTo(release))))}`
}

/** With the sign of a good or a bad end; without one while there is none, and for a preview that nobody failed to make. */
export function signed(release: Release, text: string): string {
  if (release.status === undefined || hasNoPreview(release)) return text
  return `${isWell(release) ? '✅' : '❌'} ${text}`
}

function isWell(release: Release): boolean {
  const { status, operation } = release
  return status !== undefined && exitCodeOf(status, operation) === 0 && shortOfTasks(release) === undefined
}

/** Source: GitHub docs, "Basic writing and formatting syntax", alerts. */
type Colour = 'NOTE' | 'TIP' | 'WARNING' | 'CAUTION'

/** Green: all is well. Amber: nothing is broken, and somebody has to do something. Red: production may be affected. */
export function colourOf(release: Release): Colour {
  const { status } = release
  if (status === undefined) return 'NOTE'
  if (isWell(release)) return status === 'awaiting-promotion' || hasNoPreview(release) ? 'WARNING' : 'TIP'
  switch (status) {
    case 'failed':
    case 'stopped':
      return trafficNow(release) === 0 ? 'WARNING' : 'CAUTION'
    case 'rollback-failed':
      return 'CAUTION'
    case 'succeeded':
      return shortOfTasks(release)?.running === 0 ? 'CAUTION' : 'WARNING'
    default:
      return 'WARNING'
  }
}

/** What a tired reader needs, one paragraph each: where production is, why, what to do; then what is left to say. */
export function alert(release: Release): string {
  const links = linksIn(release)
  const { verdict, cause, advice, rest } = boxed(release)
  const [first, why, left] = [withLinks(verdict, links), withLinks(cause, links), withLinks(rest, links)]
  const address = linkedPreviewCause(release)
  // Where all went well nothing has to be found at a glance but that.
  const told = colourOf(release) === 'TIP' ? [paragraph(why, left)] : [why, withLinks(advice, links), left]
  const paragraphs =
    address === undefined
      ? [first === '' ? '' : `**${first}**`, ...told, notAws(release)]
      : [address, paragraph(first, left), notAws(release)]
  return box(
    colourOf(release),
    paragraphs.filter((part) => part !== ''),
  )
}

/** Paragraphs of Markdown in a coloured box. */
export function box(colour: Colour, paragraphs: readonly string[]): string {
  return `> [!${colour}]\n${paragraphs.map((paragraph) => `> ${paragraph}`).join('\n>\n')}`
}

/** The sentences of the verdict in the order of the box. */
function boxed(release: Release): { verdict: string; cause: string; advice: string; rest: string } {
  const { cause, advice, production, remains } = verdictSentences(release)
  const { status, problems } = release
  switch (status) {
    case 'refused': {
      const isListed = problems.length > 1
      const first = isListed ? `${problems.length} things are wrong; they are listed below.` : cause
      return { verdict: remains, cause: first, advice, rest: '' }
    }
    case 'planned': {
      const verdict = wouldChange(release)
      // What would be written is listed below.
      return { verdict, cause: verdict === '' ? cause : 'Nothing was written.', advice, rest: remains }
    }
    default:
      return { verdict: production, cause, advice, rest: remains }
  }
}

/** What the release that is planned would change, in one sentence; empty when it would change nothing. */
function wouldChange(release: Release): string {
  const differences = release.plan?.differences
  if ((plannedOf(release)?.writes ?? []).length === 0) return ''
  if (differences === undefined) return 'What this release would change could not be seen.'
  if (differences.length === 0) return 'This release would deploy the same task definition again.'
  return `This release would change: ${summarizeDifferences(differences)}.`
}

function notAws({ otherEndpoint }: Release): string {
  return otherEndpoint === undefined
    ? ''
    : `**This is not AWS:** requests went to ${markdownCode(otherEndpoint)}, and links to AWS lead nowhere.`
}
