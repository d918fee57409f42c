import { expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { renderAnnotation } from '../../src/report/annotation.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { renderSummaryPage } from '../../tools/rehearsal/summary-page.ts'
import { scenarios } from '../../tools/simulator/scenarios.ts'
import { factOf, readMarkdown } from '../support/markdown.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { inputsFor, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

const HOSTILE = [
  '</details></td></table><script>alert(1)</script>',
  '| a | b |\n|---|---|\n',
  '```\n# heading [link](https://evil.example) ![x](https://evil.example/x.png)',
  '@octocat #1 GH-3 ffac537e6cbbf934b08745a378932722df287a53 :smile: www.evil.example \u001b[31m ::set-output name=status::succeeded ##[error]x',
].join(' ')

/** A release in which everything that others write is hostile. */
async function hostileRelease(): Promise<Release> {
  const { release } = await simulateRelease({ scenario: scenarios['hook-fails'], inputs: HOOK })
  const { snapshot, settlement, plan } = release
  if (snapshot === undefined || settlement === undefined || plan === undefined)
    throw new Error('The release was not followed.')
  return {
    ...release,
    warnings: [HOSTILE],
    hookLogs: [
      {
        event: 'AfterAllowTestTraffic',
        hookFunction: HOSTILE,
        logGroup: HOSTILE,
        lines: ['</pre></summary>', '', ...HOSTILE.split('\n')],
        omitted: 3,
      },
    ],
    taskStops: [HOSTILE],
    plan: { ...plan, hooks: { AfterAllowTestTraffic: HOSTILE }, deploymentConfig: HOSTILE },
    snapshot: {
      ...snapshot,
      statusWord: HOSTILE,
      error: { code: HOSTILE, message: HOSTILE },
      events: snapshot.events.map((event) => ({ ...event, diagnostics: HOSTILE })),
    },
    settlement: { ...settlement, rollback: { ...settlement.rollback, status: 'failed', message: HOSTILE } },
    status: 'rollback-failed',
  }
}

/** What escaped text, several lines of a hook and lines before them are made with. */
const OTHER_TAGS = ['<code', '</code', '<span', '</span', '<br', '<pre>', '</pre>', '<details><summary>Log']

test('text of others formats nothing, links nothing and closes nothing in the summary', async () => {
  const { release: tame } = await simulateRelease({ scenario: scenarios['hook-fails'], inputs: HOOK })
  const markdown = renderSummary(await hostileRelease())
  const read = readMarkdown(markdown)
  const tags = read.html.map((html) => html.replace(/\s.*|>$/s, '')).filter((tag) => !tag.startsWith('<!--'))
  const tameTags = readMarkdown(renderSummary(tame)).html.map((html) => html.replace(/\s.*|>$/s, ''))
  expect(new Set(tags)).toEqual(new Set([...tameTags, ...OTHER_TAGS].filter((tag) => tags.includes(tag))))
  expect(read.kinds.has('image')).toBe(false)
  expect(read.text).toContain('<script>alert(1)</script>')
  // In the log of a hook it is text, which the page below shows.
  expect(markdown.replace(/<pre>[\s\S]*?<\/pre>/g, '')).not.toMatch(/\]\(https:\/\/evil/)
  expect(markdown).not.toContain('\u001b')
})

/** Elements of the page that GitHub would make of a summary, and where its links lead. */
async function pageOf(release: Release): Promise<{ elements: Set<string>; links: Set<string>; html: string }> {
  const page = await renderSummaryPage(renderSummary(release))
  // The renderer writes every `<` of a text as a reference, so what is left begins a tag.
  const html = /<article class="markdown-body">\n([\s\S]*)\n<\/article>/.exec(page)?.[1] ?? ''
  const found = (pattern: RegExp) => new Set([...html.matchAll(pattern)].map(([, name]) => name ?? ''))
  return { elements: found(/<([a-z0-9]+)[\s>]/g), links: found(/ href="([^"]*)"/g), html }
}

test('the page of a hostile release has no element and no link that the page of a tame one has not', async () => {
  const { release: tame } = await simulateRelease({
    scenario: scenarios['hook-fails'],
    inputs: { ...HOOK, 'hook-logs': 'always' },
  })
  const [hostile, usual] = await Promise.all([hostileRelease().then(pageOf), pageOf(tame)])
  const ours = new Set([...usual.elements, 'ul', 'li', 'span', 'code', 'br', 'pre', 'h3'])
  expect([...hostile.elements].filter((element) => !ours.has(element))).toEqual([])
  expect(
    [...hostile.links].filter((link) => !/^https:\/\/(?:[\w-]+\.)?(?:console\.aws\.amazon|github)\.com\//.test(link)),
  ).toEqual([])
  expect(hostile.html).not.toMatch(/<(?:img|script|input|h1)|on\w+=/)
})

test('text of others is in no place in which GitHub mentions people or links issues, commits and addresses', async () => {
  const { pieces } = readMarkdown(renderSummary(await hostileRelease()))
  const linking = /@octocat|(?:^|\W)#\d|\bGH-\d|https?:\/\/|www\.|:[a-z_]+:|\b[0-9a-f]{40}\b/
  expect(pieces.filter((piece) => linking.test(piece))).toEqual([])
})

test('stays far below the limit of a summary whatever others say', async () => {
  const release = await hostileRelease()
  const long = 'x'.repeat(2_000_000)
  const many = Array.from({ length: 5_000 }, (_, index) => `warning ${index} ${long.slice(0, 3_000)}`)
  const markdown = renderSummary({ ...release, warnings: many, taskStops: [long] })
  expect(Buffer.byteLength(markdown)).toBeLessThan(1_000_000)
})

test('every output is one line, whatever AWS gave for an id', async () => {
  const release = await hostileRelease()
  const deploymentId = 'd-1\nstatus=succeeded\r::error::x\u001b[31m'
  const outputs = renderOutputs({ ...release, deploymentId }, '')
  expect(outputs['codedeploy-deployment-id']).toBe('d-1 status=succeeded ::error::x')
  expect(Object.values(outputs).join('')).not.toMatch(/\p{Cc}/u)
})

test('outputs hold no text of others', async () => {
  const outputs = renderOutputs(await hostileRelease(), '')
  const { 'hook-results': hooks, ...plain } = outputs
  expect(JSON.stringify(plain)).not.toContain('script')
  expect(Object.values(plain).join('')).not.toContain('\n')
  expect(JSON.parse(hooks)).toHaveLength(1)
})

test.each(Object.values(scenarios))(
  'annotation, summary, outputs and report tell the same verdict in $name',
  async (scenario) => {
    const inputs = inputsFor(scenario.name)
    const { release, summary, outputs, annotation } = await simulateRelease({ scenario, inputs })
    expectValidReport(release)
    expect(summary).toContain(outputs['codedeploy-deployment-id'])
    expect(annotation === undefined).toBe(outputs.status === 'succeeded')
    if (outputs['rollback-deployment-id'] !== '') {
      expect(annotation?.message).toContain(outputs['rollback-deployment-id'])
      expect(summary).toContain(outputs['rollback-deployment-id'])
    }
    if (outputs.production === '') expect(factOf(summary, 'Production when last seen')).toBeDefined()
    else expect(factOf(summary, 'Production now')).toContain(`\`${outputs.production}\``)
  },
)

test('a summary says that a release goes on while it does', async () => {
  const { release } = await simulateRelease({ scenario: scenarios['no-hooks'] })
  const summary = renderSummary({ ...release, status: undefined, endedAt: undefined })
  expect(summary).toContain('## In progress: web 1.1.0 → demo/web\n\n> [!NOTE]\n')
  expect(renderAnnotation({ ...release, status: undefined })).toBeUndefined()
})
