import { githubRun } from '../../src/workflow-run/github-run.ts'
import type { World } from '../../src/world.ts'

/** A pull request event, as GitHub tells it. */
export interface PullRequestEvent {
  number: number
  action?: 'opened' | 'synchronize' | 'reopened' | 'closed'
  /** The repository of its branch. */
  head?: string
  /** Number of the workflow run. */
  run?: number
}

const REPOSITORY = 'example/shop'

/** The event of a pull request, and the run that it starts. */
export function pullRequest({ number, action = 'opened', head = REPOSITORY, run = 100 + number }: PullRequestEvent) {
  const payload = {
    action,
    number,
    pull_request: {
      number,
      head: { sha: 'a'.repeat(40), repo: { full_name: head } },
      base: { sha: 'b'.repeat(40), repo: { full_name: REPOSITORY } },
    },
  }
  return { event: { name: 'pull_request', read: () => payload }, run: previewRun(run, `refs/pull/${number}/merge`) }
}

/** A run that nobody's pull request started. */
export function scheduled(run = 900): Pick<World, 'event' | 'run'> {
  return { event: { name: 'schedule', read: () => ({}) }, run: previewRun(run, 'refs/heads/main') }
}

function previewRun(number: number, ref: string) {
  return githubRun({
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_WORKFLOW_REF: `${REPOSITORY}/.github/workflows/preview.yml@refs/heads/main`,
    GITHUB_RUN_ID: `${number}`,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_NUMBER: `${number}`,
    GITHUB_JOB: 'preview',
    GITHUB_REF: ref,
  })
}

export function laneLines(count: number): string {
  return Array.from({ length: count }, (_, index) => `web-preview-${index + 1}=https://p${index + 1}.example.org`).join(
    '\n',
  )
}
