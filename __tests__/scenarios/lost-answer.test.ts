import { describe, expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { deployByOther } from '../support/others.ts'
import { expectValidReport } from '../support/report-schema.ts'
import {
  inOneAccount,
  type SimulatedReleaseOptions,
  type Staging,
  simulateRelease,
} from '../support/simulated-release.ts'

async function releaseWith(options: Partial<SimulatedReleaseOptions>) {
  const result = await simulateRelease({ scenario: baseScenario, ...options })
  expectValidReport(result.release)
  const sent = result.calls.filter(({ operation }) => operation === 'CreateDeployment')
  return { ...result, sent, made: sent.filter(({ error }) => error === undefined) }
}

const LOST: Fault = { operation: 'CreateDeployment', count: 1, kind: { type: 'drop-after-accept' } }
const NEVER_ARRIVED: Fault = { operation: 'CreateDeployment', count: 1, kind: { type: 'drop' } }

function failing(operation: string, count: number, code: string, httpStatus = 400): Fault {
  return { operation, count, kind: { type: 'error', code, message: 'as the test wants it', httpStatus } }
}

const DENIED = 'AccessDeniedException'

function addAll(simulator: Staging['simulator'], faults: Fault[]): void {
  for (const fault of faults) simulator.addFault(fault)
}

/** ListDeployments shows nothing before this second. */
function listLate({ codeDeploy, clock }: Staging, second: number): void {
  codeDeploy.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args)
      const isEarly = clock.now() < SIMULATION_START_MS + second * 1000
      if (context['commandName'] === 'ListDeploymentsCommand' && isEarly)
        Object.assign(result.output, { deployments: [] })
      return result
    },
    { step: 'initialize' },
  )
}

test('what was registered is told before CreateDeployment is sent, so before its answer is lost', async () => {
  const { log } = await releaseWith({ scenario: scenarios['lost-answer'] })
  const order = [
    'Registered task definition web:2.',
    'The answer to CreateDeployment was lost',
    'Created deployment d-',
  ]
  expect(order.map((text) => log.findIndex((line) => line.includes(text)))).toEqual(
    order.map((_, index) => log.indexOf('Registered task definition web:2.') + index),
  )
  expect(log.filter((line) => line.startsWith('Registered'))).toHaveLength(1)
})

describe('when the answer to CreateDeployment is lost, the release follows its own deployment although', () => {
  test.each<[string, Fault[]]>([
    ['ListDeployments is denied from then on', [failing('ListDeployments', 100, DENIED)]],
    ['GetDeployment fails three times', [failing('GetDeployment', 3, 'ServiceUnavailable', 503)]],
    ['GetDeployment is throttled eight times', [failing('GetDeployment', 8, 'ThrottlingException')]],
    ['ListDeployments fails from then on', [failing('ListDeployments', 1_000, 'InternalFailure', 500)]],
    ['ListDeployments fails four times', [failing('ListDeployments', 4, 'InternalFailure', 500)]],
  ])('%s', async (_name, faults) => {
    const { outputs, made } = await releaseWith({
      prepare: ({ simulator, clock }) => {
        simulator.addFault(LOST)
        clock.atSecond(1, () => addAll(simulator, faults))
      },
    })
    expect(outputs.status).toBe('succeeded')
    expect(made).toHaveLength(1)
  })

  test('ListDeployments shows it only after ten seconds', async () => {
    const { outputs, made } = await releaseWith({
      prepare: (staging) => {
        staging.simulator.addFault(LOST)
        listLate(staging, 10)
      },
    })
    expect(outputs.status).toBe('succeeded')
    expect(made).toHaveLength(1)
  })
})

describe('when the answer to CreateDeployment is lost and the deployment cannot be found', () => {
  test.each<[string, Fault[]]>([
    ['nothing more can be read', [failing('*', 1_000, DENIED)]],
    ['GetDeployment is denied', [failing('GetDeployment', 1_000, DENIED)]],
    ['the credentials expire', [failing('*', 1_000, 'ExpiredTokenException')]],
    ['AWS does not answer any more', [failing('*', 1_000, 'ServiceUnavailable', 503)]],
  ])('says that one may run and how to look, never that nothing was deployed: %s', async (_name, faults) => {
    const { outputs, annotation, made, summary } = await releaseWith({
      prepare: ({ simulator, clock }) => {
        simulator.addFault(LOST)
        clock.atSecond(1, () => addAll(simulator, faults))
      },
    })
    expect(made).toHaveLength(1)
    expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
    expect(annotation?.message).toContain('Whether a deployment was started is not known.')
    expect(annotation?.message).toContain(
      'aws deploy list-deployments --application-name AppECS-demo-web --deployment-group-name DgpECS-demo-web --region us-east-1',
    )
    expect(summary).not.toContain('Nothing was deployed')
  })
})

