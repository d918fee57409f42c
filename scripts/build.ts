/**
 * Builds `dist/`: TypeScript to JavaScript in `lib/`, then one bundle with the licences of what is in it.
 * With `--check` it builds into a temporary folder and fails when the committed bundle differs.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const require = createRequire(import.meta.url)
const root = resolve(import.meta.dirname, '..')
const committed = join(root, 'dist')
const LICENCES = 'licenses.txt'

/** The same bundle under another name, by which it knows that it is the post step: saved state can be missing. */
const POST_ENTRY = "import './index.js'\n"

if (process.argv.includes('--check')) check()
else {
  rmSync(committed, { recursive: true, force: true })
  bundleInto(committed)
}

function bundleInto(folder: string): void {
  rmSync(join(root, 'lib'), { recursive: true, force: true })
  run('typescript/package.json', 'bin/tsc', ['-p', 'tsconfig.build.json'])
  bundle('lib/index.js', folder)
  writeFileSync(join(folder, 'post.js'), POST_ENTRY)
  writeLicences(folder)
}

/**
 * ncc writes the licences of each chunk over those of the one before, so they come from a bundle that has only one:
 * with everything that is imported later imported at once.
 */
function writeLicences(folder: string): void {
  const whole = mkdtempSync(join(tmpdir(), 'licences-'))
  const later = packagesImportedLater().map((name, index) => `export * as later${index} from '${name}'\n`)
  writeFileSync(join(root, 'lib', 'licences.js'), ["import './index.js'\n", ...later].join(''))
  bundle('lib/licences.js', whole)
  copyFileSync(join(whole, LICENCES), join(folder, LICENCES))
  rmSync(whole, { recursive: true, force: true })
}

/** What the sources load with `import()` when it is needed. */
function packagesImportedLater(): string[] {
  const sources = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  const names = sources.flatMap((name) =>
    [...readFileSync(join(root, 'lib', name), 'utf8').matchAll(/\bimport\('([^'.][^']*)'\)/g)].map(
      (found) => found[1] ?? '',
    ),
  )
  return [...new Set(names)].sort()
}

function bundle(entry: string, folder: string): void {
  run('@vercel/ncc/package.json', 'dist/ncc/cli.js', ['build', entry, '-o', folder, '--license', LICENCES, '--quiet'])
}

function run(manifest: string, script: string, args: readonly string[]): void {
  const path = join(dirname(require.resolve(manifest)), script)
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

function check(): void {
  const folder = mkdtempSync(join(tmpdir(), 'dist-'))
  try {
    bundleInto(folder)
    const names = [...new Set([...listed(committed), ...listed(folder)])].sort()
    const different = names.filter((name) => contentOf(committed, name) !== contentOf(folder, name))
    if (different.length === 0) return
    process.stderr.write(
      `dist/ is not what the sources build: ${different.join(', ')}. Run 'npm run build' and commit it.\n`,
    )
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Line endings do not count: git may have changed them. */
function contentOf(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return undefined
  }
}
