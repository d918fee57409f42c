import { invalidInput, type Problem } from '../problem.ts'
import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import { pullRequestOf } from '../workflow-run/pull-request.ts'

/** What a run of `operation: preview` is for. */
export type PreviewTask =
  /** Puts the pull request on a lane, its own or a free one. */
  | { kind: 'claim'; pullRequest: string }
  /** Frees the lane of a pull request that was closed. */
  | { kind: 'free'; pullRequest: string }
  /** Frees lanes that nobody needs any more. */
  | { kind: 'sweep' }
  /** A pull request of another repository, whose runs get no AWS credentials. */
  | { kind: 'fork'; pullRequest: string }

/** Events that come by themselves or by hand, and are about no pull request. */
const SWEEPING = new Set(['schedule', 'workflow_dispatch'])

/**
 * What the event that started the run asks for. A run of `pull_request_target` has the rights of the repository and could
 * be made to release the code of a fork, so it is refused.
 * Source: GitHub documentation, "Events that trigger workflows".
 * @param event its payload
 */
export function previewTaskOf(eventName: string, event: unknown): PreviewTask | Problem {
  if (SWEEPING.has(eventName)) return { kind: 'sweep' }
  const pull = pullRequestOf(event)
  if (eventName !== 'pull_request' || pull === undefined) {
    return invalidInput(
      `'operation: preview' goes with the events pull_request, schedule and workflow_dispatch; this run was started by '${inSentence(eventName, 50)}'.`,
    )
  }
  const pullRequest = String(pull.number)
  if (pull.isFork) return { kind: 'fork', pullRequest }
  const action = isJsonObject(event) ? event['action'] : undefined
  // Events such as 'labeled' come of closed ones too.
  return { kind: action === 'closed' || pull.isClosed ? 'free' : 'claim', pullRequest }
}
