/**
 * `npm run owner -- NAME`: writes the account on GitHub that this repository is in wherever the repository is named. The one
 * that stands there now is that of `repository` in package.json, so a repository that has moved is renamed the same way.
 */
import { resolve } from 'node:path'
import { OwnerError, renameOwner } from './repository-owner.ts'

const [to, ...more] = process.argv.slice(2)
try {
  if (to === undefined || more.length > 0) throw new OwnerError('Say which account: npm run owner -- NAME')
  const files = renameOwner(resolve(import.meta.dirname, '..'), to)
  for (const file of files) process.stdout.write(`  ${file}\n`)
  process.stdout.write(
    files.length === 0
      ? `Nothing to change: the files say '${to}' already.\n`
      : `${files.length} files say '${to}' now. Where that is an organisation, name a team of it in .github/CODEOWNERS. Then commit.\n`,
  )
} catch (error) {
  if (!(error instanceof OwnerError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
