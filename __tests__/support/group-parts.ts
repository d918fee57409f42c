import type { DeploymentInfo, DeploymentTarget, TargetStatus } from '@aws-sdk/client-codedeploy'
import type { CodeDeploy } from '../../src/aws/code-deploy.ts'
import type { Occupant } from '../../src/group/occupant.ts'
import type { WaitTerms } from '../../src/group/wait-terms.ts'
import type { DeploymentGroup } from '../../src/service/deployment-group.ts'
import type { ResolvedService } from '../../src/service/service.ts'
import { type Marker, ownMarker } from '../../src/workflow-run/marker.ts'
import { runNumber } from './others.ts'
import { at, EVENT_NAMES, snapshot, T0 } from './snapshots.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Run 42 of `release.yml`, its second attempt. */
export const OWN: Marker = ownMarker(runNumber(42, 2).run, 'release')

export const REVISION = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'

/** Service `demo/web`, whose production a deployment has made. */
export function serviceOf(change: Partial<ResolvedService> = {}): ResolvedService {
  const primary = { id: 'ecs-svc/1', taskDefinitionArn: REVISION, deploymentId: 'd-MAKER0001', properties: {} }
  const counts = { running: 2, pending: 0, desired: 2 }
  return {
    controller: 'CODE_DEPLOY',
    arn: 'arn:aws:ecs:us-east-1:123456789012:service/demo/web',
    partition: 'aws',
    region: 'us-east-1',
    account: '123456789012',
    name: 'web',
    clusterName: 'demo',
    desiredCount: 2,
    tags: {},
    container: { name: 'web', port: 8080 },
    otherContainers: [],
    primary,
    taskSets: [{ ...primary, ...counts, status: 'PRIMARY' }],
    events: [],
    ...change,
  }
}

export function groupOf(change: Partial<DeploymentGroup> = {}): DeploymentGroup {
  return {
    application: 'AppECS-demo-web',
    name: 'DgpECS-demo-web',
    deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
    hasTestListener: true,
    testListener: undefined,
    targetGroups: [],
    holdsAtReady: false,
    readyWaitMs: 0,
    terminationWaitMs: 300_000,
    rollbackOn: ['failure'],
    alarms: [],
    isBehindNetwork: false,
    ignoresAlarmTrouble: false,
    lastDeployment: undefined,
    ...change,
  }
}

/** A release of run 42 that began to wait at the start, for ten minutes at most. */
export function roomOf(change: Partial<WaitTerms> = {}): WaitTerms {
  return {
    service: serviceOf(),
    group: groupOf(),
    policy: 'wait',
    onlySamePullRequest: false,
    run: OWN,
    since: at(0),
    patienceMs: 600_000,
    ...change,
  }
}

/** A deployment that somebody has made by hand at the start; it is being installed. */
export function occupantOf(change: Partial<Occupant> = {}): Occupant {
  return {
    id: 'd-OTHER0001',
    stage: 'unshifted',
    snapshot: snapshot('SRPPPPPP', { deploymentId: 'd-OTHER0001' }),
    creator: 'user',
    description: '',
    marker: undefined,
    appSpecSha256: undefined,
    rollbackOf: undefined,
    heldUntilMs: undefined,
    freeAtMs: undefined,
    ...change,
  }
}

/** An error as the SDK throws it. */
export class ServiceFailure extends Error {
  readonly $metadata = { httpStatusCode: 400 }

  constructor(name: string) {
    super(name)
    this.name = name
  }
}

/** The answers of a CodeDeploy that is written by hand, by operation; an operation without one is denied. */
export type HandAnswers = Record<string, (input: Record<string, unknown>) => object>

export interface HandCodeDeploy extends CodeDeploy {
  /** The operations that were asked for, in order. */
  asked: string[]
}

export function handCodeDeploy(clock: VirtualClock, answers: HandAnswers): HandCodeDeploy {
  const asked: string[] = []
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const operation = command.constructor.name.replace(/Command$/, '')
    asked.push(operation)
    const answer = answers[operation]
    if (answer === undefined) throw new ServiceFailure('AccessDeniedException')
    return answer(command.input)
  }
  return { asked, codeDeploy: { send } as never, clock, random: () => 0.5, maxAttempts: 1 }
}

/** Deployments by their ids, as GetDeployment answers; any other does not exist. */
export function deployments(infos: Record<string, DeploymentInfo>): HandAnswers['GetDeployment'] & {} {
  return ({ deploymentId }) => {
    const info = infos[String(deploymentId)]
    if (info === undefined) throw new ServiceFailure('DeploymentDoesNotExistException')
    return { deploymentInfo: { createTime: new Date(T0), ...info } }
  }
}

const STATUSES: Record<string, string> = { S: 'Succeeded', R: 'InProgress', P: 'Pending', F: 'Failed', K: 'Skipped' }

/** A target whose events are told by letters; each begins a second after the one before. */
export function targetOf(letters: string, status: TargetStatus = 'InProgress', percent = 0): DeploymentTarget {
  const lifecycleEvents = [...letters].map((letter, index) => ({
    lifecycleEventName: EVENT_NAMES[index],
    status: STATUSES[letter] as never,
    startTime: new Date(T0 + index * 1000),
    endTime: letter === 'S' ? new Date(T0 + (index + 1) * 1000) : undefined,
  }))
  const taskSetsInfo = [
    { identifer: 'ecs-svc/1', status: 'PRIMARY', trafficWeight: 100 - percent, taskSetLabel: 'Blue' as const },
    { identifer: 'ecs-svc/2', status: 'ACTIVE', trafficWeight: percent, taskSetLabel: 'Green' as const },
  ]
  return { deploymentTargetType: 'ECSTarget', ecsTarget: { lifecycleEvents, status, taskSetsInfo } }
}
