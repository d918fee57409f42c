import { buildMarker } from '../../src/workflow-run/marker.ts'
import type { World } from '../../src/world.ts'
import { ServiceFailure } from './group-parts.ts'
import {
  appSpecOf,
  type HandAws,
  handAws,
  revision,
  SECONDS_0,
  type WireAnswers,
  wireDefinition,
  wireService,
} from './hand-aws.ts'
import { runNumber } from './others.ts'
import { EVENT_NAMES } from './snapshots.ts'

export const OURS = 'd-OURS00001'
export const BACK = 'd-BACK00001'

/** How a deployment is from a second of the test on. */
export interface Stretch {
  from: number
  /** In CodeDeploy's word; by default `InProgress`. */
  status?: string
  /** S done, R running, P still to come, F failed, K skipped. */
  letters: string
  /** Of production on the replacement. */
  percent?: number
}

export interface HandDeployment {
  course: Stretch[]
  /** Who made it; by default this very run. */
  description?: string
  /** What becomes of the rollback that follows an end without success, and how long it takes; by default it succeeds. */
  rollback?: 'Succeeded' | 'Failed' | 'none'
  info?: Record<string, unknown>
  group?: Record<string, unknown>
  image?: string
  answers?: WireAnswers
  world?: Partial<World>
}

const STOP_TAKES = 5
const ROLLBACK_TAKES = 10

/** What marks a deployment as made by run 42, for this operation. */
export function markerOf(run = 42, operation = 'release'): string {
  return buildMarker(runNumber(run).run, operation)
}

/** An AWS in which a deployment of `web:2` takes its course; it can be stopped, and continued at `Ready`. */
export function awsWithDeployment({
  course,
  description = markerOf(),
  rollback = 'Succeeded',
  info = {},
  group = {},
  image = 'web:2',
  answers = {},
  world = {},
}: HandDeployment): HandAws {
  let stoppedAt = Number.POSITIVE_INFINITY
  let stretches = course
  const second = () => aws.clock.now() / 1000 - SECONDS_0
  const courseNow = () => stretches.findLast(({ from }) => from <= second()) ?? stretches[0]
  const now = (): Required<Stretch> => {
    const { from = 0, letters = '', status = 'InProgress', percent = 0 } = courseNow() ?? {}
    const isStopped = second() >= stoppedAt + STOP_TAKES && !isOver(status)
    if (!isStopped) return { from, letters, status, percent }
    const ended = letters.replace(/[RP]/, 'F').replaceAll(/[RP]/g, 'K')
    return { from: stoppedAt + STOP_TAKES, letters: ended, status: 'Stopped', percent: 0 }
  }
  const isBadEnd = ({ status }: Stretch) => status === 'Stopped' || status === 'Failed'
  const infoOf = (id: unknown) => {
    const { from, status } = now()
    const common = { applicationName: 'AppECS-demo-web', deploymentGroupName: 'DgpECS-demo-web' }
    const revisionOf = { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'two' } }
    const begun = { deploymentId: id, createTime: SECONDS_0, startTime: SECONDS_0, ...common }
    if (id === 'd-MAKER0001') return { ...begun, status: 'Succeeded', createTime: SECONDS_0 - 3600 }
    if (id === OURS) {
      const error = { code: status === 'Stopped' ? 'MANUAL_STOP' : 'HEALTH_CONSTRAINTS', message: 'said by hand' }
      const isBad = isBadEnd(now())
      return {
        ...begun,
        status,
        description,
        revision: revisionOf,
        ...(isOver(status) && { completeTime: SECONDS_0 + from }),
        ...(isBad && { errorInformation: error }),
        ...(isBad && rollback !== 'none' && { rollbackInfo: { rollbackDeploymentId: BACK } }),
        ...info,
      }
    }
    if (id !== BACK || !isBadEnd(now())) throw new ServiceFailure('DeploymentDoesNotExistException')
    const isDone = second() >= from + ROLLBACK_TAKES
    return {
      ...begun,
      status: isDone ? rollback : 'InProgress',
      creator: 'codeDeployRollback',
      ...(isDone && { completeTime: SECONDS_0 + from + ROLLBACK_TAKES }),
      rollbackInfo: { rollbackTriggeringDeploymentId: OURS },
    }
  }
  const targetOf = (id: unknown) => {
    if (id !== OURS) throw new ServiceFailure('DeploymentTargetDoesNotExistException')
    const { letters, percent } = now()
    return { deploymentTargetType: 'ECSTarget', ecsTarget: wireTarget(letters, percent) }
  }
  const aws = handAws(
    {
      definitions: {
        'web:1': wireDefinition(1),
        'web:2': wireDefinition(2, {
          containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: 8080 }] }],
        }),
      },
      appSpecs: { two: appSpecOf(revision(2)) },
      group: { ...GROUP, lastAttemptedDeployment: { deploymentId: OURS, createTime: SECONDS_0 }, ...group },
    },
    {
      answers: {
        DescribeServices: () => ({ services: [serviceWith(now())] }),
        ListDeployments: () => ({ deployments: isOver(now().status) ? [] : [OURS] }),
        GetDeployment: ({ deploymentId }) => ({ deploymentInfo: infoOf(deploymentId) }),
        GetDeploymentTarget: ({ deploymentId }) => ({ deploymentTarget: targetOf(deploymentId) }),
        StopDeployment: () => {
          stoppedAt = Math.min(stoppedAt, second())
          return { status: 'Pending' }
        },
        ContinueDeployment: () => {
          if (now().status !== 'Ready') throw new ServiceFailure('DeploymentIsNotInReadyStateException')
          stretches = shiftFrom(second())
          return {}
        },
        ...answers,
      },
      world,
    },
  )
  return aws
}

