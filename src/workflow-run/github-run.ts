import { pullRequestOf, pullRequestOfRef } from './pull-request.ts'

/** What the runner says about the workflow run this action is part of. Empty strings where it says nothing. */
export interface GithubRun {
  /** `owner/name`. */
  repository: string
  /** Numeric id of the repository, which survives renames. */
  repositoryId: string
  /** File name of the workflow, e.g. `release.yml`. */
  workflowFile: string
  runId: string
  runAttempt: string
  /** Grows by one with every run of the workflow. */
  runNumber: string
  job: string
  /** Commit that is being released. */
  sha: string
  /** Number of the pull request that the run is about. */
  pullRequest: string
  /** Root of the GitHub instance, without a slash at the end. */
  serverUrl: string
}

/**
 * Reads the run from the runner's environment, and the pull request from the event that started it: of one that is
 * merged or closed, and of a comment, `GITHUB_REF` is the base branch.
 * Source: github-actions docs, "Variables reference"; `GITHUB_WORKFLOW_REF` is `owner/name/.github/workflows/FILE@ref`.
 * @param event its payload
 */
export function githubRun(environment: Record<string, string | undefined>, event?: unknown): GithubRun {
  const value = (name: string) => environment[name] ?? ''
  const workflowFile = /\/([^/@]+)@/.exec(value('GITHUB_WORKFLOW_REF'))?.[1] ?? value('GITHUB_WORKFLOW')
  const number = pullRequestOf(event)?.number
  return {
    repository: value('GITHUB_REPOSITORY'),
    repositoryId: value('GITHUB_REPOSITORY_ID'),
    workflowFile,
    runId: value('GITHUB_RUN_ID'),
    runAttempt: value('GITHUB_RUN_ATTEMPT'),
    runNumber: value('GITHUB_RUN_NUMBER'),
    job: value('GITHUB_JOB'),
    sha: value('GITHUB_SHA'),
    pullRequest: number === undefined ? pullRequestOfRef(value('GITHUB_REF')) : String(number),
    serverUrl: value('GITHUB_SERVER_URL').replace(/\/+$/, '') || 'https://github.com',
  }
}
