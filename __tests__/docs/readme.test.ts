import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { load } from 'js-yaml'
import { exitCodeOf, type Status } from '../../src/verdict.ts'
import { brokenLinks, linkedFiles } from './pages.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const PICTURE = 'docs/images/summary.png'

const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '' && existsSync(join(ROOT, name)))

test.each(pages)('every link, anchor and picture of %s leads somewhere', (name) => {
  expect(brokenLinks(join(ROOT, name))).toEqual([])
})

describe('the README', () => {
  test('has at most 320 lines and 2,500 words', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(320)
    expect(README.trim().split(/\s+/).length).toBeLessThanOrEqual(2500)
  })

  test.each([
    ['whether it is for them, and what of AWS recommendation', 'Is it for you?', 'recommends'],
    ['how to begin', 'The smallest workflow', 'uses:'],
    ['what they need on AWS', 'The AWS side', 'native.yaml'],
    ['how to approve, roll back and preview', 'Approve, roll back, preview', 'operation: promote'],
    ['what a failure means', 'What a failure means', '`reason`'],
    ['what it cannot do', 'Limits', 'Previews'],
    ['how to move to it', 'Moving from the official action', 'moving-from-the-official-action.md'],
    ['what a role needs', 'Security', 'docs/permissions.md'],
  ])('tells a newcomer, under a heading of its own that is linked at the top: %s', (_, heading, word) => {
    const section = README.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
    expect(section).toContain(word)
    const anchor = heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-')
    expect(README.split('\n## ')[0]).toContain(`(#${anchor})`)
  })

  test('says of every status what it means, with its exit code', () => {
    const table = README.split('| `status` | Means | Exit code |')[1]?.split('\n\n')[0] ?? ''
    const documented = [...table.matchAll(/^\| `([a-z-]+)` \| .* \| (\d)(?: \(`stop`: (\d)\))? \|$/gm)]
    for (const [, status = '', code, ofStop] of documented) {
      expect([status, exitCodeOf(status as Status)]).toEqual([status, Number(code)])
      expect([status, exitCodeOf(status as Status, 'stop')]).toEqual([status, Number(ofStop ?? code)])
    }
    const { outputs } = load(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
      outputs: Record<string, { description: string }>
    }
    const declared = [...(outputs['status']?.description ?? '').matchAll(/'([a-z-]+)'/g)].map(([, status]) => status)
    expect(new Set(documented.map(([, status]) => status))).toEqual(new Set(declared))
  })

  test('leads to every page', () => {
    const linked = new Set(linkedFiles(join(ROOT, 'README.md'), ROOT))
    const docs = readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))
    expect(docs.filter((name) => !linked.has(name))).toEqual([])
  })

  test('shows the picture of a summary when there is one, and keeps a place for it until then', () => {
    const [top = ''] = README.split('\n## ')
    expect(top).toContain(existsSync(join(ROOT, PICTURE)) ? `](${PICTURE})` : `<!-- picture: ${PICTURE} -->`)
  })

  test('says blue and green of the two sides once, where they are introduced', () => {
    const alone = (word: string) => [...README.matchAll(new RegExp(`(?<![/\\w-])${word}(?![/\\w-])`, 'gi'))]
    expect([alone('blue').length, alone('green').length]).toEqual([1, 1])
  })
})
