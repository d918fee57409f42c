import { shortName } from '../aws/arn.ts'
import { serviceUrl } from '../aws/console-links.ts'
import type { DeploymentPlace, EngineWords, IdWords, Ways } from '../lifecycle/engine-words.ts'
import { ECS_STAGES, stepOf } from '../lifecycle/step.ts'
import { ECS_FAULTS } from './fault-words.ts'

const ROLLBACK_PART = /\/rollback$/

/** A rollback is a part of its deployment, so that it is known by an id of ours that nobody else has. */
const IDS: IdWords = {
  shown: (id) => shortName(id.replace(ROLLBACK_PART, '')),
  whole: (id) => id.replace(ROLLBACK_PART, ''),
  ofRollback: () => undefined,
}

const WAYS: Ways = {
  deploymentUrl: (_, place) => deploymentsOf(place),
  deploymentsUrl: deploymentsOf,
  look: (id, place) =>
    `aws ecs describe-service-deployments --service-deployment-arns ${arnOf(id, place)}${inRegion(place)}`,
  list: ({ service, region }) =>
    service &&
    `aws ecs list-service-deployments --cluster ${service.clusterName} --service ${service.name}${inRegion({ region })}`,
  stop: (id, place) =>
    `aws ecs stop-service-deployment --service-deployment-arn ${arnOf(id, place)} --stop-type ROLLBACK${inRegion(place)}`,
  goOn: (id, place) =>
    `aws ecs continue-service-deployment --service-deployment-arn ${arnOf(id, place)} --hook-id HOOK --action CONTINUE${inRegion(place)}`,
  unknownId: { slot: 'ARN', meaning: 'its ARN' },
  knownBy: 'it is for the revision that this run deploys',
}

/** The words of releases of services that ECS itself deploys. */
export const ECS_WORDS: EngineWords = {
  service: 'ECS',
  event: 'lifecycle stage',
  nameOf: (step) => ECS_STAGES.find((stage) => stepOf(stage) === step) ?? step,
  hookEvents: ECS_STAGES,
  original: 'the original',
  replacement: 'the replacement',
  bothSides: 'both revisions',
  primary: 'the PRIMARY deployment',
  heldAt: (event = 'a PAUSE hook') => event,
  terminationWait: 'bake time',
  isInTerminationWait: 'the original is kept until the bake time is over',
  busyPart: 'service',
  placeName: ({ service }) => `service '${service?.clusterName}/${service?.name}'`,
  placeOf: (serviceLabel) => serviceLabel,
  settingsLabel: () => 'Deployments by ECS',
  settingsTitle: 'Deployments by ECS',
  startWrite: (what, { service }) => `Deploy ${what} to ${service?.clusterName}/${service?.name} (UpdateService)`,
  hasAppSpec: false,
  startCall: 'UpdateService',
  stopCall: 'StopServiceDeployment',
  lookingForStarted: 'Looking whether the service has a deployment of this revision.',
  waitingFor: {
    provisioning: 'the replacement to become healthy (SCALE_UP)',
    ready: 'somebody to continue the deployment (a PAUSE hook)',
    shift: 'production traffic to shift (PRODUCTION_TRAFFIC_SHIFT)',
    between: 'the next lifecycle stage',
    unseen: 'the deployment, whose lifecycle stages cannot be seen',
    termination: 'the bake time to be over and the original to be terminated',
    rollback: 'the rollback to show in ECS',
  },
  until: {
    completion: 'the bake time is over and the original is terminated',
    'test-traffic': 'the replacement serves the test listener and the deployment waits at a PAUSE hook',
    'production-traffic': 'production traffic is shifted and every hook is done',
  },
  overdueHook: {
    waitingFor: () => undefined,
    sentence: (hookFunction, event) =>
      `Hook ${hookFunction} at ${event} has taken 15 min. Lambda runs no function for longer, so it answers IN_PROGRESS and is called again; ECS waits until it answers SUCCEEDED or FAILED, or the time that the service gives it is over.`,
  },
  aboutTimes:
    'ECS tells only the stage that it is in: times are when this step saw it change, and a stage that passed between two looks is not seen.',
  rollbackSettings: 'alarms and circuit breaker of the service',
  whileInAlarm: 'ECS does not watch it for the next deployment',
  withoutAlarms: '',
  ids: IDS,
  ways: WAYS,
  faults: ECS_FAULTS,
  outputs: () => ({}),
}

/** The console shows the deployments of a service on a page of the service. */
function deploymentsOf({ service }: DeploymentPlace): string | undefined {
  return service && serviceUrl(service.partition, service.region, service.clusterName, service.name)
}

/** The ARN of a service deployment, also by its last part. Source: Service Authorization Reference, ECS. */
function arnOf(id: string, { service }: DeploymentPlace): string {
  const whole = IDS.whole(id)
  if (whole.includes(':') || service === undefined || whole === WAYS.unknownId.slot) return whole
  const { partition, region, account, clusterName, name } = service
  return `arn:${partition}:ecs:${region}:${account}:service-deployment/${clusterName}/${name}/${whole}`
}

function inRegion({ region }: Pick<DeploymentPlace, 'region'>): string {
  return ` --region ${region}`
}
