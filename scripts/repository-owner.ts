/** Whose this repository is, as its files say it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** As long as nobody has said whose the repository is. */
export const NOBODY = 'OWNER'

/** Letters, digits and single hyphens between them, 39 at most. Source: GitHub's own rule for account names. */
const ACCOUNT = /^(?=.{1,39}$)[a-z\d]+(?:-[a-z\d]+)*$/i

export class OwnerError extends Error {}

/** `repository` of package.json. */
export function ownerOf(root: string): { owner: string; name: string } {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: string }
  const [, owner, name] = /^github:([^/]+)\/(.+)$/.exec(repository) ?? []
  if (owner === undefined || name === undefined) {
    throw new OwnerError(`'repository' of package.json must be 'github:OWNER/NAME'; it is '${repository}'.`)
  }
  return { owner, name }
}

/**
 * Writes another account wherever the repository is named: in what is to be copied (`uses:`), in addresses, in `.github/`.
 * Placeholders for the repository of a reader (`OWNER/REPOSITORY`) are not touched.
 * @param root of the repository
 * @returns the files that were changed, by their paths from the root
 * @throws OwnerError when that cannot be the name of an account; nothing is changed then
 */
export function renameOwner(root: string, to: string): string[] {
  if (!ACCOUNT.test(to) || to === NOBODY) throw new OwnerError(`'${to}' cannot be the name of an account on GitHub.`)
  const { owner, name } = ownerOf(root)
  const named = new RegExp(`(?<![\\w-])${owner}(?=/${name}(?![\\w-]))`, 'g')
  const codeOwner = new RegExp(`@${owner}(?![\\w-])`, 'g')
  return trackedFiles(root).filter((file) => {
    const path = join(root, file)
    const text = readFileSync(path, 'utf8')
    const renamed = file === '.github/CODEOWNERS' ? text.replace(codeOwner, `@${to}`) : text.replace(named, to)
    if (renamed === text) return false
    writeFileSync(path, renamed)
    return true
  })
}

/** Without the bundle, which is made of the others. */
function trackedFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')
  return listed.filter((file) => file !== '' && !file.startsWith('dist/') && existsSync(join(root, file)))
}
