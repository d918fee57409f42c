import { expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { renderAnnotation } from '../../src/report/annotation.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { scenarios } from '../../src/simulator/scenarios.ts'
import { readMarkdown } from '../support/markdown.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { inputsFor, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

const HOSTILE = [
  '</details></td></table><script>alert(1)</script>',
  '| a | b |\n|---|---|\n',
  '```\n# heading [link](https://evil.example) ![x](https://evil.example/x.png)',
  '@octocat #1 :smile: www.evil.example \u001b[31m ::set-output name=status::succeeded ##[error]x',
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

test('text of others formats nothing, links nothing and closes nothing in the summary', async () => {
  const { release: tame } = await simulateRelease({ scenario: scenarios['hook-fails'], inputs: HOOK })
  const markdown = renderSummary(await hostileRelease())
  const read = readMarkdown(markdown)
  const tags = read.html.map((html) => html.replace(/\s.*|>$/s, '')).filter((tag) => !tag.startsWith('<!--'))
  const tameTags = readMarkdown(renderSummary(tame)).html.map((html) => html.replace(/\s.*|>$/s, ''))
  expect(new Set(tags)).toEqual(
    new Set([...tameTags, '<code', '</code', '<span', '</span'].filter((tag) => tags.includes(tag))),
  )
  expect(read.kinds.has('image')).toBe(false)
  expect(read.text).toContain('<script>alert(1)</script>')
  expect(markdown).not.toMatch(/\]\(https:\/\/evil/)
  expect(markdown).not.toContain('\u001b')
})

test('stays far below the limit of a summary whatever others say', async () => {
  const release = await hostileRelease()
  const long = 'x'.repeat(2_000_000)
  const many = Array.from({ length: 5_000 }, (_, index) => `warning ${index} ${long.slice(0, 3_000)}`)
  const markdown = renderSummary({ ...release, warnings: many, taskStops: [long] })
  expect(Buffer.byteLength(markdown)).toBeLessThan(1_000_000)
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
    const production = outputs.production === '' ? 'Production when last seen' : `Production now${outputs.production}`
    expect(readMarkdown(summary).text).toContain(production)
  },
)

test('a summary says that a release goes on while it does', async () => {
  const { release } = await simulateRelease({ scenario: scenarios['no-hooks'] })
  const summary = renderSummary({ ...release, status: undefined, endedAtMs: undefined })
  expect(summary).toContain('## In progress: demo/web')
  expect(renderAnnotation({ ...release, status: undefined })).toBeUndefined()
})
