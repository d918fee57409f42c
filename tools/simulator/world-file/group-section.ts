import type { ApplicationSeed, GroupSeed, RollbackEvent } from '../scenario.ts'
import type { Section } from './section.ts'
import { CODE_DEPLOY_NAME, ECS_NAME } from './words.ts'

/** A deployment group as it was read, and where. */
export interface GroupDraft {
  section: Section
  application: string
  seed: GroupSeed
  /** The service that it names was deleted. */
  isServiceGone?: boolean
}

/** An application as it was read, and where. */
export interface ApplicationDraft {
  section: Section
  name: string
  computePlatform: ApplicationSeed['computePlatform']
  groups: GroupDraft[]
}

/** All of them, which is what a group rolls back on unless it says otherwise. */
const ROLLBACK_EVENTS: RollbackEvent[] = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST',
]

/** Source: CodeDeploy User Guide, "CodeDeploy limits": waits are at most two days. */
const MAX_WAIT_MINUTES = 2880

/** Reads `group` of a service. Default names are those that the Amazon ECS console gives. */
export function readOwnGroup(section: Section, cluster: string, service: string): GroupDraft {
  const application = section.text('application', CODE_DEPLOY_NAME) ?? `AppECS-${cluster}-${service}`
  const seed = readSettings(section, cluster, service)
  section.done()
  return { section, application, seed }
}

/** Reads an entry of `applications`. */
export function readApplication(section: Section, defaultCluster: string): ApplicationDraft {
  const name = section.text('name', { ...CODE_DEPLOY_NAME, required: true }) ?? ''
  const computePlatform = section.choice('compute-platform', ['ECS', 'Lambda', 'Server']) ?? 'ECS'
  const groups = (section.sections('groups') ?? []).map((group) => {
    const cluster = group.text('cluster', ECS_NAME) ?? defaultCluster
    const service = group.text('service', { ...ECS_NAME, required: true }) ?? ''
    const isServiceGone = group.flag('service-gone') ?? false
    const seed = readSettings(group, cluster, service)
    group.done()
    return { section: group, application: name, seed, isServiceGone }
  })
  section.done()
  return { section, name, computePlatform, groups }
}

function readSettings(section: Section, cluster: string, service: string): GroupSeed {
  const ready = section.section('ready')
  const seed: GroupSeed = {
    name: section.text('name', CODE_DEPLOY_NAME) ?? `DgpECS-${cluster}-${service}`,
    cluster,
    service,
    deploymentConfig: section.text('deployment-config') ?? 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    testListener: section.flag('test-listener') ?? true,
    ready: {
      action: ready?.choice('action', ['CONTINUE_DEPLOYMENT', 'STOP_DEPLOYMENT']) ?? 'CONTINUE_DEPLOYMENT',
      waitMinutes: ready?.wholeNumber('wait-minutes', 0, MAX_WAIT_MINUTES) ?? 0,
    },
    terminationWaitMinutes: section.wholeNumber('termination-wait-minutes', 0, MAX_WAIT_MINUTES) ?? 5,
    rollbackOn: section.choices('rollback-on', ROLLBACK_EVENTS) ?? ROLLBACK_EVENTS,
    alarms: section.texts('alarms') ?? [`${service}-5xx`],
    ...(section.flag('ignore-poll-alarm-failure') === true && { ignoresAlarmTrouble: true }),
  }
  ready?.done()
  refuseUnmakeable(section, ready, seed)
  return seed
}

/** What CreateDeploymentGroup refuses for ECS. Sources: hashicorp/terraform-provider-aws#23995 and #9653 (observed). */
function refuseUnmakeable(section: Section, ready: Section | undefined, seed: GroupSeed): void {
  if (section.choice('original-task-set', ['TERMINATE', 'KEEP_ALIVE']) === 'KEEP_ALIVE') {
    section.wrong('original-task-set', 'AWS makes no group for ECS with KEEP_ALIVE; the original is always terminated.')
  }
  if (seed.ready.action === 'CONTINUE_DEPLOYMENT' && seed.ready.waitMinutes > 0) {
    ready?.wrong(
      'wait-minutes',
      "AWS makes no group with a wait and CONTINUE_DEPLOYMENT; only 'STOP_DEPLOYMENT' waits.",
    )
  }
}
