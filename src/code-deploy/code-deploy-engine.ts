import type { CreateDeploymentInput } from '@aws-sdk/client-codedeploy'
import { type AppSpecPlan, buildAppSpec } from '../app-spec/app-spec.ts'
import type { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, continueDeployment, stopDeployment } from '../aws/code-deploy.ts'
import type { Ecs } from '../aws/ecs.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import type { ResolvedService } from '../service/service.ts'
import { DeploymentObserver } from './deployment-observer.ts'
import { findOwn, type KnownBefore } from './own-deployment.ts'
import { REFUSALS } from './refusals.ts'
import { startDeployment } from './start-deployment.ts'
import { TargetVisibility } from './target-visibility.ts'
/** What one release through CodeDeploy is made with. */
export interface CodeDeployRelease {
  service: ResolvedService
  application: string
  deploymentGroup: string
  appSpec: AppSpecPlan
  /** Every hook that will run. */
  hooks: Hooks
  description: string
  /** What the group had before the release began. */
  earlier: KnownBefore
  /** Undefined: as the deployment group says. */
  deploymentConfig: string | undefined
  rollbackOn: readonly RollbackEvent[] | undefined
  alarms: readonly string[] | undefined
  /** With alarms of its own: the group's setting, which they would otherwise lose. */
  ignoresAlarmTrouble: boolean
  /** The answer of CreateDeployment was lost: the deployment is looked for. */
  onAnswerLost(error: CallError): void
  /** The lifecycle events cannot be read; following goes on with less. Told again only after they were seen. */
  onTargetLost(error: CallError): void
  /** The lifecycle events can be read again. */
  onTargetSeen(): void
}

/** The release engine that works through AWS CodeDeploy. */
export function codeDeployEngine(aws: CodeDeploy & Ecs, release: CodeDeployRelease): ReleaseEngine {
  const visibility = new TargetVisibility(release.onTargetLost, release.onTargetSeen)
  const observer = new DeploymentObserver(aws, release.service, release.hooks, visibility)
  return {
    start: (taskDefinitionArn) =>
      startDeployment(aws, createRequest(release, taskDefinitionArn), release.earlier, release.onAnswerLost),
    findStarted: async (taskDefinitionArn) => {
      const { own, trouble } = await findOwn(aws, createRequest(release, taskDefinitionArn), release.earlier, undefined)
      if (own === undefined && trouble !== undefined) throw trouble
      return own
    },
    stop: (deploymentId, { rollback }) => stopDeployment(aws, deploymentId, rollback),
    promote: (deploymentId) => continueDeployment(aws, deploymentId),
    endTerminationWait: (deploymentId) => continueDeployment(aws, deploymentId, 'TERMINATION_WAIT'),
    ...REFUSALS,
    observe: (deploymentId, before, statusOnly) => observer.observe(deploymentId, before, statusOnly),
  }
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
      : {
          overrideAlarmConfiguration: {
            enabled: alarms.length > 0,
            alarms: alarms.map((name) => ({ name })),
            ...(release.ignoresAlarmTrouble && alarms.length > 0 ? { ignorePollAlarmFailure: true } : {}),
          },
        }),
  }
}