test.each([
  [
    'ListDeployments',
    [failing('ListDeployments', 1_000, 'ThrottlingException'), failing('GetDeploymentGroup', 1_000, DENIED)],
  ],
  ['GetDeployment', [failing('GetDeployment', 1_000, 'ThrottlingException')]],
])(
  'a lost answer never makes a second deployment, although the first has ended before %s is given up',
  async (_operation, faults) => {
    const { outputs, sent } = await releaseWith({
      scenario: scenarios['no-hooks'],
      prepare: ({ simulator, clock }) => {
        simulator.addFault(LOST)
        clock.atSecond(1, () => addAll(simulator, faults))
      },
    })
    expect(outputs.status).toBe('unknown')
    expect(sent).toHaveLength(1)
  },
)

test('sends CreateDeployment again when it never arrived and reads show no deployment', async () => {
  const { outputs, sent } = await releaseWith({ prepare: ({ simulator }) => simulator.addFault(NEVER_ARRIVED) })
  expect(outputs.status).toBe('succeeded')
  expect(sent.map(({ httpStatus }) => httpStatus)).toEqual([0, 200])
})

test('takes an answer without an id for a lost one', async () => {
  const { outputs, made } = await releaseWith({
    prepare: ({ codeDeploy }) => {
      let isFirst = true
      codeDeploy.middlewareStack.add(
        (next, context) => async (args) => {
          const result = await next(args)
          if (context['commandName'] !== 'CreateDeploymentCommand' || !isFirst) return result
          isFirst = false
          return { ...result, output: { $metadata: {} } }
        },
        { step: 'initialize' },
      )
    },
  })
  expect(outputs.status).toBe('succeeded')
  expect(made).toHaveLength(1)
})

test.each([NEVER_ARRIVED, LOST])(
  'a step that repeats a failed one of the same job never takes its deployment for its own (%j)',
  (fault) =>
    inOneAccount(scenarios['hook-fails'], async (account) => {
      const scenario = scenarios['hook-fails']
      const inputs = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
      const first = await simulateRelease({ scenario, account, inputs })
      const second = await simulateRelease({
        scenario,
        account,
        inputs,
        prepare: ({ simulator }) => simulator.addFault(fault),
      })
      expect(first.outputs.status).toBe('rolled-back')
      expect(second.outputs.status).toBe('rolled-back')
      expect(second.outputs['codedeploy-deployment-id']).not.toBe(first.outputs['codedeploy-deployment-id'])
    }),
)

/** Ended before anybody could look: what became of it shows only where it is named. */
const ENDED_AT_ONCE: Scenario = { ...baseScenario, appSpecBroken: true }

describe('no second deployment is made when CreateDeployment was carried out, the deployment has ended at once and is not listed yet', () => {
  test.each<[string, Fault['kind'], Partial<Scenario>]>([
    ['the answer is lost', LOST.kind, {}],
    ['the answer cannot be read', { type: 'malformed', how: 'cut' }, {}],
    ['it is rolled back already', LOST.kind, { assumptions: { rollbackWithoutReplacement: true, listLagSeconds: 45 } }],
  ])('%s', async (_what, kind, change) => {
    const { outputs, sent, made, release } = await releaseWith({
      scenario: { ...ENDED_AT_ONCE, assumptions: { listLagSeconds: 45 }, ...change },
      prepare: ({ simulator }) => simulator.addFault({ operation: 'CreateDeployment', count: 1, kind }),
    })
    expect(sent).toHaveLength(1)
    expect(['failed', 'rolled-back']).toContain(outputs.status)
    expect(made).toMatchObject([{ output: { deploymentId: release.deploymentId } }])
  })
})

test('a lost answer is unknown when somebody else deployed since and the list is behind, never sent again', async () => {
  const { outputs, sent } = await releaseWith({
    scenario: { ...ENDED_AT_ONCE, timings: { created: 0.5 }, assumptions: { listLagSeconds: 600 } },
    prepare: ({ simulator, clock }) => {
      simulator.addFault(LOST)
      clock.atSecond(1.5, async () => void (await deployByOther({ simulator, clock }, 0)))
    },
  })
  expect(outputs.status).toBe('unknown')
  expect(sent.filter(({ input }) => JSON.stringify(input).includes('ecs-release'))).toHaveLength(1)
})
