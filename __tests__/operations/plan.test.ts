import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { deployByOther, runNumber } from '../support/others.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { inOneAccount, type SimulatedRelease, simulateRelease } from '../support/simulated-release.ts'

type Inputs = Partial<Record<InputName, string>>
const HOOK: Inputs = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }

function reportOf({ release }: SimulatedRelease) {
  expectValidReport(release)
  return JSON.parse(renderReport(release))
}

describe('operation: plan', () => {
  test.each(Object.values(scenarios).map((scenario) => [scenario.name, scenario] as const))(
    'writes nothing in the scenario %s',
    async (_name, scenario) => {
      for (const inputs of [HOOK, {}]) {
        const options = { scenario, inputs: { operation: 'plan', ...inputs, 'auto-promote': 'true' } }
        const { writes, calls, outputs, release } = await simulateRelease(options)
        expect(writes).toEqual([])
        expect(calls.length).toBeGreaterThan(5)
        // A hook that CodeDeploy would skip in silence is refused.
        expect(outputs.status).toBe(scenario.name === 'no-hooks' && inputs === HOOK ? 'refused' : 'planned')
        expectValidReport(release)
      }
    },
  )

  test.each([
    ['the alarms', { alarms: 'web-latency' }, 'rollback on failure, alarm and stop, alarms web-latency', /web-5xx/],
    ['what rolls back', { 'rollback-on': 'stop' }, 'rollback on stop, alarms web-5xx', /on failure|alarm and stop/],
    ['no rollback', { 'rollback-on': 'never' }, 'no automatic rollback, alarms web-5xx', /on failure|alarm and stop/],
  ] as const)("tells %s that hold for the deployment rather than the group's, as does a watch", (_, given, told, not) =>
    inOneAccount(baseScenario, async (account) => {
      const play = (inputs: Inputs) => simulateRelease({ scenario: baseScenario, account, inputs })
      const planned = await play({ operation: 'plan', ...given })
      const started = await play({ 'wait-for': 'nothing', ...given })
      const id = started.outputs['codedeploy-deployment-id']
      const watched = await play({ operation: 'watch', 'deployment-id': id, image: '' })
      for (const { log, summary } of [planned, started, watched]) {
        expect(log).toContain(
          `Deployment group AppECS-demo-web / DgpECS-demo-web: test listener; for this deployment: ${told}.`,
        )
        expect([log.join('\n'), summary].join('\n')).not.toMatch(not)
      }
      const { rollbackOn, alarms } = reportOf(planned).planned.group
      expect({ rollbackOn, alarms }).toEqual({
        rollbackOn: planned.release.plan?.rollbackOn,
        alarms: watched.release.plan?.alarms,
      })
    }),
  )

  test('tells what the release after it does, with the same sum and the same AppSpec but for the ARN', () =>
    inOneAccount(baseScenario, async (account) => {
      const options = { scenario: baseScenario, account }
      const planned = await simulateRelease({ ...options, inputs: { operation: 'plan', ...HOOK } })
      const released = await simulateRelease({ ...options, inputs: HOOK })
      const plan = reportOf(planned)
      const report = reportOf(released)
      expect(planned.outputs).toMatchObject({ status: 'planned', 'codedeploy-deployment-id': '' })
      expect(plan.taskDefinitionSha256).toMatch(/^[0-9a-f]{64}$/)
      expect(plan.taskDefinitionSha256).toBe(report.taskDefinitionSha256)
      expect(plan.appSpec.sha256).toBeNull()
      expect(plan.appSpec.content.replace('<TASK_DEFINITION>', report.taskDefinition.arn)).toBe(report.appSpec.content)
      expect(plan.changes).toEqual(report.changes)
      expect(plan.planned.writes).toEqual([
        'Register a new revision of task definition web',
        'Create a deployment of it in AppECS-demo-web / DgpECS-demo-web',
      ])
      expect(plan.planned.phases.map(({ name }: { name: string }) => name)).toEqual([
        'Install',
        'AfterAllowTestTraffic',
        'AllowTraffic',
      ])
      expect(planned.summary).toContain(
        '## ✅ Planned: web 1.1.0 → demo/web\n\n> [!TIP]\n> **This release would change: image of web.**\n',
      )
      expect(planned.summary).toContain('### What would be written')
      expect(planned.annotation).toBeUndefined()
      expect(released.writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment'])
    }))

  test('names the revision that exists, with the very AppSpec that would be sent', async () => {
    const result = await simulateRelease({
      scenario: baseScenario,
      inputs: { operation: 'plan', image: 'registry.example/web:1.0.0' },
    })
    const plan = reportOf(result)
    expect(plan.planned.taskDefinition).toBe('web:1')
    expect(plan.planned.writes).toEqual(['Create a deployment of web:1 in AppECS-demo-web / DgpECS-demo-web'])
    expect(plan.appSpec.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each([
    ['wait', 'A release would wait for it.', 2],
    ['replace', 'A release would stop it with rollback first.', 3],
    ['fail', 'A release would be refused now.', 2],
  ])('tells what keeps the group busy with on-active-deployment: %s, and does not wait', (policy, sentence, writes) =>
    inOneAccount(baseScenario, async (account) => {
      const id = await deployByOther(account, 10)
      const before = account.clock.now()
      const inputs = { operation: 'plan', 'on-active-deployment': policy }
      const result = await simulateRelease({ scenario: baseScenario, account, inputs, world: runNumber(42) })
      expect(result.outputs.status).toBe('planned')
      expect(result.writes).toEqual([])
      expect(account.clock.now()).toBe(before)
      expect(result.release.warnings).toEqual([expect.stringContaining(id)])
      expect(result.release.warnings[0]).toContain(sentence)
      expect(reportOf(result).planned.writes).toHaveLength(writes)
    }),
  )

  test('is refused with everything that would refuse the release', async () => {
    const scenario = { ...baseScenario, world: withGroup(baseScenario.world, { testListener: false }) }
    const inputs = { operation: 'plan', ...HOOK, 'container-port': '9999' }
    const { outputs, release } = await simulateRelease({ scenario, inputs })
    expect(outputs.status).toBe('refused')
    expect(release.problems.map(({ reason }) => reason).sort()).toEqual(['invalid-input', 'no-test-listener'])
  })

  test('says that nothing would be written when if-unchanged: skip applies', async () => {
    const image = `registry.example/web@sha256:${'a'.repeat(64)}`
    await inOneAccount(baseScenario, async (account) => {
      await simulateRelease({ scenario: baseScenario, account, inputs: { image, 'wait-for': 'completion' } })
      const inputs = { operation: 'plan', image, 'if-unchanged': 'skip' }
      const result = await simulateRelease({ scenario: baseScenario, account, inputs, world: runNumber(43) })
      expect(result.outputs.status).toBe('planned')
      expect(reportOf(result).planned.writes).toEqual([])
      expect(result.summary).toContain('would write nothing')
    })
  })
})