/** Production is shifted ten seconds from this second on. */
export function shiftFrom(second: number): Stretch[] {
  return [
    { from: second, letters: 'SSSSSSRP' },
    { from: second + 10, letters: 'SSSSSSSR', percent: 100 },
    { from: second + 12, letters: 'SSSSSSSS', percent: 100, status: 'Succeeded' },
  ]
}

const GROUP = {
  applicationName: 'AppECS-demo-web',
  deploymentGroupName: 'DgpECS-demo-web',
  computePlatform: 'ECS',
  deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
  ecsServices: [{ clusterName: 'demo', serviceName: 'web' }],
  autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
}

/** Of a group whose deployments wait at `Ready` to be continued, for an hour. */
export const HELD = {
  blueGreenDeploymentConfiguration: {
    deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 60 },
  },
}

function isOver(status: string): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped'
}

const WORDS: Record<string, string> = { S: 'Succeeded', R: 'InProgress', P: 'Pending', F: 'Failed', K: 'Skipped' }

function wireTarget(letters: string, percent: number) {
  const lifecycleEvents = [...letters].map((letter, index) => ({
    lifecycleEventName: EVENT_NAMES[index],
    status: WORDS[letter],
    ...(/[SRF]/.test(letter) && { startTime: SECONDS_0 + index }),
    ...(/[SF]/.test(letter) && { endTime: SECONDS_0 + index + 1 }),
  }))
  const status = letters.includes('F') ? 'Failed' : /[RP]/.test(letters) ? 'InProgress' : 'Succeeded'
  const taskSetsInfo = [
    { identifer: 'ecs-svc/1', status: 'PRIMARY', trafficWeight: 100 - percent, taskSetLabel: 'Blue' },
    { identifer: 'ecs-svc/2', status: 'ACTIVE', trafficWeight: percent, taskSetLabel: 'Green' },
  ]
  return { lifecycleEvents, status, taskSetsInfo }
}

function serviceWith({ status, percent }: Required<Stretch>) {
  const [original] = wireService().taskSets
  const replacement = { ...original, id: 'ecs-svc/2', taskDefinition: revision(2), externalId: OURS }
  if (status === 'Stopped' || status === 'Failed') return wireService()
  const hasMoved = percent === 100
  return wireService({
    taskSets: [
      { ...original, status: hasMoved ? 'ACTIVE' : 'PRIMARY' },
      { ...replacement, status: hasMoved ? 'PRIMARY' : 'ACTIVE' },
    ],
  })
}
