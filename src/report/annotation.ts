import type { Release } from '../release-state.ts'
import { exitCodeOf } from '../verdict.ts'
import { serviceLabel, titledWith } from './labels.ts'
import { verdictParagraph, verdictSentences } from './sentences.ts'
import { shortOfTasks } from './short-of-tasks.ts'

/** The one annotation of a step. */
export interface Annotation {
  level: 'error' | 'warning'
  title: string
  message: string
}

/** GitHub cuts an annotation's message at this many characters. Source: actions/runner, ExecutionContext. */
const MAX_MESSAGE_LENGTH = 4_096

/**
 * What goes to the run's page when a release did not succeed, or its tasks do not stay up; undefined when all is well, or
 * it is not over.
 */
export function renderAnnotation(release: Release): Annotation | undefined {
  if (release.status === undefined) return undefined
  const isWell = exitCodeOf(release.status, release.operation) === 0
  if (isWell && shortOfTasks(release) === undefined) return undefined
  const message = verdictParagraph(release)
  return {
    level: isWell ? 'warning' : 'error',
    title: titledWith(verdictSentences(release).title, serviceLabel(release)),
    message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : message,
  }
}
