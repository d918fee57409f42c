import { expect, test } from '@jest/globals'
import { renderReport } from '../../src/report/report-json.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { readMarkdown } from '../support/markdown.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { inputsFor, simulateRelease } from '../support/simulated-release.ts'

const PLAN = { operation: 'plan', ...inputsFor('success') }

test('a plan tells in one line that there is more, and in a group of its own what the service would be under ECS', async () => {
  const { log } = await simulateRelease({ scenario: baseScenario, inputs: PLAN })
  const plan = log.slice(log.indexOf('> Plan'))
  const group = plan.indexOf("> The service with ECS's own deployments")
  const ofPlan = plan.slice(0, group)
  expect(ofPlan.filter((line) => /ECS's own deployments/.test(line))).toEqual([
    "With ECS's own deployments instead: a JSON for UpdateService, and things to know (3 to do before, 3 without an equivalent and 5 that go another way). See the next group, or the summary.",
  ])
  const from = plan.indexOf('{', group)
  const to = plan.indexOf('}', group)
  expect(JSON.parse(plan.slice(from, to + 1).join('\n'))).toMatchObject({
    cluster: 'demo',
    service: 'web',
    deploymentConfiguration: { strategy: 'CANARY' },
  })
  expect(plan.slice(to + 1).filter((line) => line.startsWith('To do before: '))).toHaveLength(3)
})

test('the summary of a plan has the same folded, and the report as a value', async () => {
  const { release, summary } = await simulateRelease({ scenario: baseScenario, inputs: PLAN })
  const [, folded = ''] =
    /<details><summary>The service with ECS's own deployments<\/summary>(.*?)<\/details>/s.exec(summary) ?? []
  const [, input = ''] = /```json\n(.*?)\n```/s.exec(folded) ?? []
  expectValidReport(release)
  const { move } = JSON.parse(renderReport(release)).planned
  expect(move.input).toEqual(JSON.parse(input))
  const told = readMarkdown(folded).text
  expect(move.notes.length).toBeGreaterThan(8)
  for (const { sentence } of move.notes) expect(told).toContain(sentence)
})

test('only a plan tells it', async () => {
  const { log, summary, release } = await simulateRelease({ scenario: baseScenario, inputs: inputsFor('success') })
  expect([...log, summary].join('\n')).not.toContain("ECS's own deployments")
  expect(JSON.parse(renderReport(release)).planned).toBeNull()
})

test('names of others break out of nothing in it', async () => {
  const alarms = ['</details>', '```', '\u202eweb', '::error::x', '@octocat']
  const scenario = { ...baseScenario, world: withGroup(baseScenario.world, { alarms }) }
  const { summary } = await simulateRelease({ scenario, inputs: PLAN })
  const { html, pieces } = readMarkdown(summary)
  const [opened, closed] = ['<details>', '</details>'].map((tag) => html.filter((one) => one.includes(tag)).length)
  expect(closed).toBe(opened)
  expect(pieces.join('\n')).not.toMatch(/@octocat/)
  expect(summary).not.toContain('\u202e')
})

test('an input that is longer than any that AWS has is left to the report', async () => {
  const { release } = await simulateRelease({ scenario: baseScenario, inputs: PLAN })
  if (release.plan === undefined) throw new Error('there is no plan')
  const alarms = Array.from({ length: 5_000 }, (_, i) => `alarm-${i}`)
  const summary = renderSummary({ ...release, plan: { ...release.plan, alarms } })
  expect(summary).toContain('It is too long to be shown here; the report has it.')
  expect(summary.length).toBeLessThan(200_000)
})
