import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkHook } from '../../tools/rehearsal/hook-check.ts'
import { parseOptions } from '../../tools/rehearsal/options.ts'
import { parseOptions as parseSimulatorOptions } from '../../tools/simulator/options.ts'
import { fencesOf } from './pages.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const manifest = JSON.parse(read('package.json'))
const lock = JSON.parse(read('package-lock.json'))

/** The pages that tell how things are now; the changelog tells how they were. */
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '' && name !== 'CHANGELOG.md' && existsSync(join(ROOT, name)))

/** What a reader would copy: without the comment that ends a line, or up to the end of the code that it is in. */
const commands = pages.flatMap((page) =>
  [...read(page).matchAll(/\bnpm run ([\w:-]+)(?: -- ([^`\n]*))?/g)].map(([, script = '', options = '']) => ({
    page,
    script,
    options: options.replace(/\s+#.*$/, '').trim(),
  })),
)

test.each(pages)('%s names no npm script that there is not', (name) => {
  const named = commands.filter(({ page }) => page === name).map(({ script }) => script)
  expect(named.filter((script) => !(script in manifest.scripts))).toEqual([])
})

describe('a rehearsal to copy', () => {
  const rehearsals = commands.filter(({ script, options }) => script === 'rehearse' && options !== '')

  test.each(rehearsals)('$page: $options can be played', async ({ options }) => {
    const { hook } = parseOptions(options.split(/\s+/))
    if (hook !== undefined) await checkHook(resolve(ROOT, hook), hook)
  })

  test('includes one of each kind', () => {
    const all = rehearsals.map(({ options }) => options).join('\n')
    for (const option of ['--scenario', '--hook', '--operation', '--workflow', '--cancel-at']) {
      expect(all).toContain(option)
    }
  })
})

describe('the simulator', () => {
  const runs = commands.filter(({ script, options }) => script === 'simulator' && !/^$|--world|…/.test(options))

  test.each(runs)('of $page begins with options that there are: $options', ({ options }) => {
    expect(() => parseSimulatorOptions(options.split(/\s+/))).not.toThrow()
  })
})

describe('what a page has to be typed', () => {
  const typed = pages.map((page) => [page, fencesOf(read(page), 'sh').join('\n')] as const)

  test.each(typed.filter(([, text]) => text !== ''))('%s names files and folders that there are', (_, text) => {
    const named = [...text.matchAll(/(?<![\w/.-])(?:examples|docs|scripts|tools|src|dist|interop)\/[\w./-]*\w/g)]
    expect(named.map(([path]) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })
})

describe('npm ci', () => {
  test.each(['README.md', 'CONTRIBUTING.md'])('needs the Node.js that %s asks for', (page) => {
    expect(manifest.engines.node).toBe('^22.13.0 || >=24.0.0')
    expect(read(page)).toMatch(/Node\.js 22 \(22\.13 or\s+newer\) or 24/)
    expect(lock.packages[''].engines).toEqual(manifest.engines)
  })

  test('asks nobody about install scripts', () => {
    const withScripts = Object.entries<{ hasInstallScript?: boolean }>(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(Object.keys(manifest.allowScripts).sort()).toEqual(withScripts.sort())
  })
})
