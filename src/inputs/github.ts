import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'

/** Longest name of an environment, in characters. Source: GitHub documentation, "Managing environments for deployment". */
const MAX_ENVIRONMENT_LENGTH = 255

/** Inputs that say where a release is told on GitHub beside the run itself. */
export interface GithubInputs {
  /** For GitHub only, and only where one of the next two asks for it. */
  githubToken: string | undefined
  pullRequestComment: boolean
  /** Name of the environment that a GitHub deployment is made in. Undefined: none is made. */
  githubEnvironment: string | undefined
}

/** Parses what is told on GitHub beside the run itself. */
export function githubOf(fields: Fields): GithubInputs {
  return {
    githubToken: fields.text('github-token'),
    pullRequestComment: fields.trueOrFalse('pull-request-comment') ?? false,
    githubEnvironment: environmentOf(fields),
  }
}

function environmentOf(fields: Fields): string | undefined {
  const given = fields.text('github-environment')
  if (given === undefined || (given.length <= MAX_ENVIRONMENT_LENGTH && !/\p{C}/u.test(given))) return given
  const form = `the name of an environment, up to ${MAX_ENVIRONMENT_LENGTH} characters on one line`
  fields.wrong('github-environment', `must be ${form}; got '${inSentence(given, 100)}'.`)
  return undefined
}
