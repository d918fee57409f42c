import type { Release } from '../release-state.ts'
import { exitCodeOf } from '../verdict.ts'
import { serviceLabel, titledWith } from './labels.ts'
import { verdictParagraph, verdictSentences } from './sentences.ts'

/** The one annotation of a step. */
export interface Annotation {
  title: string
  message: string
}

/** GitHub cuts an annotation's message at this many characters. Source: actions/runner, ExecutionContext. */
const MAX_MESSAGE_LENGTH = 4_096

/** What goes to the run's page when a release did not succeed; undefined when it did or is not over. */
export function renderAnnotation(release: Release): Annotation | undefined {
  if (release.status === undefined || exitCodeOf(release.status, release.operation) === 0) return undefined
  const message = verdictParagraph(release)
  return {
    title: titledWith(verdictSentences(release).title, serviceLabel(release)),
    message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : message,
  }
}
