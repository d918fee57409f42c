import { type Answer, type Call, invalid, message, notFound, paged } from './answer.ts'
import { type Comment, type Deployment, Ids, type Repository, supersede } from './model.ts'
import type { Operation } from './operations.ts'
import { commentView, deploymentView, ownView, pullRequestView, type Showing, statusView } from './views.ts'

/** Longest body of a comment, and longest description of a status. Sources: GitHub's own error; REST API, deployment statuses. */
const MAX_BODY = 65_536
const MAX_STATUS_DESCRIPTION = 140

export type Routes = Record<Operation, (call: Call, showing: Showing) => Answer>

/** What each operation does to the repository and answers. */
export function routesFor(repository: Repository): Routes {
  const { pullRequests, comments, deployments } = repository
  const ids = new Ids()
  const pullOf = (number = '') => pullRequests.find((one) => String(one.number) === number)
  const deploymentOf = ({ parameters }: Call) =>
    deployments.find(({ id }) => String(id) === parameters['deployment_id'])

  return {
    'GET /user': (_, { account }) =>
      account.isBot ? message(403, 'Resource not accessible by integration') : { status: 200, body: ownView(account) },

    'GET /repos/{owner}/{repo}/pulls/{pull_number}': ({ parameters }, showing) => {
      const pull = pullOf(parameters['pull_number'])
      return pull === undefined ? notFound() : { status: 200, body: pullRequestView(pull, showing) }
    },

    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': ({ parameters, query }, showing) => {
      const { issue_number: number = '' } = parameters
      if (pullOf(number) === undefined) return notFound()
      const views = comments.filter(({ issue }) => String(issue) === number).map((one) => commentView(one, showing))
      return paged(views, query, `${showing.url}/repos/${repository.name}/issues/${number}/comments`)
    },

    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': ({ parameters, body }, showing) => {
      const pull = pullOf(parameters['issue_number'])
      if (pull === undefined) return notFound()
      const text = String(body['body'])
      if (text.length > MAX_BODY) return tooLong('body', MAX_BODY)
      const comment: Comment = { id: ids.next(), issue: pull.number, ...showing.account, body: text }
      comments.push(comment)
      return { status: 201, body: commentView(comment, showing) }
    },

    'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': ({ parameters, body }, showing) => {
      const comment = comments.find(({ id }) => String(id) === parameters['comment_id'])
      if (comment === undefined) return notFound()
      const text = String(body['body'])
      if (text.length > MAX_BODY) return tooLong('body', MAX_BODY)
      comment.body = text
      return { status: 200, body: commentView(comment, showing) }
    },

    'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': ({ parameters }) => {
      const index = comments.findIndex(({ id }) => String(id) === parameters['comment_id'])
      if (index < 0) return notFound()
      comments.splice(index, 1)
      return { status: 204 }
    },

    'GET /repos/{owner}/{repo}/deployments': ({ query }, showing) => {
      const { sha, ref, task, environment } = query
      const isAsked = (one: Deployment) =>
        (sha ?? ref ?? one.ref) === one.ref &&
        (task ?? one.task) === one.task &&
        (environment ?? one.environment) === one.environment
      const views = deployments.filter(isAsked).map((one) => deploymentView(one, showing))
      return paged(views.toReversed(), query, `${showing.url}/repos/${repository.name}/deployments`)
    },

    'POST /repos/{owner}/{repo}/deployments': ({ body }, showing) => {
      // Left out, both stand for what a release must not do: merge, and wait for the checks that it is part of.
      if (body['auto_merge'] !== false)
        return { status: 202, body: { message: 'Auto-merged main into topic on deployment.' } }
      if (!Array.isArray(body['required_contexts']) || body['required_contexts'].length > 0)
        return message(409, `Conflict: Commit status checks failed for ${body['ref']}.`)
      const environment = String(body['environment'] ?? 'production')
      const deployment: Deployment = {
        id: ids.next(),
        ref: String(body['ref']),
        task: String(body['task'] ?? 'deploy'),
        environment,
        isTransient: body['transient_environment'] === true,
        isProduction: (body['production_environment'] ?? environment === 'production') === true,
        description: String(body['description'] ?? ''),
        payload: body['payload'] ?? '',
        statuses: [],
      }
      deployments.push(deployment)
      return { status: 201, body: deploymentView(deployment, showing) }
    },

    'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': (call, showing) => {
      const deployment = deploymentOf(call)
      if (deployment === undefined) return notFound()
      const views = deployment.statuses.map((status) => statusView(status, deployment, showing)).toReversed()
      return paged(views, call.query, `${showing.url}/repos/${repository.name}/deployments/${deployment.id}/statuses`)
    },

    'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': (call, showing) => {
      const deployment = deploymentOf(call)
      if (deployment === undefined) return notFound()
      const text = (name: string) => String(call.body[name] ?? '')
      if (text('description').length > MAX_STATUS_DESCRIPTION) return tooLong('description', MAX_STATUS_DESCRIPTION)
      const status = {
        id: ids.next(),
        state: text('state'),
        description: text('description'),
        log_url: text('log_url'),
        environment_url: text('environment_url'),
      }
      deployment.statuses.push(status)
      if (status.state === 'success' && call.body['auto_inactive'] !== false) supersede(deployments, deployment, ids)
      return { status: 201, body: statusView(status, deployment, showing) }
    },
  }
}

function tooLong(member: string, limit: number): Answer {
  return invalid([`${member} is too long (maximum is ${limit} characters)`])
}
