import type { CreateDeploymentInput, DeploymentInfo, DeploymentTarget } from '@aws-sdk/client-codedeploy'
import { type AppSpecPlan, buildAppSpec } from '../app-spec/app-spec.ts'
import { CallError } from '../aws/attempts.ts'
import {
  type CodeDeploy,
  continueDeployment,
  getDeployment,
  getDeploymentTarget,
  stopDeployment,
} from '../aws/code-deploy.ts'
import { describeService, type Ecs } from '../aws/ecs.ts'
import type { RollbackEvent } from '../inputs/inputs.ts'
import { type ResolvedService, readTaskSet } from '../service/service.ts'
import { readSnapshot, taskSetsWithoutTarget } from './code-deploy-snapshot.ts'
import type { ReleaseEngine } from './follow.ts'
import type { Snapshot } from './snapshot.ts'
import { findOwn, startDeployment } from './start-deployment.ts'

/** What one release through CodeDeploy is made with. */
export interface CodeDeployRelease {
  service: ResolvedService
  application: string
  deploymentGroup: string
  appSpec: AppSpecPlan
  description: string
  /** Undefined: as the deployment group says. */
  deploymentConfig: string | undefined
  rollbackOn: readonly RollbackEvent[] | undefined
  alarms: readonly string[] | undefined
  /** Told once when the lifecycle events cannot be read; following goes on with less. */
  onTargetDenied(error: CallError): void
}

/** How old the deployment's status may be while its target says that it is still running, in milliseconds. */
const STATUS_MAX_AGE_MS = 30_000

/** CodeDeploy has not made the target yet. Source: API Reference; for how long is not documented. */
const NO_TARGET_YET = new Set(['DeploymentNotStarted', 'DeploymentTargetDoesNotExist'])

/** The release engine that works through AWS CodeDeploy. */
export function codeDeployEngine(aws: CodeDeploy & Ecs, release: CodeDeployRelease): ReleaseEngine {
  const { service } = release
  const targetId = `${service.clusterName}:${service.name}`
  const originalTaskSetId = service.primary.id
  let targetDenied = false

  async function readTarget(deploymentId: string): Promise<DeploymentTarget | undefined> {
    if (targetDenied) return undefined
    try {
      return await getDeploymentTarget(aws, deploymentId, targetId)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (NO_TARGET_YET.has(error.serviceError.code)) return undefined
      if (error.serviceError.kind !== 'denied') throw error
      targetDenied = true
      release.onTargetDenied(error)
      return undefined
    }
  }

  /** Without the target, ECS tells at least which task set serves production. */
  async function withTaskSetsOfEcs(snapshot: Snapshot): Promise<Snapshot> {
    const answer = await describeService(aws, service.clusterName, service.arn)
    const known = (answer.service?.taskSets ?? []).map(readTaskSet)
    const taskSets = taskSetsWithoutTarget(known, snapshot.deploymentId, originalTaskSetId)
    const isPrimary = taskSets.some(({ role, state }) => role === 'replacement' && state === 'primary')
    return { ...snapshot, taskSets, isShifted: snapshot.isShifted || isPrimary }
  }

  return {
    start: (taskDefinitionArn) => startDeployment(aws, createRequest(release, taskDefinitionArn)),
    findStarted: (taskDefinitionArn, sinceMs) => findOwn(aws, createRequest(release, taskDefinitionArn), sinceMs),
    stop: (deploymentId, { rollback }) => stopDeployment(aws, deploymentId, rollback),
    promote: (deploymentId) => continueDeployment(aws, deploymentId),
    observe: async (deploymentId, before) => {
      const target = await readTarget(deploymentId)
      const readAtMs = aws.clock.now()
      if (before !== undefined && target !== undefined && isStillRunning(before, target, readAtMs)) {
        const info: DeploymentInfo = {}
        const seen = readSnapshot({ readAtMs, info, target, originalTaskSetId })
        return { ...before, events: seen.events, isShifted: seen.isShifted, taskSets: seen.taskSets }
      }
      const info = await getDeployment(aws, deploymentId)
      const snapshot = readSnapshot({ readAtMs: aws.clock.now(), info, target, originalTaskSetId })
      return targetDenied ? await withTaskSetsOfEcs(snapshot) : snapshot
    },
  }
}

/** The target says that the deployment runs, and its status is recent enough not to be asked for again. */
function isStillRunning(before: Snapshot, target: DeploymentTarget, nowMs: number): boolean {
  const isFresh = nowMs - before.statusReadAtMs < STATUS_MAX_AGE_MS
  return before.status === 'running' && isFresh && target.ecsTarget?.status === 'InProgress'
}

const ROLLBACK_WORDS = {
  failure: 'DEPLOYMENT_FAILURE',
  alarm: 'DEPLOYMENT_STOP_ON_ALARM',
  stop: 'DEPLOYMENT_STOP_ON_REQUEST',
} as const

function createRequest(release: CodeDeployRelease, taskDefinitionArn: string): CreateDeploymentInput {
  const { rollbackOn, alarms, deploymentConfig } = release
  const { content, sha256 } = buildAppSpec(release.appSpec, taskDefinitionArn)
  return {
    applicationName: release.application,
    deploymentGroupName: release.deploymentGroup,
    description: release.description,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256 } },
    ...(deploymentConfig === undefined ? {} : { deploymentConfigName: deploymentConfig }),
    ...(rollbackOn === undefined
      ? {}
      : {
          autoRollbackConfiguration: {
            enabled: rollbackOn.length > 0,
            events: rollbackOn.map((event) => ROLLBACK_WORDS[event]),
          },
        }),
    ...(alarms === undefined
      ? {}
      : { overrideAlarmConfiguration: { enabled: true, alarms: alarms.map((name) => ({ name })) } }),
  }
}
