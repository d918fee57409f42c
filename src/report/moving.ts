import { type Moving, movingOf } from '../moving/moving.ts'
import type { Release } from '../release-state.ts'
import { markdownCode } from '../text/untrusted.ts'
import { list } from './markdown-parts.ts'

/** Far above what AWS lets a service have, and far below what a summary may have. In characters. */
const MAX_INPUT_LENGTH = 50_000

/** What the service would be elsewhere; undefined for every operation but a plan, while there is none, and where it is there already. */
export function plannedMove({ operation, plan }: Release): Moving | undefined {
  const isPlanned = operation === 'plan' && plan?.service.controller === 'CODE_DEPLOY'
  return isPlanned ? movingOf(plan) : undefined
}

/** For the log: that there is more of it, for who cares. */
export function movingLines(release: Release): string[] {
  const moving = plannedMove(release)
  return moving === undefined ? [] : [`${moving.inShort} See the next group, or the summary.`]
}

/** Title and lines of the group in the log that nobody has to open. */
export function movingGroup(release: Release): { title: string; lines: string[] } | undefined {
  const moving = plannedMove(release)
  if (moving === undefined) return undefined
  const { title, input, notes } = moving
  const told = notes.flatMap(({ heading, sentences }) => sentences.map((sentence) => `${heading}: ${sentence}`))
  return { title, lines: [introduction(moving, (text) => text), ...input.split('\n'), ...told] }
}

/** The same for the summary, folded. */
export function movingSection(release: Release): string {
  const moving = plannedMove(release)
  if (moving === undefined) return ''
  const { title, input, notes } = moving
  const isShown = input.length <= MAX_INPUT_LENGTH
  return [
    `<details><summary>${title}</summary>`,
    introduction(moving, markdownCode),
    isShown ? `\`\`\`json\n${input}\n\`\`\`` : 'It is too long to be shown here; the report has it.',
    ...notes.flatMap(({ heading, sentences }) => [`**${heading}**`, list(sentences)]),
    '</details>',
  ].join('\n\n')
}

function introduction({ command, page }: Moving, asCode: (text: string) => string): string {
  return `${asCode(command)} takes this once what stands in angle brackets is filled in. The steps are in ${asCode(page)} of this action.`
}
