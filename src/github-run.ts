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
  /** Number of the pull request, on pull request events. */
  pullRequest: string
  actor: string
  /** Root of the GitHub instance, without a slash at the end. */
  serverUrl: string
}

/**
 * Reads the run from the runner's environment.
 * Source: github-actions docs, "Variables reference"; `GITHUB_WORKFLOW_REF` is `owner/name/.github/workflows/FILE@ref`.
 */
export function githubRun(environment: Record<string, string | undefined>): GithubRun {
  const value = (name: string) => environment[name] ?? ''
  const workflowFile = /\/([^/@]+)@/.exec(value('GITHUB_WORKFLOW_REF'))?.[1] ?? value('GITHUB_WORKFLOW')
  const pullRequest = /^refs\/pull\/(\d+)\//.exec(value('GITHUB_REF'))?.[1] ?? ''
  return {
    repository: value('GITHUB_REPOSITORY'),
    repositoryId: value('GITHUB_REPOSITORY_ID'),
    workflowFile,
    runId: value('GITHUB_RUN_ID'),
    runAttempt: value('GITHUB_RUN_ATTEMPT'),
    runNumber: value('GITHUB_RUN_NUMBER'),
    job: value('GITHUB_JOB'),
    sha: value('GITHUB_SHA'),
    pullRequest,
    actor: value('GITHUB_ACTOR'),
    serverUrl: value('GITHUB_SERVER_URL').replace(/\/+$/, '') || 'https://github.com',
  }
}
