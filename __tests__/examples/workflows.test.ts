import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { fencesOf } from '../docs/pages.ts'
import { asWorkflow } from '../support/workflow.ts'
import { languageProblems, OTHERS, OURS } from '../support/workflow-language.ts'
import { ruleProblems } from '../support/workflow-rules.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'examples', 'workflows')

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'))
const pages = readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))
const snippets = ['README.md', 'examples/hooks/README.md', 'examples/infrastructure/README.md', ...pages].flatMap(
  (name) => fencesOf(read(name), 'yaml').map((text, i) => [`${name}, ${i + 1}`, text] as const),
)

function read(name: string): string {
  try {
    return readFileSync(join(ROOT, name), 'utf8')
  } catch {
    return ''
  }
}

const cases = [...files.map((name) => [name, read(join('examples', 'workflows', name))] as const), ...snippets]

describe.each(cases)('%s', (_, text) => {
  test('is valid for GitHub, with inputs that the actions have', async () => {
    expect(await languageProblems(asWorkflow(text))).toEqual([])
  })

  test('is safe to copy', () => {
    expect(ruleProblems(asWorkflow(text))).toEqual([])
  })
})

const SOUND = read('examples/workflows/rollback.yml')
const PREVIEW = `on: pull_request
permissions: {}
jobs:
  release:
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    timeout-minutes: 300
    permissions: {}
    concurrency: release
    steps:
      - id: release
        uses: ${OURS}@v0
        with:
          service: web
      - env:
          STATUS: \${{ steps.release.outputs.status }}
        run: echo "$STATUS"
`

const CHECKOUT = { version: '', commit: '', ...OTHERS['actions/checkout'] }
const PINNED = read('examples/workflows/release.yml')

/** A sound workflow with one thing wrong. */
function broken(sound: string, [right, wrong]: readonly [string, string]): string {
  expect(sound).toContain(right)
  return sound.replace(right, wrong)
}

describe('GitHub finds', () => {
  test.each([
    ['an input that the action has not', ['service: web', 'servce: web'], "Invalid action input 'servce'"],
    ['an action that there is not', [OURS, OURS.replace('/ecs', '/ec2')], 'Unable to resolve action'],
    ['a step that there is not', ['steps.release', 'steps.relaese'], 'relaese'],
    ['a permission that there is not', ['permissions: {}', 'permissions: { id-tokn: write }'], "'id-tokn'"],
    ['an expression that does not end', ['}}', '}'], 'is not closed'],
  ] as const)('%s', async (_, change, problem) => {
    expect(await languageProblems(PREVIEW)).toEqual([])
    expect((await languageProblems(broken(PREVIEW, change))).join('\n')).toContain(problem)
  })
})

describe('the rules find', () => {
  const head = 'github.event.pull_request.head'
  test.each([
    ['permissions of everything', SOUND, ['permissions: {}\n', ''], 'permissions are not limited'],
    ['no token for OIDC', SOUND, ['id-token: write', 'contents: read'], 'id-token: write is missing'],
    [
      'a permission too many',
      SOUND,
      ['id-token: write', 'id-token: write\n      packages: write'],
      'more than it needs',
    ],
    ['permissions for every job', SOUND, ['permissions: {}', 'permissions: { id-token: write }'], 'every job gets'],
    ['permissions that a job only inherits', PREVIEW, ['    permissions: {}\n', ''], 'permissions are not limited'],
    ['an action of others by its tag', PINNED, [` # ${CHECKOUT.version}`, ''], 'actions/checkout is not pinned'],
    [
      'a commit that is not of that version',
      PINNED,
      [CHECKOUT.commit, 'a'.repeat(40)],
      'actions/checkout is not pinned',
    ],
    ['runs that cancel each other', SOUND, ['progress: false', 'progress: true'], 'would cancel a release'],
    ['runs side by side', SOUND, [/ +concurrency:\n.*\n.*\n/.exec(SOUND)?.[0] ?? '', ''], 'concurrency is missing'],
    ['a job that ends first', SOUND, ['timeout-minutes: 300', 'timeout-minutes: 290'], 'is not above the'],
    ['a job without an end', SOUND, ['    timeout-minutes: 300\n', ''], 'timeout-minutes is missing'],
    ['text of others in a script', PREVIEW, ['"$STATUS"', `"\${{ ${head}.ref }}"`], 'an expression in a script'],
    ['a step that no cancel reaches', PREVIEW, ['uses:', 'if: always()\n        uses:'], 'keeps a cancel from'],
    ['an output that nobody sets', PREVIEW, ['outputs.status', 'outputs.verdict'], "'verdict' is no output"],
    ['runs for forks', PREVIEW, [`    if: ${head}.repo.full_name == github.repository\n`, ''], 'would run for forks'],
    ['credentials for strangers', PREVIEW, ['on: pull_request', 'on: pull_request_target'], 'gives code of strangers'],
  ] as const)('%s', (_, sound, change, problem) => {
    expect(ruleProblems(sound)).toEqual([])
    expect(ruleProblems(broken(sound, change)).join('\n')).toContain(problem)
  })
})
