import { describe, expect, test } from '@jest/globals'
import { verdictParagraph } from '../../src/report/sentences.ts'
import { renderSummary } from '../../src/report/summary.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, type ScenarioName, scenarios } from '../../tools/simulator/scenarios.ts'
import { factOf } from '../support/markdown.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { inOneAccount, inputsFor, type SimulatedRelease, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

/** The production listener was changed by hand, so that CodeDeploy makes no replacement. */
const EDITED: Scenario = { ...baseScenario, name: 'listener-edited', listenerEdited: true }

/** Words and marks that no sentence for people has. */
const BROKEN = /\bundefined\b|\bNaN\b|\[object |\S {2,}\S| [.,;:]|\.\.|:\.|\(\)|''|`` /

/** Everything that people read of a release in sentences, one line each. */
function sentencesOf({ log, summary, annotation }: SimulatedRelease): string[] {
  const withoutColumns = log.filter(
    (line) => !/^\d\d:\d\d:\d\dZ {2}[\w -]{22} {2}/.test(line) && !line.startsWith('  | '),
  )
  const written = summary.replace(/<pre>[\s\S]*?<\/pre>/g, '').split('\n')
  return [
    ...withoutColumns.map((line) => line.replace(/^\d\d:\d\d:\d\dZ {2}/, '')),
    ...written.filter((line) => !line.startsWith('|')),
    annotation?.title ?? '',
    annotation?.message ?? '',
  ]
}

/** What a reader would stumble over; empty when there is nothing. */
function stumblingBlocks(result: SimulatedRelease): string[] {
  const { log, release, summary, calls } = result
  const times = log.flatMap((line) => /^\d\d:\d\d:\d\dZ/.exec(line) ?? [])
  const moments = release.timeline.map(({ atMs }) => atMs)
  const shares = log.flatMap((line) => /\] +([\d.]+) %$/.exec(line)?.[1] ?? []).map(Number)
  const [, traffic = '100 %'] = /^\*\*Traffic on .*?:\*\* (.*)$/m.exec(summary) ?? []
  const most = Math.max(0, ...[...traffic.matchAll(/([\d.]+) %/g)].map(([, percent]) => Number(percent)))
  const wasRead = calls.some(({ operation }) => operation === 'DescribeListeners')
  const wasNeverSeen = most === 0 && release.snapshot?.eventsAreStale === false
  return [
    ...sentencesOf(result).filter((line) => BROKEN.test(line)),
    ...(times.join() === times.toSorted().join() ? [] : ['the times of the log run backwards']),
    ...(moments.join() === moments.toSorted((one, other) => one - other).join() ? [] : ['the timeline runs backwards']),
    ...(Math.max(0, ...shares) > most ? ['more traffic was seen than the most that was seen'] : []),
    ...(wasNeverSeen && /runs web:\d+ again/.test(summary) ? ['what never left is said to be back'] : []),
    ...(/test listener reaches the (original|empty)/.test(summary) && !wasRead
      ? ['what the test listener reaches is guessed']
      : []),
  ]
}

test.each([...Object.values(scenarios), EDITED].map((scenario) => [scenario.name, scenario] as const))(
  'a reader stumbles over nothing in what a release tells of the scenario %s',
  async (name, scenario) => {
    expect(stumblingBlocks(await simulateRelease({ scenario, inputs: inputsFor(name) }))).toEqual([])
    expect(stumblingBlocks(await simulateRelease({ scenario, inputs: { operation: 'plan' } }))).toEqual([])
  },
)

const LATER: [ScenarioName | 'listener-edited', number][] = [
  ['success', 0],
  ['success', 200],
  ['success', 900],
  ['hook-fails', 200],
  ['hook-fails-no-rollback', 900],
  ['alarm', 200],
  ['rollback-fails', 900],
  ['ready-wait', 200],
  ['denied-targets', 200],
  ['listener-edited', 200],
]

