import { describe, expect, test } from '@jest/globals'
import { deploymentStatusOf } from '../../src/github/deployment-status.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { expectValidReport } from '../support/report-schema.ts'
import {
  inOneAccount,
  type SimulatedReleaseOptions,
  simulateRelease as simulate,
} from '../support/simulated-release.ts'

const HOOK = 'CodeDeployHook_validate'
const VALIDATED = { 'after-allow-test-traffic-hook': HOOK } as const

async function simulateRelease(options: SimulatedReleaseOptions) {
  const result = await simulate(options)
  expectValidReport(result.release)
  return result
}

function withReplacement(replacement: Partial<Scenario['replacement']>, scenario = baseScenario): Scenario {
  return { ...scenario, replacement: { ...scenario.replacement, ...replacement } }
}

const PULL = {
  stopCode: 'TaskFailedToStart',
  stoppedReason:
    'ResourceInitializationError: unable to retrieve secret from asm: User: arn:aws:sts::123456789012:assumed-role/execution/28f5c1f0d1e94fd48c7b08c6a8e5cd4b is not authorized to perform: secretsmanager:GetSecretValue, request id: 7d4a0c1e-0f6b-4a57-9d0e-5f1c2b3a4d5e',
}

test('tasks that cannot be started for one reason, each with ids of its own, are given up after three', async () => {
  const { release, annotation, outputs } = await simulateRelease({
    scenario: withReplacement({ health: 'never', stopped: PULL }),
  })
  expect(outputs.status).toBe('rolled-back')
  expect(release.taskStops).toHaveLength(1)
  expect(release.warnings.filter((text) => text.includes('stopped'))).toHaveLength(1)
  expect(annotation?.message).toMatch(
    /3 replacement tasks stopped for the same reason .* request id: [0-9a-f]{8}-[0-9a-f-]{27}\./,
  )
  expect(annotation?.message).toMatch(/Next: mend what stops the tasks of web:2, then release again\. [^W]/)
})

describe('a wait that is over before the deployment is', () => {
  test('names the reason for which tasks kept stopping', async () => {
    const { annotation, outputs, release } = await simulateRelease({
      scenario: scenarios['never-healthy'],
      inputs: { 'fail-fast': '0', 'wait-for-minutes': '4' },
    })
    expect(outputs.status).toBe('timed-out')
    expect(annotation?.message).toContain(
      "(Install): replacement tasks kept stopping: container web: exit code 1, Error: Cannot find module '/app/server.js'. It goes on without this step. To end it: 'operation: stop' with 'deployment-id: " +
        `${release.deploymentId}'.`,
    )
  })

  test('names what ECS said last when no task could be placed', async () => {
    const says = (reason: string, id: string) => ({
      id,
      createdAt: new Date(),
      message: `(service web) was unable to place a task because ${reason} (container instance i-0abc12${id}).`,
    })
    const { annotation, release } = await simulateRelease({
      scenario: scenarios['never-healthy'],
      inputs: { 'wait-for-minutes': '4' },
      prepare: ({ ecs }) => {
        let looks = 0
        ecs.middlewareStack.add(
          (next, { commandName }) =>
            async (args) => {
              const result = await next(args)
              const output = result.output as { services?: { events?: unknown[] }[]; taskArns?: unknown[] }
              if (commandName === 'ListTasksCommand') output.taskArns = []
              const service = commandName === 'DescribeServicesCommand' ? output.services?.[0] : undefined
              if (service === undefined) return result
              looks += 1
              const told = [
                says('no instance met its requirements', `def456${looks}`),
                says('memory is short', `fed654${looks}`),
              ]
              service.events = looks < 3 ? [] : told
              return result
            },
          { step: 'initialize' },
        )
      },
    })
    expect(release.serviceTroubles).toHaveLength(2)
    expect(annotation?.message).toMatch(
      /\(Install\): ECS says: \(service web\) was unable to place a task because no instance met its requirements \(container instance i-0abc12def456\d\)\. It goes on/,
    )
  })

  test('quotes the end of the log of a hook that is waited for', async () => {
    const { annotation, summary } = await simulateRelease({
      scenario: CANNOT_REPORT,
      inputs: { ...VALIDATED, 'wait-for-minutes': '8' },
    })
    expect(annotation?.message).toContain(
      `while waiting for hook ${HOOK} to answer (AfterAllowTestTraffic), whose log ends with "${DENIED}". It goes on`,
    )
    expect(summary).toContain('Log of hook')
  })
})

const DENIED =
  'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/hook-role/validate is not authorized to perform: codedeploy:PutLifecycleEventHookExecutionStatus'

/** The hook checks well and may not say so. */
const CANNOT_REPORT: Scenario = {
  ...baseScenario,
  hookPlans: { [HOOK]: { answer: 'throws', afterSeconds: 3, log: [DENIED] } },
}

