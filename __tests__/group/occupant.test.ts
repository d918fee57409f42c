import type { DeploymentInfo, DeploymentTarget } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import { findCodeDeployOccupant } from '../../src/group/code-deploy-occupant.ts'
import type { OccupancyFacts } from '../../src/group/occupant.ts'
import {
  deployments,
  groupOf,
  type HandAnswers,
  handCodeDeploy,
  ServiceFailure,
  serviceOf,
  targetOf,
} from '../support/group-parts.ts'
import { T0 } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const MINE = '[ecs-release repo=example/shop wf=release.yml run=1042.1 n=42 job=release op=release]'
interface Situation {
  listed?: string[]
  infos?: Record<string, DeploymentInfo>
  targets?: Record<string, DeploymentTarget>
  facts?: Partial<OccupancyFacts>
  /** So many milliseconds after the deployments were created. */
  afterMs?: number
  answers?: HandAnswers
}

async function occupant({ listed = [], infos = {}, targets = {}, facts = {}, afterMs = 0, answers = {} }: Situation) {
  const denied: string[] = []
  const aws = handCodeDeploy(virtualClock(1, T0 + afterMs), {
    ListDeployments: () => ({ deployments: listed }),
    GetDeployment: deployments(infos),
    GetDeploymentTarget: ({ deploymentId }) => {
      const deploymentTarget = targets[String(deploymentId)]
      if (deploymentTarget === undefined) throw new ServiceFailure('DeploymentTargetDoesNotExistException')
      return { deploymentTarget }
    },
    ...answers,
  })
  const found = await findCodeDeployOccupant(aws, {
    service: serviceOf(),
    group: groupOf(),
    autoPromote: false,
    suspects: [],
    stopped: new Set(),
    onListDenied: ({ operation }) => void denied.push(operation),
    ...facts,
  })
  return { found, denied, asked: aws.asked }
}

const RUNS: DeploymentInfo = { status: 'InProgress', creator: 'user', description: MINE }

test('a group is free when nothing is listed and nobody is suspected', async () => {
  expect((await occupant({})).found).toBeUndefined()
})

test('a listed deployment is told with its stage, its maker and its run', async () => {
  const revision = { appSpecContent: { sha256: 'sum' } }
  const { found } = await occupant({
    listed: ['d-1'],
    infos: { 'd-1': { ...RUNS, revision } },
    targets: { 'd-1': targetOf('SRPPPPPP') },
  })
  expect(found).toMatchObject({
    id: 'd-1',
    stage: 'unshifted',
    creator: 'user',
    description: MINE,
    marker: { runId: '1042', runNumber: 42 },
    appSpecSha256: 'sum',
    rollbackOf: undefined,
    heldUntilMs: undefined,
    freeAtMs: undefined,
  })
})

test('a suspect that is not listed is found, and one that does not exist is none', async () => {
  const { found } = await occupant({
    infos: { 'd-2': RUNS },
    targets: { 'd-2': targetOf('SSSSSSRP', 'InProgress', 10) },
    facts: { suspects: ['d-1', 'd-2'] },
  })
  expect(found).toMatchObject({ id: 'd-2', stage: 'shifting' })
})

test('a suspect is looked at where the list is denied, and that is told', async () => {
  const deny = () => {
    throw new ServiceFailure('AccessDeniedException')
  }
  const { found, denied } = await occupant({
    infos: { 'd-1': RUNS },
    facts: { suspects: ['d-1'] },
    answers: { ListDeployments: deny },
  })
  expect(found).toMatchObject({ id: 'd-1', stage: 'unshifted' })
  expect(denied).toEqual(['codedeploy:ListDeployments'])
})

test('a deployment whose target may not be read may have begun to shift', async () => {
  const deny = () => {
    throw new ServiceFailure('AccessDeniedException')
  }
  const situation = { listed: ['d-1'], infos: { 'd-1': RUNS }, answers: { GetDeploymentTarget: deny } }
  expect((await occupant(situation)).found?.stage).toBe('shifting')
  const primary = { ...serviceOf().primary, deploymentId: 'd-1' }
  expect((await occupant({ ...situation, facts: { service: serviceOf({ primary }) } })).found?.stage).toBe('shifted')
})

test('a deployment in its termination wait is free when that wait is over, by its own settings', async () => {
  const termination = { action: 'TERMINATE', terminationWaitTimeInMinutes: 2 } as const
  const info = { ...RUNS, blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: termination } }
  const { found } = await occupant({
    listed: ['d-1'],
    infos: { 'd-1': info },
    targets: { 'd-1': targetOf('SSSSSSSS', 'Succeeded', 100) },
  })
  expect(found?.stage).toBe('shifted')
  expect(Number.isFinite(found?.freeAtMs)).toBe(true)
  expect(found?.heldUntilMs).toBeUndefined()
})

const HOLDS = groupOf({ holdsAtReady: true, readyWaitMs: 3_600_000 })
const AT_READY = {
  listed: ['d-1'],
  infos: { 'd-1': { ...RUNS, status: 'Ready' } as DeploymentInfo },
  targets: { 'd-1': targetOf('SSSSSPPP') },
}
/** The last event before Ready ended five seconds after the start. */
const READY_AT_MS = 5_000

