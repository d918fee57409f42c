import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { runStep, type StepResult } from '../../tools/rehearsal/action-step.ts'
import { PUSH_TO_MAIN, type RunIdentity } from '../../tools/rehearsal/run-identity.ts'
import { scaledClock } from '../../tools/simulator/clock.ts'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from '../../tools/simulator/live/child-clock.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'

const SPEED = 60

interface Job extends Partial<Pick<RunIdentity, 'job' | 'runId' | 'runNumber'>> {
  inputs: Record<string, string>
  /** The runner is lost once the step has printed this: its process is killed, and no post step runs. */
  killedAt?: RegExp
}

interface Ran extends StepResult {
  report: Report
  /** Operations that changed something while it ran. */
  writes: string[]
}

interface Report {
  status: string
  deployment: { createdAt: string; events: { name: string; status: string; startedAt: string; endedAt: string }[] }
  hooks: unknown[]
  rollback: { status: string }
  timeline: { kind: string; status?: string; event?: string; name?: string; at: string }[]
}

/** One account in which jobs run one after the other or side by side, each as the runner starts it. */
async function inOneAccount(scenario: Scenario, story: (run: (job: Job) => Promise<Ran>) => Promise<void>) {
  const clock = scaledClock(SPEED, Date.now())
  const simulator = await startSimulator({ scenario, clock })
  const folder = mkdtempSync(join(tmpdir(), 'operations-'))
  let started = 0
  try {
    await story(async ({ inputs, killedAt, ...identity }) => {
      started += 1
      const own = join(folder, String(started))
      mkdirSync(own)
      const before = simulator.calls.length
      let printed = ''
      const step = runStep({
        inputs: new Map(Object.entries({ cluster: 'demo', service: 'web', ...inputs })),
        workspace: own,
        folder: own,
        environment: {
          AWS_ENDPOINT_URL: simulator.url,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'AKIATEST',
          AWS_SECRET_ACCESS_KEY: 'test',
          NO_PROXY: '127.0.0.1',
          ...childClockEnvironment(clock, SPEED),
        },
        run: { ...PUSH_TO_MAIN, ...identity },
        preloads: [SCALED_TIME_PRELOAD],
        onOutput: (chunk) => {
          printed += chunk
          if (killedAt?.test(printed)) step.kill('SIGKILL')
        },
      })
      const result = await step.result
      const report = result.outputs['report'] ?? ''
      const writes = simulator.calls.slice(before).filter((call: RecordedCall) => call.writes)
      return {
        ...result,
        report: report === '' ? {} : JSON.parse(readFileSync(report, 'utf8')),
        writes: writes.map(({ operation }) => operation),
      }
    })
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a run tells that does not depend on when it looked; times from the creation of the deployment, in tenths. */
function told({ report, exitCode, outputs }: Ran) {
  const since = (at: string) => Math.round((Date.parse(at) - Date.parse(report.deployment.createdAt)) / 100)
  const events = report.deployment.events.map(({ startedAt, endedAt, ...event }) => ({
    ...event,
    startedAt: startedAt && since(startedAt),
    endedAt: endedAt && since(endedAt),
  }))
  const timeline = report.timeline
    .filter(({ kind, status }) => kind === 'event' && status !== 'running')
    .map(({ at, ...entry }) => ({ ...entry, at: since(at) }))
  const { status, rollback } = report
  const { production, 'hook-results': hooks } = outputs
  return {
    status,
    exitCode,
    rollback: rollback.status,
    events,
    timeline,
    production,
    hooks: hooks?.replace(/\d+/g, 'N'),
  }
}

const RELEASE = { image: 'registry.example/web:1.1.0' }
const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }

test('a watch tells of a release whose runner was lost what it would have told undisturbed', async () => {
  const inputs = { ...RELEASE, ...HOOK }
  let undisturbed: Ran | undefined
  let watches: Ran[] = []
  await Promise.all([
    inOneAccount(scenarios['hook-fails'], async (run) => {
      undisturbed = await run({ inputs })
    }),
    inOneAccount(scenarios['hook-fails'], async (run) => {
      const lost = await run({ inputs, killedAt: /AfterInstall +succeeded/ })
      expect(lost.outputs['status']).toBe('unknown')
      const id = lost.outputs['codedeploy-deployment-id'] ?? ''
      expect(id).toMatch(/^d-/)
      watches = await Promise.all([
        run({ job: 'watch', inputs: { operation: 'watch' } }),
        run({ job: 'watch', runId: '99', runNumber: 50, inputs: { operation: 'watch', 'deployment-id': id } }),
      ])
    }),
  ])
  if (undisturbed === undefined) throw new Error('it was not run')
  const expected = told(undisturbed)
  expect(expected).toMatchObject({ status: 'rolled-back', exitCode: 1, production: 'web:1' })
  expect(expected.timeline.length).toBeGreaterThan(4)
  for (const watch of watches) {
    expect(told(watch)).toEqual(expected)
    expect(watch.writes).toEqual([])
  }
})

test('jobs hand a deployment on by their outputs: stopped at the test listener, promoted, or rejected', async () => {
  const ready = { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } as const
  const scenario: Scenario = {
    ...scenarios.success,
    world: withGroup(scenarios.success.world, { ready, deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' }),
    timings: { install: 20 },
  }
  const propose: Job = { job: 'propose', inputs: { ...RELEASE, 'wait-for': 'test-traffic' } }
  await Promise.all([
    inOneAccount(scenario, async (run) => {
      const plan = await run({ job: 'plan', inputs: { ...propose.inputs, operation: 'plan' } })
      expect(plan).toMatchObject({ exitCode: 0, outputs: { status: 'planned' }, writes: [] })
      const { exitCode, outputs } = await run(propose)
      expect({ exitCode, outputs }).toMatchObject({ exitCode: 0, outputs: { status: 'awaiting-promotion' } })
      expect(outputs['test-url']).toMatch(/^http:/)
      expect(Date.parse(outputs['promote-by'] ?? '')).toBeGreaterThan(Date.now())
      const id = outputs['codedeploy-deployment-id'] ?? ''
      const approved = { operation: 'promote', 'deployment-id': id, 'expect-image': 'registry.example/web:1.1.0' }
      const promoted = await run({ job: 'promote', inputs: approved })
      expect(promoted).toMatchObject({ exitCode: 0, writes: ['ContinueDeployment'] })
      expect(promoted.outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(promoted.summary).toContain('## ✅ Released: web 1.1.0 → demo/web')
    }),
    inOneAccount(scenario, async (run) => {
      const { outputs } = await run(propose)
      const id = outputs['codedeploy-deployment-id'] ?? ''
      const rejected = await run({ job: 'reject', inputs: { operation: 'stop', 'deployment-id': id } })
      expect(rejected).toMatchObject({ exitCode: 0, outputs: { status: 'stopped', production: 'web:1' } })
      const [again, late] = await Promise.all([
        run({ job: 'reject', inputs: { operation: 'stop', 'deployment-id': id } }),
        run({ job: 'promote', inputs: { operation: 'promote', 'deployment-id': id } }),
      ])
      expect(again).toMatchObject({ exitCode: 0, outputs: { status: 'unchanged' }, writes: [] })
      expect(late).toMatchObject({ exitCode: 1, outputs: { status: 'refused', reason: 'not-held' }, writes: [] })
    }),
  ])
})
