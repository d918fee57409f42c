/** Which run of which workflow a step is part of, and what set it off. */
export interface RunIdentity {
  /** File name of the workflow. */
  workflow: string
  runId: string
  /** Grows by one with every run of the workflow. */
  runNumber: number
  attempt: number
  job: string
  /** `push`, `workflow_dispatch`, `pull_request`, … */
  event: string
  ref: string
  sha: string
  /** The event as GitHub tells it. */
  payload: object
}

export const REPOSITORY = 'example/shop'

/** What the payload of every event tells of a private repository. */
export const REPOSITORY_PAYLOAD = { repository: { full_name: REPOSITORY, private: true } }

/** The run that a rehearsal of one run is. */
export const PUSH_TO_MAIN: RunIdentity = {
  workflow: 'release.yml',
  runId: '1658821493',
  runNumber: 42,
  attempt: 1,
  job: 'release',
  event: 'push',
  ref: 'refs/heads/main',
  sha: 'ffac537e6cbbf934b08745a378932722df287a53',
  payload: REPOSITORY_PAYLOAD,
}

/** What the runner sets of a run. Source: GitHub docs, "Variables reference". */
export function runVariables(run: RunIdentity): NodeJS.ProcessEnv {
  return {
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_REPOSITORY_ID: '1296269',
    GITHUB_WORKFLOW: run.workflow,
    GITHUB_WORKFLOW_REF: `${REPOSITORY}/.github/workflows/${run.workflow}@${run.ref}`,
    GITHUB_RUN_ID: run.runId,
    GITHUB_RUN_ATTEMPT: String(run.attempt),
    GITHUB_RUN_NUMBER: String(run.runNumber),
    GITHUB_JOB: run.job,
    GITHUB_REF: run.ref,
    GITHUB_SHA: run.sha,
    GITHUB_ACTOR: 'octocat',
    GITHUB_EVENT_NAME: run.event,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'https://api.github.com',
  }
}