describe('a hook that cannot be running any more', () => {
  test('is told after 15 minutes with its log, once, and what it lacks in the end', async () => {
    const { log, annotation, outputs } = await simulateRelease({ scenario: CANNOT_REPORT, inputs: VALIDATED })
    const at = log.findIndex((line) => line.includes('15 min ago and has not reported'))
    expect(log[at]).toMatch(
      /^12:17:\d\dZ {2}Warning: Hook CodeDeployHook_validate .* CodeDeploy waits until 13:02:05Z and then fails/,
    )
    expect(log[at + 1]).toMatch(/^> Log of hook CodeDeployHook_validate/)
    expect(log[at + 3]).toBe(`  | ${DENIED}`)
    expect(log.filter((line) => line.startsWith('> Log of hook'))).toHaveLength(1)
    expect(log.filter((line) => line.includes('Still waiting'))).toHaveLength(4)
    expect(outputs.status).toBe('rolled-back')
    expect(annotation?.message).toContain(`(TIMEOUT); its log ends with "${DENIED}".`)
    expect(annotation?.message).toContain(
      "Next: allow the function's role codedeploy:PutLifecycleEventHookExecutionStatus, then release again.",
    )
  })

  test.each([
    ['in a repository that may be public', {}, false],
    ['when it is not to be shown', { 'hook-logs': 'never' }, true],
  ] as const)('is told without its log %s', async (_name, inputs, isPrivate) => {
    const { log, release, summary } = await simulateRelease({
      scenario: CANNOT_REPORT,
      inputs: { ...VALIDATED, ...inputs },
      world: { isPrivateRepository: () => isPrivate },
    })
    expect(log.join('\n')).toContain('15 min ago and has not reported')
    expect(JSON.stringify([log, release, summary])).not.toContain('AccessDenied')
  })
})

const AT_ONCE = withGroup(baseScenario.world, {
  deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
  terminationWaitMinutes: 10,
})

const OUT_OF_MEMORY = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode: 137,
  containerReason: 'OutOfMemoryError: Container killed due to memory usage',
}

function diesLate(seconds: number): Scenario {
  const dies = { event: 'AfterAllowTraffic', seconds }
  return withReplacement({ health: 'dies', dies, stopped: OUT_OF_MEMORY }, { ...baseScenario, world: AT_ONCE })
}

describe('a release whose tasks die once all of production is on them', () => {
  test.each([
    ['at the last lifecycle event', 0],
    ['after it', 5],
  ])('%s succeeds with a warning that has the counts and the reason', async (_name, seconds) => {
    const { outputs, summary, log, release, annotation } = await simulateRelease({
      scenario: diesLate(seconds),
      inputs: { 'wait-for': 'completion' },
    })
    expect(outputs.status).toBe('succeeded')
    expect(summary).toMatch(/^## ❌ Released with 1 of 2 tasks running: web 1\.1\.0 → demo\/web\n\n> \[!WARNING\]\n/)
    const why = 'container web: exit code 137, OutOfMemoryError: Container killed due to memory usage'
    const verdict = `released web:2 to demo/web, but only 1 of 2 tasks runs, with all of production on them: ${why}. To bring production back: 'operation: rollback' with 'task-definition: web:1'.`
    expect(annotation).toMatchObject({ level: 'warning', message: expect.stringContaining(verdict) })
    expect(release.warnings).toContain(`2 replacement tasks stopped: ${why}`)
    expect(log).toContainEqual(expect.stringMatching(/Replacement tasks {7}0 of 2 running$/))
    expect(deploymentStatusOf(release)?.state).toBe('success')
  })

  test('is told at production traffic too, with none of them running', async () => {
    const { outputs, summary } = await simulateRelease({ scenario: diesLate(0) })
    expect(outputs.status).toBe('succeeded')
    expect(summary).toMatch(/^## ❌ Released with 0 of 2 tasks running: .*\n\n> \[!CAUTION\]\n/)
    expect(summary).toContain('but none of 2 tasks runs, with all of production on them: container web: exit code 137')
  })
})

test('a rollback whose tasks die is told with the counts, and does not advise itself', () =>
  inOneAccount(diesLate(0), async (account) => {
    await simulate({ scenario: baseScenario, account, inputs: { 'wait-for': 'completion' } })
    const { release, summary, annotation } = await simulate({
      scenario: baseScenario,
      account,
      inputs: { operation: 'rollback', image: '', 'task-definition': 'web:1', 'wait-for': 'completion' },
    })
    expect(release.status).toBe('succeeded')
    expect(summary).toMatch(/^## ❌ Rolled back with [01] of 2 tasks running: demo\/web 1\.1\.0 → 1\.0\.0\n/)
    expect(annotation?.message).toMatch(/brought demo\/web back to web:1, but (none|only 1) of 2 tasks runs/)
    expect(annotation?.message).not.toContain("'operation: rollback'")
  }))

test.each(['rollback-fails', 'hook-fails-no-rollback'] as const)(
  'what is to bring production back does, after %s',
  async (name) => {
    const scenario = { ...scenarios[name], alarms: [] as Scenario['alarms'] }
    const failing =
      name === 'rollback-fails'
        ? withReplacement({ health: 'dies', dies: { event: 'AllowTraffic', seconds: 20 } }, { ...scenario })
        : scenario
    await inOneAccount(failing, async (account) => {
      const { outputs } = await simulate({ scenario: failing, account, inputs: VALIDATED })
      expect(outputs.status).toBe(name === 'rollback-fails' ? 'rollback-failed' : 'failed')
      await account.clock.sleep(60_000)
      const inputs = { operation: 'rollback', image: '', 'task-definition': 'web:1' }
      const back = await simulate({ scenario: baseScenario, account, inputs })
      expect(back.outputs).toMatchObject({ production: 'web:1', 'replacement-traffic': '100' })
    })
  },
)