describe('a reader stumbles over nothing in what the other operations tell', () => {
  test.each(LATER)('of the scenario %s, %i s after a release began', async (name, seconds) => {
    const scenario = name === 'listener-edited' ? EDITED : scenarios[name]
    for (const operation of ['watch', 'promote', 'stop', 'rollback']) {
      await inOneAccount(scenario, async (account) => {
        const until = name === 'ready-wait' ? 'test-traffic' : 'production-traffic'
        const id = await releaseAndDie(account, { ...HOOK, 'wait-for': until })
        await account.clock.sleep(seconds * 1000)
        const named = operation === 'rollback' ? {} : { 'deployment-id': id }
        const result = await operate(account, { operation, image: '', ...named })
        expect([operation, ...stumblingBlocks(result)]).toEqual([operation])
      })
    }
  })
})

describe('a rollback that stops a release', () => {
  const rollBack = async () => {
    let result: SimulatedRelease | undefined
    await inOneAccount(baseScenario, async (account) => {
      await releaseAndDie(account, HOOK)
      await account.clock.sleep(200_000)
      result = await operate(account, { operation: 'rollback', image: '' })
    })
    return result as SimulatedRelease
  }

  test('is told in the direction in which production went, with the share that the release had come to', async () => {
    const { summary, log, outputs } = await rollBack()
    expect(outputs.status).toBe('succeeded')
    expect(summary).toContain('## ✅ Rolled back: demo/web 1.1.0 → 1.0.0\n')
    expect(factOf(summary, 'Image')).toBe('`1.1.0` → `1.0.0`')
    expect(factOf(summary, 'Task definition')).toBe('`web:2` → `web:1`')
    expect(summary).toContain('- image of web: `registry.example/web:1.1.0` → `registry.example/web:1.0.0`\n')
    expect(summary).toMatch(/\*\*Traffic on web:2:\*\* 0 % ── 10 %.* ── 0 %\n/)
    expect(log).toContainEqual(expect.stringMatching(/AllowTraffic +failed .*\[#---------\] +10 %$/))
  })
})

test('a release that failed before anything moved does not run the original again', async () => {
  const { annotation, outputs } = await simulateRelease({ scenario: EDITED })
  expect(outputs).toMatchObject({ status: 'failed', production: 'web:1' })
  expect(annotation?.message).toContain('Production traffic never left the original (web:1).')
  expect(annotation?.message).not.toContain('web:1 again')
})

test('a stop does not say how to stop', () =>
  inOneAccount(baseScenario, async (account) => {
    const id = await releaseAndDie(account)
    const { log } = await operate(account, { operation: 'stop', 'deployment-id': id })
    expect(log.join('\n')).not.toContain('To stop it')
  }))

test('a refusal for want of a service names none', async () => {
  const { annotation, summary } = await simulateRelease({
    scenario: baseScenario,
    inputs: { service: '', cluster: '' },
  })
  expect(annotation?.title).toBe('Refused')
  expect(summary).toMatch(/^## ❌ Refused\n/)
})

test('a stopped deployment of which nothing more is known leaves no gap between two sentences', async () => {
  const { release } = await simulateRelease({ scenario: scenarios.stopped, inputs: HOOK })
  const lost = { ...release, status: 'cancelled', stopAccepted: true, settlement: undefined } as const
  expect(verdictParagraph(lost)).toMatch(/was stopped\. \S/)
  expect(renderSummary(lost)).not.toMatch(/was stopped\. \n/)
})

describe('a warning is gone from the final page when what it warned of is over:', () => {
  const pageOf = async (name: ScenarioName) => {
    const { release, log, outputs } = await simulateRelease({ scenario: scenarios[name], inputs: inputsFor(name) })
    expect(outputs.status).toBe('succeeded')
    return { warnings: release.warnings, log: log.join('\n') }
  }

  test('a newer revision, once it serves itself', async () => {
    const { warnings, log } = await pageOf('busy')
    expect(log).toContain('Warning: Revision web:2 is newer than web:1')
    expect(warnings).toEqual([])
  })

  test('lifecycle events that cannot be read, once they are read again', async () => {
    const { warnings, log } = await pageOf('throttled')
    expect(log).toMatch(/keeps failing \(Throttling.*[\s\S]*Lifecycle events and hooks can be seen again\./)
    expect(warnings).toEqual([])
  })

  test('a warning of events that cannot be read stays while they cannot', async () => {
    expect((await pageOf('denied-targets')).warnings).toEqual([expect.stringContaining('was denied')])
  })
})
