import type { Account, Comment, Deployment, DeploymentStatus, PullRequest, Repository } from './model.ts'

/** What everything that is shown has in common. */
export interface Showing {
  /** Root of this API. */
  url: string
  repository: Pick<Repository, 'name'>
  /** Who the token is of. */
  account: Account
  /** ISO time. */
  now: string
}

/** How GitHub shows things, with what its description says must be there. */
export function commentView(comment: Comment, showing: Showing): object {
  const { id, issue, body, login, isBot } = comment
  return {
    ...common('issues/comments', id, showing),
    html_url: `https://github.com/${showing.repository.name}/pull/${issue}#issuecomment-${id}`,
    issue_url: `${root(showing)}/issues/${issue}`,
    body,
    user: userView({ login, isBot }),
    author_association: isBot ? 'NONE' : 'MEMBER',
  }
}

export function deploymentView(deployment: Deployment, showing: Showing): object {
  const { id, ref, task, payload, environment, description } = deployment
  return {
    ...common('deployments', id, showing),
    sha: ref,
    ref,
    task,
    payload,
    original_environment: environment,
    environment,
    description,
    creator: userView(showing.account),
    transient_environment: deployment.isTransient,
    production_environment: deployment.isProduction,
    statuses_url: `${root(showing)}/deployments/${id}/statuses`,
    repository_url: root(showing),
  }
}

export function statusView(status: DeploymentStatus, { id, environment }: Deployment, showing: Showing): object {
  return {
    ...common(`deployments/${id}/statuses`, status.id, showing),
    ...status,
    target_url: status.log_url,
    environment,
    creator: userView(showing.account),
    deployment_url: `${root(showing)}/deployments/${id}`,
    repository_url: root(showing),
  }
}

export function pullRequestView(pull: PullRequest, showing: Showing): object {
  const { number, state, headSha, headRepository } = pull
  const isClosed = state === 'closed'
  const page = `https://github.com/${showing.repository.name}/pull/${number}`
  const issue = `${root(showing)}/issues/${number}`
  const own = common('pulls', number, showing)
  const links = ['self', 'html', 'issue', 'comments', 'review_comments', 'review_comment', 'commits', 'statuses']
  return {
    ...own,
    number,
    state,
    title: `Pull request ${number}`,
    body: null,
    user: userView({ login: 'octocat', isBot: false }),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${own['url']}/commits`,
    review_comments_url: `${own['url']}/comments`,
    review_comment_url: `${root(showing)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${root(showing)}/statuses/${headSha}`,
    closed_at: isClosed ? showing.now : null,
    merged_at: null,
    merge_commit_sha: null,
    assignee: null,
    milestone: null,
    labels: [],
    locked: false,
    author_association: 'MEMBER',
    auto_merge: null,
    merged: false,
    mergeable: null,
    mergeable_state: 'unknown',
    merged_by: null,
    maintainer_can_modify: false,
    comments: 0,
    review_comments: 0,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: 1,
    head: sideView('topic', headSha, headRepository, showing),
    base: sideView('main', 'ffac537e6cbbf934b08745a378932722df287a53', showing.repository.name, showing),
    _links: Object.fromEntries(links.map((name) => [name, { href: String(own['url']) }])),
  }
}

function sideView(ref: string, sha: string, repository: string, showing: Showing): object {
  const [owner = ''] = repository.split('/')
  const user = userView({ login: owner, isBot: false })
  return { label: `${owner}:${ref}`, ref, sha, user, repo: repositoryView(repository, user, showing) }
}

const REPOSITORY_ADDRESSES = [
  ...['archive', 'assignees', 'blobs', 'branches', 'collaborators', 'comments', 'commits', 'compare', 'contents'],
  ...['contributors', 'deployments', 'downloads', 'events', 'forks', 'git_commits', 'git_refs', 'git_tags', 'git'],
  ...['hooks', 'issue_comment', 'issue_events', 'issues', 'keys', 'labels', 'languages', 'merges', 'milestones'],
  ...['notifications', 'pulls', 'releases', 'stargazers', 'statuses', 'subscribers', 'subscription', 'tags', 'teams'],
  ...['trees', 'clone', 'mirror', 'ssh', 'svn'],
]

function repositoryView(name: string, owner: object, showing: Showing): object {
  const [, short = ''] = name.split('/')
  const url = `${showing.url}/repos/${name}`
  const page = `https://github.com/${name}`
  return {
    id: 1296269,
    node_id: 'R_1',
    name: short,
    full_name: name,
    owner,
    url,
    html_url: page,
    ...Object.fromEntries(REPOSITORY_ADDRESSES.map((one) => [`${one}_url`, `${url}/${one}`])),
    description: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: 'main',
    visibility: 'private',
    private: true,
    fork: name !== showing.repository.name,
    archived: false,
    disabled: false,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    forks: 0,
    forks_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 1,
    pushed_at: showing.now,
    created_at: showing.now,
    updated_at: showing.now,
  }
}

/** Of the account itself, beside what everybody has. */
export function ownView(account: Account): object {
  const nothing = ['name', 'company', 'location', 'email', 'hireable', 'bio'].map((name) => [name, null])
  const none = ['public_repos', 'public_gists', 'followers', 'following'].map((name) => [name, 0])
  const times = ['created_at', 'updated_at'].map((name) => [name, '2020-01-01T00:00:00Z'])
  return {
    ...userView(account),
    ...Object.fromEntries([...nothing, ...none, ...times]),
    user_view_type: 'public',
    blog: '',
  }
}

const USER_ADDRESSES = [
  ...['followers', 'following', 'gists', 'starred', 'subscriptions', 'organizations', 'repos', 'events'],
  'received_events',
]

function userView({ login, isBot }: Account): object {
  const name = encodeURIComponent(login)
  const url = `https://api.github.com/users/${name}`
  return {
    login,
    id: 41898282,
    node_id: 'U_1',
    avatar_url: 'https://avatars.githubusercontent.com/in/15368',
    gravatar_id: '',
    url,
    html_url: `https://github.com/${name}`,
    ...Object.fromEntries(USER_ADDRESSES.map((one) => [`${one}_url`, `${url}/${one}`])),
    type: isBot ? 'Bot' : 'User',
    site_admin: false,
  }
}

function common(kind: string, id: number, showing: Showing): Record<string, unknown> {
  const { now } = showing
  return { id, node_id: `N_${id}`, url: `${root(showing)}/${kind}/${id}`, created_at: now, updated_at: now }
}

function root({ url, repository }: Showing): string {
  return `${url}/repos/${repository.name}`
}
