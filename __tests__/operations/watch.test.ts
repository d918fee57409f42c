import { describe, expect, test } from '@jest/globals'
import { renderReport } from '../../src/report/report-json.ts'
import { scenarios } from '../../tools/simulator/scenarios.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { deployByOther, runNumber } from '../support/others.ts'
import { inOneAccount, type SimulatedRelease, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const WATCH = { operation: 'watch' } as const

/** What a run tells that does not depend on when it looked. */
function told({ release }: SimulatedRelease) {
  const { status, deployment, hooks, rollback, changes, appSpec, timeline } = JSON.parse(renderReport(release))
  const ended = timeline.filter(({ kind, status: word }: { kind: string; status: string }) =>
    kind === 'event' ? word !== 'running' : kind === 'status' && /^(Succeeded|Failed|Stopped)$/.test(word),
  )
  const { events, error } = deployment
  return { status, events, error, hooks, rollback: rollback.status, changes, sha256: appSpec.sha256, ended }
}

describe('operation: watch after the runner of the release died', () => {
  test.each([
    ['success', 0],
    ['success', 130],
    ['success', 300],
    ['hook-fails', 60],
    ['hook-fails', 400],
    ['alarm', 100],
    ['stopped', 180],
    ['rollback-fails', 100],
  ] as const)('tells of %s what the release would have told, %i s later', async (name, seconds) => {
    const scenario = scenarios[name]
    const undisturbed = await simulateRelease({ scenario, inputs: HOOK, world: runNumber(42) })
    await inOneAccount(scenario, async (account) => {
      const id = await releaseAndDie(account, HOOK)
      await account.clock.sleep(seconds * 1000)
      const watched = await operate(account, WATCH)
      expect(watched.outputs['codedeploy-deployment-id']).toBe(id)
      expect(watched.writes).toEqual([])
      expect(told(watched)).toEqual(told(undisturbed))
      expect(watched.outputs).toMatchObject({
        production: undisturbed.outputs.production,
        'task-definition': 'web:2',
        'previous-task-definition': 'web:1',
        'hook-results': undisturbed.outputs['hook-results'],
      })
    })
  })

  test('waits for the termination of the original with wait-for: completion', () =>
    inOneAccount(scenarios.success, async (account) => {
      await releaseAndDie(account)
      await account.clock.sleep(450_000)
      const { outputs, release } = await operate(account, { ...WATCH, 'wait-for': 'completion' })
      expect(outputs.status).toBe('succeeded')
      expect(release.snapshot?.status).toBe('succeeded')
    }))

  test('changes nothing when it is cancelled or its time is over, whatever on-cancel and on-timeout say', () =>
    inOneAccount(scenarios.success, async (account) => {
      await releaseAndDie(account)
      const asked = { ...WATCH, 'on-cancel': 'rollback', 'on-timeout': 'rollback', 'wait-for-minutes': '1' }
      const late = await operate(account, asked)
      expect(late).toMatchObject({ outputs: { status: 'timed-out' }, writes: [] })
      const cancelled = await operate(account, asked, { prepare: ({ abort }) => abort() })
      expect(cancelled).toMatchObject({ outputs: { status: 'cancelled', 'rollback-status': 'none' }, writes: [] })
    }))

  test.each([
    ['once its original task set is gone', 1_200],
    ['in its termination wait', 450],
  ])('tells that the replacement serves everything when its targets may not be read, %s', (_, seconds) =>
    inOneAccount(scenarios['denied-targets'], async (account) => {
      const id = await releaseAndDie(account)
      await account.clock.sleep(seconds * 1000)
      const { outputs } = await operate(account, { ...WATCH, 'deployment-id': id })
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2', 'replacement-traffic': '100' })
    }),
  )

  test('does without the AppSpec where it may not be read, and says so', () =>
    inOneAccount(
      { ...scenarios.success, faults: [{ operation: 'GetApplicationRevision', kind: { type: 'denied' } }] },
      async (account) => {
        await releaseAndDie(account, HOOK)
        await account.clock.sleep(100_000)
        const { outputs, release } = await operate(account, { ...WATCH, ...HOOK })
        expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
        expect(outputs['hook-results']).toContain('"result":"succeeded"')
        expect(release.warnings).toEqual([expect.stringContaining('codedeploy:GetApplicationRevision')])
      },
    ))
})

describe('which deployment is watched', () => {
  test('is none while nothing is active, and the step is green', async () => {
    const inputs = { ...WATCH, 'deployment-id': 'active' }
    const watched = await simulateRelease({ scenario: scenarios.success, inputs })
    expect(watched.outputs).toMatchObject({ status: 'unchanged', reason: '', 'codedeploy-deployment-id': '' })
    expect(watched).toMatchObject({ annotation: undefined, writes: [] })
    const sentence = "No deployment is active in deployment group 'DgpECS-demo-web', so there was nothing to watch."
    expect(watched.summary).toContain(sentence)
  })

  const PR_MARKER = '[ecs-release repo=example/shop wf=preview.yml run=5.1 n=5 job=one op=release pr=7]'

  test('is none of another run, unless it is named or any is asked for', () =>
    inOneAccount(scenarios.success, async (account) => {
      const id = await deployByOther(account, 10)
      const { outputs, log, summary } = await operate(account, WATCH)
      expect(outputs).toMatchObject({ status: 'unchanged', 'codedeploy-deployment-id': '' })
      expect(log.join('\n')).toContain(`${id} (InProgress at Install`)
      expect(summary).toContain('To watch whichever is active, set `deployment-id: active`.')
      for (const asked of [id, 'active']) {
        const named = await operate(account, { ...WATCH, 'deployment-id': asked, 'wait-for-minutes': '1' })
        expect(named.outputs).toMatchObject({ status: 'timed-out', 'codedeploy-deployment-id': id })
      }
    }))

  test('is the one of the pull request, whichever run made it, and of no other pull request', () =>
    inOneAccount(scenarios.success, async (account) => {
      const id = await deployByOther(account, 10, { description: PR_MARKER })
      const onPullRequest = (pullRequest: string) => ({ world: { run: { ...runNumber(6).run, pullRequest } } })
      expect((await operate(account, WATCH, onPullRequest('8'))).outputs.status).toBe('unchanged')
      const { outputs } = await operate(account, WATCH, onPullRequest('7'))
      expect(outputs).toMatchObject({ status: 'succeeded', 'codedeploy-deployment-id': id })
    }))

  test.each([
    ['d-NOTTHERE1', 'not-found'],
    ['the last one', 'invalid-input'],
  ])('cannot be %s where there is none of that name', async (asked, reason) => {
    const inputs = { ...WATCH, 'deployment-id': asked }
    const { outputs, writes } = await simulateRelease({ scenario: scenarios.success, inputs })
    expect(outputs).toMatchObject({ status: 'refused', reason })
    expect(writes).toEqual([])
  })

  test('cannot be named to a release', async () => {
    const inputs = { 'deployment-id': 'active' }
    const { outputs, annotation } = await simulateRelease({ scenario: scenarios.success, inputs })
    expect(outputs.reason).toBe('invalid-input')
    expect(annotation?.message).toContain("does not apply to 'operation: release'")
  })
})
