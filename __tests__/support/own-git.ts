/**
 * The environment of a git that knows only the repository it is called in: tests can run in a hook of another one, whose
 * variables name that one, and on a machine whose settings sign commits or run hooks.
 */
export function ownGit(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const identity = { name: 'A maintainer', email: 'maintainer@example.org' }
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_'))),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  }
}
