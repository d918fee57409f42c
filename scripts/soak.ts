/** What `npm run soak` does: everything of which `npm test` plays a share, with random cases drawn anew. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
const wanted = process.argv.length > 2 ? process.argv.slice(2) : ['properties', 'invariants', 'races']
const { status } = spawnSync(process.execPath, [jest, ...wanted], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SOAK: 'true' },
})
process.exitCode = status ?? 1
