import { NO_ROLLBACK, type Rollback } from '../../src/follow/rollback.ts'
import type { Settlement } from '../../src/follow/settlement.ts'
import type { EventStatus, Snapshot } from '../../src/follow/snapshot.ts'
import { ECS_STAGES, type EcsStage } from '../../src/lifecycle/step.ts'
import type { ReleasePlan } from '../../src/plan/plan.ts'
import type { Release } from '../../src/release-state.ts'
import type { DeploymentGroup } from '../../src/service/deployment-group.ts'
import { groupOf, roomOf, serviceOf } from './group-parts.ts'
import { newRelease } from './releases.ts'
import { at, snapshot, T0, taskSets } from './snapshots.ts'

/** Id of the deployment in these releases: the last part of its ARN. */
export const NATIVE_ID = 'NCWGC2ZR-taawPAYrIaU5'

export const NATIVE_ARN = `arn:aws:ecs:us-east-1:123456789012:service-deployment/demo/web/${NATIVE_ID}`

/** The function that these services run at POST_TEST_TRAFFIC_SHIFT, and its ARN. */
export const CHECK = 'check'
export const CHECK_ARN = `arn:aws:lambda:us-east-1:123456789012:function:${CHECK}`

/** How ECS deploys the service: blue/green, a function and a pause after test traffic, five minutes of bake time. */
export function nativeGroup(change: Partial<DeploymentGroup> = {}): DeploymentGroup {
  return groupOf({
    ecs: {
      strategy: 'BLUE_GREEN',
      shift: { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 },
      functions: [{ functionArn: CHECK_ARN, stages: ['POST_TEST_TRAFFIC_SHIFT'], timeoutMs: 3_600_000 }],
      pauses: [{ stages: ['POST_TEST_TRAFFIC_SHIFT'], timeoutMs: 3_600_000, onTimeout: 'ROLLBACK' }],
      productionRule: undefined,
      testRule: undefined,
      targetGroups: [],
      circuitBreaker: { rollsBack: true },
      alarmsRollBack: true,
    },
    application: '',
    name: '',
    holdsAtReady: true,
    readyWaitMs: 3_600_000,
    deploymentConfig: 'BLUE_GREEN',
    alarms: ['web-5xx'],
    ...change,
  })
}

/** A stage and how it is: those before it have passed, those after it are pending, or were never reached. */
export type StageAt = readonly [stage: EcsStage, status: EventStatus]

/** A reading of a native deployment at a stage, each stage a minute long; everything else as `change` says. */
export function nativeSnapshot([stage, status]: StageAt, change: Partial<Snapshot> = {}): Snapshot {
  const stages: EcsStage[] = ECS_STAGES.filter((name) => name !== 'RECONCILE_SERVICE')
  const now = stages.indexOf(stage)
  const isOver = change.status === 'failed' || change.status === 'stopped'
  const events = stages.map((name, index) => {
    const own: EventStatus = index < now ? 'succeeded' : index === now ? status : isOver ? 'skipped' : 'pending'
    const hasBegun = own === 'succeeded' || own === 'running' || own === 'failed'
    return {
      name,
      status: own,
      startedAtMs: hasBegun ? T0 + index * 60_000 : undefined,
      endedAtMs: hasBegun && own !== 'running' ? T0 + (index + 1) * 60_000 : undefined,
      diagnostics: undefined,
    }
  })
  const { endReason } = change
  return {
    ...snapshot('', { ...change, events }),
    deploymentId: NATIVE_ID,
    statusWord: change.statusWord ?? 'IN_PROGRESS',
    taskSets: change.taskSets ?? taskSets(0),
    ...(endReason !== undefined && { endReason }),
  }
}

/** A deployment that ECS has ended at a stage, for the reason that it gives. */
export function endedNatively(place: StageAt, statusReason: string, change: Partial<Snapshot> = {}): Snapshot {
  return nativeSnapshot(place, {
    status: 'failed',
    statusWord: 'ROLLBACK_SUCCESSFUL',
    endReason: 'failure',
    endedAtMs: T0 + 600_000,
    error: { code: 'ROLLBACK_SUCCESSFUL', message: statusReason },
    rollback: { deploymentId: `${NATIVE_ID}/rollback`, message: '' },
    ...change,
  })
}

/** What became of a native rollback, which is known by an id that only this action has. */
export function nativeRollback(status: Rollback['status'], message = ''): Rollback {
  const deploymentId = `${NATIVE_ID}/rollback`
  const back = nativeSnapshot(['POST_TEST_TRAFFIC_SHIFT', 'failed'], {
    status: status === 'failed' ? 'failed' : 'succeeded',
    statusWord: status === 'failed' ? 'ROLLBACK_FAILED' : 'ROLLBACK_SUCCESSFUL',
    createdAtMs: T0 + 600_000,
    endedAtMs: T0 + 640_000,
  })
  return { ...NO_ROLLBACK, status, deploymentId, snapshot: { ...back, deploymentId }, wasDue: true, message }
}

/** Where everything stands after a deployment and its rollback. */
export function settledWith(last: Snapshot, rollback: Rollback = NO_ROLLBACK): Settlement {
  return { snapshot: last, rollback, stop: undefined, notStoppedBecause: undefined, cutShort: undefined }
}

/** A release of web:2 to the service `demo/web`, which ECS deploys. */
export function nativeRelease(change: Partial<Release> = {}): Release {
  const service = serviceOf({ controller: 'ECS' })
  const group = nativeGroup()
  const plan: ReleasePlan = {
    service,
    group,
    deploymentConfig: 'BLUE_GREEN',
    shift: { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 },
    hooks: { POST_TEST_TRAFFIC_SHIFT: CHECK },
    appSpec: { containerName: 'web', containerPort: 8080, hooks: {}, file: undefined, properties: {} },
    definition: { kind: 'use', arn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2' },
    definitionSha256: 'e'.repeat(64),
    differences: [],
    rollbackOn: ['failure', 'stop', 'alarm'],
    alarms: ['web-5xx'],
    budget: { totalMs: 3_600_000, overallMs: undefined, phaseMs: () => 600_000 },
    isUnchanged: false,
    adopted: undefined,
    occupant: undefined,
    room: roomOf({ service, group }),
  }
  return newRelease({
    service,
    group,
    plan,
    taskDefinition: { arn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2', isNew: true },
    deploymentId: NATIVE_ID,
    startedAt: at(0),
    endedAt: at(700),
    ...change,
  })
}

/** A release whose deployment was followed until it ended badly, and was rolled back. */
export function endedRelease(last: Snapshot, change: Partial<Release> = {}): Release {
  return nativeRelease({
    status: 'rolled-back',
    snapshot: last,
    outcome: { kind: 'ended', snapshot: last },
    settlement: settledWith(last, nativeRollback('succeeded')),
    ...change,
  })
}
