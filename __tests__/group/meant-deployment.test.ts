import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import { findCodeDeployMeant } from '../../src/group/code-deploy-meant.ts'
import type { MeantQuestion } from '../../src/group/meant-deployment.ts'
import { isOwn, type Marker } from '../../src/workflow-run/marker.ts'
import { deployments, groupOf, handCodeDeploy, OWN, ServiceFailure, serviceOf } from '../support/group-parts.ts'
import { T0 } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PLACE = { applicationName: 'AppECS-demo-web', deploymentGroupName: 'DgpECS-demo-web' }
const markedWith = (run: number, pr = '') =>
  `[ecs-release repo=example/shop wf=release.yml run=${1000 + run}.1 n=${run} job=release op=release${pr === '' ? '' : ` pr=${pr}`}]`
const active = (description: string): DeploymentInfo => ({ ...PLACE, status: 'InProgress', description })
const ended = (description: string): DeploymentInfo => ({ ...PLACE, status: 'Succeeded', description })

/** The id that is meant, or what is said instead. */
async function meant(infos: Record<string, DeploymentInfo>, change: Partial<MeantQuestion> = {}): Promise<string> {
  const aws = handCodeDeploy(virtualClock(1, T0), {
    ListDeployments: () => ({
      deployments: Object.keys(infos).filter((id) => infos[id]?.status === 'InProgress'),
    }),
    GetDeployment: deployments(infos),
    GetDeploymentTarget: () => {
      throw new ServiceFailure('DeploymentTargetDoesNotExistException')
    },
  })
  const question = {
    asked: undefined,
    own: OWN,
    service: serviceOf(),
    group: groupOf(),
    onListDenied: () => {},
    ...change,
  }
  const answer = await findCodeDeployMeant(aws, question)
  if ('id' in answer) return answer.id
  return 'absent' in answer ? `absent: ${answer.absent.sentence}` : `${answer.reason}: ${answer.sentence}`
}

const FOR_SEVEN = { own: { ...OWN, pullRequest: '7' } }
const MAKER = { 'd-MAKER0001': ended(markedWith(42)) }
const NOTHING = { service: serviceOf({ primary: { ...serviceOf().primary, deploymentId: undefined } }) }

test.each<[string, Record<string, DeploymentInfo>, Partial<MeantQuestion>, string]>([
  ['the active one of this run', { 'd-1': active(markedWith(42)), ...MAKER }, {}, 'd-1'],
  ['the last one of this run when another run deploys', { 'd-1': active(markedWith(41)), ...MAKER }, {}, 'd-MAKER0001'],
  [
    'the active one of any run when it is asked for',
    { 'd-1': active(markedWith(41)), ...MAKER },
    { asked: 'active' },
    'd-1',
  ],
  [
    'the active one of its pull request, whichever run made it',
    { 'd-1': active(markedWith(3, '7')), ...MAKER },
    FOR_SEVEN,
    'd-1',
  ],
  ['the one that is named', { 'd-2': ended('by hand'), 'd-1': active(markedWith(42)) }, { asked: 'd-2' }, 'd-2'],
  [
    'the last attempted one of the group before the one that serves',
    { 'd-3': ended(markedWith(42)), ...MAKER },
    { group: groupOf({ lastDeployment: { id: 'd-3', createdAtMs: T0 } }) },
    'd-3',
  ],
])('without a name, or with one, an operation is about %s', async (_name, infos, change, expected) => {
  expect(await meant(infos, change)).toBe(expected)
})

test('a rollback stands for the deployment that it undoes, under way and ended', async () => {
  const rollbackInfo = { rollbackTriggeringDeploymentId: 'd-1' }
  const undone = { 'd-1': { ...PLACE, status: 'Failed', description: markedWith(42) } as DeploymentInfo }
  const under = { ...undone, 'd-2': { ...PLACE, status: 'InProgress', rollbackInfo } as DeploymentInfo }
  expect(await meant(under, NOTHING)).toBe('d-1')
  const group = groupOf({ lastDeployment: { id: 'd-2', createdAtMs: T0 } })
  const over = { ...undone, 'd-2': { ...PLACE, status: 'Succeeded', rollbackInfo } as DeploymentInfo }
  expect(await meant(over, { ...NOTHING, group })).toBe('d-1')
})

test.each<[string, Record<string, DeploymentInfo>, Partial<MeantQuestion>, RegExp]>([
  [
    'none of this run is there',
    {},
    NOTHING,
    /^absent: No deployment of this run was found in .*; none is active\. Set 'deployment-id'/,
  ],
  [
    'none of its pull request is there',
    {},
    { ...NOTHING, ...FOR_SEVEN },
    /^absent: No deployment of pull request 7 was found/,
  ],
  [
    'only somebody else deploys',
    { 'd-1': active('by hand') },
    NOTHING,
    /^absent: .*; d-1 \(InProgress.*\) is active and not touched without being named\./,
  ],
  [
    'none is active and any is asked for',
    {},
    { ...NOTHING, asked: 'active' },
    /^absent: No deployment is active in deployment group 'DgpECS-demo-web'\.$/,
  ],
  [
    'the named one does not exist',
    {},
    { asked: 'd-9' },
    /^not-found: Deployment d-9 was not found\. Check 'deployment-id' and the region\.$/,
  ],
  [
    'the named one is of another group',
    { 'd-1': { ...active('x'), deploymentGroupName: 'other' } },
    { asked: 'd-1' },
    /^group-mismatch: Deployment d-1 is of AppECS-demo-web \/ other, not of AppECS-demo-web \/ DgpECS-demo-web\./,
  ],
  [
    'the named one is of another application',
    { 'd-1': { ...active('x'), applicationName: 'other' } },
    { asked: 'd-1' },
    /^group-mismatch: Deployment d-1 is of other \/ DgpECS-demo-web, not of/,
  ],
])('no deployment is meant, and why is said, when %s', async (_name, infos, change, why) => {
  expect(await meant(infos, change)).toMatch(why)
})

const RUN_5: Marker = { ...OWN, runId: '5', runNumber: 5 }

test.each<[string, boolean, Partial<Marker>, Marker | undefined]>([
  ['this run and job', true, {}, OWN],
  ['another job of this run', true, {}, { ...OWN, job: 'other' }],
  ['another run', false, {}, RUN_5],
  ['another run for its pull request', true, { pullRequest: '7' }, { ...RUN_5, pullRequest: '7' }],
  ['another run for another pull request', false, { pullRequest: '7' }, { ...RUN_5, pullRequest: '8' }],
  ['another run for no pull request, as itself', false, { pullRequest: '' }, RUN_5],
  [
    'the same pull request of another repository',
    false,
    { pullRequest: '7' },
    { ...RUN_5, pullRequest: '7', repository: 'example/other' },
  ],
  ['a run that is not known, as itself', false, { runId: '' }, { ...OWN, runId: '' }],
  ['nobody that is told', false, {}, undefined],
])('a deployment of %s is our own: %s', (_name, own, change, marker) => {
  expect(isOwn({ ...OWN, ...change }, marker)).toBe(own)
})
