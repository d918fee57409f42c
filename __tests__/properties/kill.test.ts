import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { runStep, type StepResult } from '../../tools/rehearsal/action-step.ts'
import { scaledClock } from '../../tools/simulator/clock.ts'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from '../../tools/simulator/live/child-clock.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import { scenarios } from '../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'
import { IS_SOAK } from '../support/share.ts'
import { type Watch, watchedProxy } from '../support/watched-proxy.ts'

/** No hook, all at once; a short Install, so that a release is no more than thirty requests. */
const SCENARIO = { ...scenarios['no-hooks'], timings: { install: 20 } }

const SPEED = 60

interface Play {
  /** Runs the action as this attempt of the run; without a watch nothing interferes. */
  attempt(number: number, watch?: (kill: () => void) => Watch): Promise<StepResult & { requests: number }>
  calls: RecordedCall[]
}

/** One account, in which the attempts of one workflow run follow each other. The runner is lost: no post step runs. */
async function play(story: (play: Play) => Promise<void>): Promise<void> {
  const clock = scaledClock(SPEED, Date.now())
  const simulator = await startSimulator({ scenario: SCENARIO, clock })
  const folder = mkdtempSync(join(tmpdir(), 'kill-'))
  try {
    await story({
      calls: simulator.calls,
      attempt: async (number, watch) => {
        let kill = () => {}
        const proxy = await watchedProxy(simulator.url, watch?.(() => kill()) ?? {})
        const own = join(folder, String(number))
        mkdirSync(own)
        const step = runStep({
          inputs: new Map(Object.entries({ cluster: 'demo', service: 'web', image: 'registry.example/web:1.1.0' })),
          workspace: own,
          folder: own,
          environment: {
            AWS_ENDPOINT_URL: proxy.url,
            AWS_REGION: 'us-east-1',
            AWS_ACCESS_KEY_ID: 'AKIATEST',
            AWS_SECRET_ACCESS_KEY: 'test',
            NO_PROXY: '127.0.0.1',
            GITHUB_RUN_ATTEMPT: String(number),
            ...childClockEnvironment(clock, SPEED),
          },
          preloads: [SCALED_TIME_PRELOAD],
          onOutput: () => {},
        })
        kill = () => step.kill('SIGKILL')
        const result = await step.result
        await proxy.close()
        return { ...result, requests: proxy.requests }
      },
    })
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function accepted(calls: RecordedCall[], operation: string): RecordedCall[] {
  return calls.filter((call) => call.operation === operation && call.error === undefined)
}

test('a run killed right before or right after any of its requests releases once, when it is run again', async () => {
  let requests = 0
  const writes = new Set<number>()
  await play(async ({ attempt, calls }) => {
    const undisturbed = await attempt(1)
    expect(undisturbed.outputs['status']).toBe('succeeded')
    requests = undisturbed.requests
    for (const [at, call] of calls.entries()) if (call.writes) writes.add(at + 1)
  })
  expect(writes.size).toBeGreaterThan(1)
  expect(requests).toBeLessThanOrEqual(30)

  // Right before a read is right after the request before it, as far as AWS can tell.
  const cases = Array.from({ length: requests }, (_, at) => at + 1).flatMap((index) => [
    ...(writes.has(index) || IS_SOAK ? [{ index, when: 'before' as const }] : []),
    { index, when: 'after' as const },
  ])
  const failures: string[] = []
  const worker = async () => {
    for (let next = cases.pop(); next !== undefined; next = cases.pop()) {
      const { index, when } = next
      const problem = await killedAt(index, when)
      if (problem !== undefined) failures.push(`${when} request ${index}: ${problem}`)
    }
  }
  await Promise.all([worker(), worker()])
  expect(failures).toEqual([])
})

/** @returns what is wrong; undefined when nothing is */
async function killedAt(index: number, when: 'before' | 'after'): Promise<string | undefined> {
  let problem: string | undefined
  await play(async ({ attempt, calls }) => {
    await attempt(1, (kill) => ({
      before: (arrived) => {
        if (when !== 'before' || arrived < index) return false
        kill()
        return true
      },
      after: (answered) => {
        if (when === 'after' && answered >= index) kill()
      },
    }))
    const again = await attempt(2)
    const created = accepted(calls, 'CreateDeployment').length
    const registered = accepted(calls, 'RegisterTaskDefinition').length
    const { status } = again.outputs
    if (status !== 'succeeded' || again.exitCode !== 0) problem = `ended as ${status}`
    else if (created !== 1) problem = `${created} deployments`
    else if (registered > 2) problem = `${registered} revisions`
  })
  return problem
}
