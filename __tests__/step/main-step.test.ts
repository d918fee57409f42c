import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { scenarios } from '../../tools/simulator/scenarios.ts'
import { type PlayedStep, playStep } from '../support/played-step.ts'
import { inOneAccount } from '../support/simulated-release.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-step-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A main step with these inputs over those of a release of the demo service. */
async function mainStepWith(inputs: Record<string, string>, environment: NodeJS.ProcessEnv): Promise<PlayedStep> {
  let played: PlayedStep | undefined
  const given = { cluster: 'demo', service: 'web', image: 'registry.example/web:1.1.0', ...inputs }
  await inOneAccount(scenarios['no-hooks'], async (account) => {
    played = await playStep(account, { inputs: new Map(Object.entries(given)), folder, environment })
  })
  return played as PlayedStep
}

const WARNING = /^Warning: If this step is cancelled or lost, its post step cannot stop or follow the deployment/

test.each([
  ['does not exist', () => '/nonexistent'],
  ['is a file', () => join(folder, 'output')],
])(
  'a release whose RUNNER_TEMP %s says once, before it writes, that its post step could not help, and goes on',
  async (_, where) => {
    const { log, outputs } = await mainStepWith({}, { RUNNER_TEMP: where() })
    expect(log.filter((line) => WARNING.test(line))).toHaveLength(1)
    expect(log.findIndex((line) => WARNING.test(line))).toBeLessThan(
      log.findIndex((line) => line.startsWith('Registered task definition')),
    )
    expect(outputs['status']).toBe('succeeded')
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('its post step cannot stop or follow')
  },
)

test('nothing is said of the post step where it can help, and by a plan, which leaves it nothing to do', async () => {
  expect((await mainStepWith({}, {})).log.join('\n')).not.toContain('post step')
  const plan = await mainStepWith({ operation: 'plan' }, { RUNNER_TEMP: '/nonexistent' })
  expect(plan.log.join('\n')).not.toContain('post step')
})
