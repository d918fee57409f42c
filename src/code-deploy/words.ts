import { deploymentsUrl, deploymentUrl } from '../aws/console-links.ts'
import { LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { DeploymentPlace, EngineWords, Ways } from '../lifecycle/engine-words.ts'
import type { LifecycleStep } from '../lifecycle/step.ts'
import { clockTime } from '../text/words.ts'
import { CODE_DEPLOY_FAULTS } from './fault-words.ts'

/** Outputs that only releases through CodeDeploy have. */
export const CODE_DEPLOY_OUTPUTS = ['codedeploy-deployment-id'] as const

const EVENTS: Readonly<Record<LifecycleStep, string>> = {
  reconcile: 'BeforeInstall',
  'before-scale-up': 'BeforeInstall',
  'scale-up': 'Install',
  'after-scale-up': 'AfterInstall',
  'test-shift': 'AllowTestTraffic',
  'after-test-shift': 'AfterAllowTestTraffic',
  'before-shift': 'BeforeAllowTraffic',
  shift: 'AllowTraffic',
  'after-shift': 'AfterAllowTraffic',
  bake: 'the termination wait',
  'clean-up': 'the termination wait',
}

/** CodeDeploy's own limit for a hook, in milliseconds. Source: CodeDeploy User Guide, "Troubleshoot Amazon ECS deployments". */
const HOOK_LIMIT_MS = 3_600_000

const WAYS: Ways = {
  deploymentUrl: (deploymentId, { service }) =>
    service && deploymentUrl(service.partition, service.region, deploymentId),
  deploymentsUrl: ({ service }) => service && deploymentsUrl(service.partition, service.region),
  look: (deploymentId, { region }) => `aws deploy get-deployment --deployment-id ${deploymentId} --region ${region}`,
  list: ({ group, region }) =>
    group &&
    `aws deploy list-deployments --application-name ${group.application} --deployment-group-name ${group.name} --region ${region}`,
  stop: (deploymentId, { region }) =>
    `aws deploy stop-deployment --deployment-id ${deploymentId} --auto-rollback-enabled --region ${region}`,
  goOn: () => undefined,
  unknownId: { slot: 'ID', meaning: 'its id' },
  knownBy: 'its description names this run',
}

/** The words of releases through CodeDeploy. */
export const CODE_DEPLOY_WORDS: EngineWords = {
  service: 'CodeDeploy',
  event: 'lifecycle event',
  nameOf: (step) => EVENTS[step],
  hookEvents: LIFECYCLE_HOOKS,
  original: 'the original task set',
  replacement: 'the replacement task set',
  bothSides: 'both task sets',
  primary: 'the PRIMARY task set',
  heldAt: () => 'Ready',
  terminationWait: 'termination wait',
  isInTerminationWait: 'the original waits for its termination',
  busyPart: 'deployment group',
  placeName: ({ group }) => `deployment group '${group?.name}'`,
  placeOf: (serviceLabel) => `the deployment group of ${serviceLabel}`,
  settingsLabel: ({ group }) => `Deployment group ${groupLabel(group)}`,
  settingsTitle: 'Deployment group',
  startWrite: (what, { group }) => `Create a deployment of ${what} in ${groupLabel(group)}`,
  hasAppSpec: true,
  startCall: 'CreateDeployment',
  stopCall: 'StopDeployment',
  lookingForStarted: "Looking whether the deployment is there; it has this run's name in its description.",
  waitingFor: {
    provisioning: 'the replacement task set to become healthy (Install)',
    ready: 'somebody to continue the deployment (Ready)',
    shift: 'production traffic to shift (AllowTraffic)',
    between: 'the next lifecycle event',
    unseen: 'the deployment, whose lifecycle events cannot be seen',
    termination: 'the original task set to be terminated',
    rollback: 'the rollback to show in CodeDeploy',
  },
  until: {
    completion: 'the original task set is terminated',
    'test-traffic': 'the replacement serves the test listener and the deployment waits at Ready',
    'production-traffic': 'production traffic is shifted and every lifecycle event is done',
  },
  overdueHook: {
    waitingFor: (hookFunction, event) =>
      `CodeDeploy to give up hook ${hookFunction} (${event}), whose function cannot be running any more`,
    sentence: (hookFunction, event, calledAtMs) => {
      const until = calledAtMs === undefined ? 'for an hour' : `until ${clockTime(calledAtMs + HOOK_LIMIT_MS)}`
      return `Warning: Hook ${hookFunction} was called at ${event} 15 min ago and has not reported. Lambda runs no function for longer, so it cannot be running any more; unless something else reports for it, CodeDeploy waits ${until} and then fails the deployment.`
    },
  },
  aboutTimes: '',
  rollbackSettings: 'deployment group, rollback-on',
  whileInAlarm: 'CodeDeploy stops the next deployment too',
  withoutAlarms: ', for which AWS also asks for codedeploy:UpdateDeploymentGroup',
  ids: { shown: (id) => id, whole: (id) => id, ofRollback: (id) => id },
  ways: WAYS,
  faults: CODE_DEPLOY_FAULTS,
  outputs: (deploymentId) => ({ [CODE_DEPLOY_OUTPUTS[0]]: deploymentId }),
}

function groupLabel(group: DeploymentPlace['group']): string {
  return `${group?.application} / ${group?.name}`
}