test.each<[string, Partial<OccupancyFacts>, number, string, string]>([
  ['waits for a person', { group: HOLDS }, READY_AT_MS, MINE, 'held'],
  ['goes on by itself', {}, READY_AT_MS, MINE, 'unshifted'],
  [
    'a run of this action is about to continue',
    { group: HOLDS, autoPromote: true },
    READY_AT_MS + 59_999,
    MINE,
    'unshifted',
  ],
  [
    'a run of this action has not continued for a minute',
    { group: HOLDS, autoPromote: true },
    READY_AT_MS + 60_000,
    MINE,
    'held',
  ],
  [
    'somebody has made by hand, where runs continue their own',
    { group: HOLDS, autoPromote: true },
    READY_AT_MS,
    'by hand',
    'held',
  ],
])('at Ready a deployment that %s is told as such', async (_name, facts, afterMs, description, stage) => {
  const infos = { 'd-1': { ...AT_READY.infos['d-1'], description } as DeploymentInfo }
  const { found } = await occupant({ ...AT_READY, infos, facts, afterMs })
  expect(found?.stage).toBe(stage)
  expect(found?.heldUntilMs).toBe(stage === 'held' ? T0 + READY_AT_MS + 3_600_000 : undefined)
})

test('a rollback is told with the run whose deployment it undoes', async () => {
  const rollbackInfo = { rollbackTriggeringDeploymentId: 'd-1' }
  const { found } = await occupant({
    listed: ['d-2'],
    infos: {
      'd-1': { ...RUNS, status: 'Failed' },
      'd-2': { status: 'InProgress', creator: 'codeDeployRollback', rollbackInfo },
    },
    targets: { 'd-2': targetOf('RPPPPPPP') },
  })
  expect(found).toMatchObject({ id: 'd-2', stage: 'rolling-back', rollbackOf: 'd-1', marker: { runNumber: 42 } })
})

test('a suspect that has ended stands for the rollback that it names', async () => {
  const { found } = await occupant({
    infos: {
      'd-1': { ...RUNS, status: 'Failed', rollbackInfo: { rollbackDeploymentId: 'd-2' } },
      'd-2': { status: 'InProgress', rollbackInfo: { rollbackTriggeringDeploymentId: 'd-1' } },
    },
    facts: { suspects: ['d-1'] },
  })
  expect(found).toMatchObject({ id: 'd-2', stage: 'rolling-back', rollbackOf: 'd-1' })
})

const ENDED_MS = 100_000
const failed = (change: DeploymentInfo = {}): DeploymentInfo => ({
  ...RUNS,
  status: 'Failed',
  completeTime: new Date(T0 + ENDED_MS),
  errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: 'failed' },
  autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
  ...change,
})
const STOPPED = failed({
  status: 'Stopped',
  errorInformation: { code: 'MANUAL_STOP', message: 'stopped' },
  autoRollbackConfiguration: { enabled: false, events: [] },
})

test.each<[string, string | undefined, DeploymentInfo, number, Partial<OccupancyFacts>, string]>([
  ['whose rollback is due and may not show yet', 'rolling-back', failed(), 29_999, {}, 'SSSSFKKK'],
  ['whose rollback has not shown for half a minute', undefined, failed(), 30_000, {}, 'SSSSFKKK'],
  [
    'that nobody asked to roll back',
    undefined,
    failed({ autoRollbackConfiguration: { enabled: false, events: [] } }),
    0,
    {},
    'SSSSFKKK',
  ],
  ['that was stopped without a rollback being asked for', undefined, STOPPED, 0, {}, 'SSSSFKKK'],
  ['that we have asked to stop with rollback', 'rolling-back', STOPPED, 0, { stopped: new Set(['d-1']) }, 'SSSSFKKK'],
  [
    'that has succeeded',
    undefined,
    { ...RUNS, status: 'Succeeded', completeTime: new Date(T0 + ENDED_MS) },
    0,
    {},
    'SSSSSSSS',
  ],
])('a suspect %s keeps the group busy as %s', async (_name, stage, info, sinceEndMs, facts, letters) => {
  const { found } = await occupant({
    infos: { 'd-1': info },
    targets: { 'd-1': targetOf(letters, 'Failed') },
    facts: { suspects: ['d-1'], ...facts },
    afterMs: ENDED_MS + sinceEndMs,
  })
  expect(found?.stage).toBe(stage)
})

test('a deployment that has ended before it made any task is undone by nothing', async () => {
  const target = targetOf('FKKKKKKK', 'Failed')
  const [original] = target.ecsTarget?.taskSetsInfo ?? []
  const withoutReplacement = { ...target, ecsTarget: { ...target.ecsTarget, taskSetsInfo: original ? [original] : [] } }
  const situation = { infos: { 'd-1': failed() }, facts: { suspects: ['d-1'] }, afterMs: ENDED_MS }
  expect((await occupant({ ...situation, targets: { 'd-1': target } })).found?.stage).toBe('rolling-back')
  expect((await occupant({ ...situation, targets: { 'd-1': withoutReplacement } })).found).toBeUndefined()
})

test('whether a rollback is due is not guessed of a deployment whose target may not be read', async () => {
  const deny = () => {
    throw new ServiceFailure('AccessDeniedException')
  }
  const situation = { infos: { 'd-1': failed() }, facts: { suspects: ['d-1'] }, afterMs: ENDED_MS }
  expect((await occupant({ ...situation, answers: { GetDeploymentTarget: deny } })).found).toBeUndefined()
})
