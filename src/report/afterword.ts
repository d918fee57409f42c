import type { Release } from '../release-state.ts'
import { markdownText } from '../text/untrusted.ts'
import { paragraph } from '../text/words.ts'
import { withLinks } from './markdown-parts.ts'
import { linksIn } from './next-step.ts'
import { verdictSentences } from './sentences.ts'
import { box, colourOf, signed } from './summary-alert.ts'

/** What the post step adds below the summary of the step that it brings to its end: three lines, no second page. */
export function renderAfterword(release: Release): string {
  const { title, cause, advice, production, remains } = verdictSentences(release)
  const links = linksIn(release)
  const told = (...sentences: readonly string[]) => withLinks(paragraph(...sentences), links)
  const lines = [
    `**After this step had ended: ${markdownText(signed(release, `${title}.`))}** ${told(production)}`.trim(),
    told(cause),
    told(advice, remains),
  ]
  return `${box(
    colourOf(release),
    lines.filter((line) => line !== ''),
  )}\n`
}
