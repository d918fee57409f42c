import { functionName } from '../aws/arn.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList } from '../text/words.ts'
import {
  BOUNDS,
  bakeMinutes,
  type CodeDeployService,
  HOOK_MINUTES,
  otherContainers,
  pauseMinutes,
} from './native-equivalent.ts'
import { serviceMembers } from './service-members.ts'

/** Something to know before a service leaves CodeDeploy. */
export interface MoveNote {
  /** `prepare`: has to be done before; `missing`: ECS has no such thing; `differs`: it goes another way. */
  kind: 'prepare' | 'missing' | 'differs'
  sentence: string
}

const MINUTE_MS = 60_000

/**
 * What CloudFormation takes for the waits of a linear or canary deployment together. Source: Template Reference,
 * LinearConfiguration and CanaryConfiguration, for bake time and steps; that a pause counts too is observed.
 */
const CLOUD_FORMATION_MINUTES = 33 * 60

/** Names in sentences, so that a note stays one. */
const MAX_NAME_LENGTH = 100

/**
 * What has to be done before, what has no equivalent and what behaves otherwise; of all that, what this service has.
 * Sources: ECS Developer Guide, "Migrate CodeDeploy blue/green deployments", "Lambda hooks", "Pause hooks", "CloudWatch
 * alarms", "Troubleshooting blue/green deployments"; ECS API Reference, DeploymentConfiguration.
 */
export function moveNotes(moving: CodeDeployService): MoveNote[] {
  return [
    ...roleNotes(moving),
    ...loadBalancerNotes(moving),
    ...hookNotes(moving),
    ...shiftNotes(moving),
    ...readyNotes(moving),
    ...terminationNotes(moving),
    ...rollbackNotes(moving),
    ...alarmNotes(moving),
    ...generalNotes(moving),
  ]
}

function prepare(sentence: string): MoveNote {
  return { kind: 'prepare', sentence }
}

function missing(sentence: string): MoveNote {
  return { kind: 'missing', sentence }
}

function differs(sentence: string): MoveNote {
  return { kind: 'differs', sentence }
}

function roleNotes({ hooks }: CodeDeployService): MoveNote[] {
  const invokes =
    Object.keys(hooks).length === 0 ? '' : ' Another role that ECS may assume has lambda:InvokeFunction for the hooks.'
  return [
    prepare(
      `A role that ECS may assume moves the listener rules, with the policy AmazonECSInfrastructureRolePolicyForLoadBalancers.${invokes}`,
    ),
  ]
}

function loadBalancerNotes({ service, group, appSpec }: CodeDeployService): MoveNote[] {
  const others = otherContainers({ service, appSpec })
  const { unread } = serviceMembers(appSpec.properties)
  return [
    group.isBehindNetwork
      ? differs('Behind a network load balancer each traffic stage takes about ten minutes more.')
      : prepare(
          group.hasTestListener
            ? 'Both target groups have to be in the production rule, or one in it and the other in the test rule; in the production rule exactly one may have weight.'
            : 'The production rule has to have both target groups, the one that serves with weight 1 and the other with weight 0.',
        ),
    ...(others.length === 0
      ? []
      : [
          prepare(
            `CodeDeploy moves one load balancer, ECS all or none: ${containerList(others)} ${others.length === 1 ? 'needs' : 'need'} a second target group and a rule too.`,
          ),
        ]),
    ...(unread.length === 0
      ? []
      : [
          prepare(
            `${andList(unread.map((name) => inSentence(name, MAX_NAME_LENGTH)))} of the AppSpec could not be read as the service has it, and is not in the input.`,
          ),
        ]),
  ]
}

function containerList(containers: readonly { name: string; port: number }[]): string {
  return andList(containers.map(({ name, port }) => `${inSentence(name, MAX_NAME_LENGTH)}:${port}`))
}

function hookNotes({ hooks, shift, rollbackOn }: CodeDeployService): MoveNote[] {
  const names = [...new Set(Object.values(hooks).map((one) => inSentence(functionName(one), MAX_NAME_LENGTH)))]
  if (names.length === 0) return []
  const steps = shift.kind === 'canary' ? 2 : Math.ceil(100 / shift.stepPercent)
  return [
    prepare(
      `ECS takes what a hook returns, {"hookStatus": "SUCCEEDED"} or "FAILED", and knows nothing of PutLifecycleEventHookExecutionStatus: ${andList(names)} would fail every deployment until rewritten.`,
    ),
    missing('Hooks of one deployment: they belong to the service, and run in every deployment of it.'),
    differs(
      `ECS gives a hook a day unless told otherwise; the ${HOOK_MINUTES} min of CodeDeploy are in the input. One that may not be invoked, or raises an error, fails the deployment at once.`,
    ),
    ...(hooks.BeforeAllowTraffic !== undefined && isStepped(shift)
      ? [differs(`The hook of BeforeAllowTraffic runs before each of the ${steps} steps of the shift, not once.`)]
      : []),
    ...(rollbackOn.includes('failure')
      ? []
      : [missing('A hook that fails without a rollback: ECS always rolls back when one fails.')]),
  ]
}

function shiftNotes({ shift: { kind, stepPercent, stepMs } }: CodeDeployService): MoveNote[] {
  const minutes = stepMs / MINUTE_MS
  return [
    ...(kind === 'unknown'
      ? [prepare('The deployment configuration could not be read: strategy and steps are yours to put in.')]
      : []),
    ...(minutes > BOUNDS.stepMinutes[1]
      ? [missing(`${minutes} min between steps: ECS waits ${BOUNDS.stepMinutes[1]} min at most.`)]
      : []),
    ...(kind === 'linear' && stepPercent < BOUNDS.linearPercent[0]
      ? [missing(`Steps of ${stepPercent} %: ECS takes ${BOUNDS.linearPercent[0]} % at least.`)]
      : []),
  ]
}

function readyNotes({ group, shift }: CodeDeployService): MoveNote[] {
  const { holdsAtReady, readyWaitMs, hasTestListener } = group
  if (!holdsAtReady && readyWaitMs === 0) return []
  const minutes = pauseMinutes(group)
  const stage = hasTestListener ? 'POST_TEST_TRAFFIC_SHIFT' : 'POST_SCALE_UP'
  return [
    holdsAtReady
      ? differs(
          `Nobody continues within ${minutes} min: CodeDeploy stops and leaves the replacement running, the pause at ${stage} rolls back. It can also be answered with a rollback.`,
        )
      : differs(`The pause at ${stage} lasts ${minutes} min unless somebody continues it, and then goes on by itself.`),
    ...(holdsAtReady && readyWaitMs < BOUNDS.pauseMinutes[0] * MINUTE_MS
      ? [missing('A wait of no time: a pause has at least 1 min.')]
      : []),
    ...(isStepped(shift)
      ? [differs('A pause at PRE_PRODUCTION_TRAFFIC_SHIFT would come before each step; this one comes once.')]
      : []),
  ]
}

function terminationNotes({ group }: CodeDeployService): MoveNote[] {
  const { terminationWaitMs } = group
  const minutes = bakeMinutes(group)
  const most = BOUNDS.bakeMinutes[1]
  if (terminationWaitMs === 0) return []
  return [
    ...(terminationWaitMs === undefined
      ? [
          missing(
            `Keeping the original for good: ECS keeps it ${most} min at most, and the deployment goes on until then.`,
          ),
        ]
      : []),
    ...(terminationWaitMs !== undefined && terminationWaitMs > most * MINUTE_MS
      ? [missing(`A termination wait of ${terminationWaitMs / MINUTE_MS} min: the bake time has ${most} min at most.`)]
      : []),
    missing(`Ending the termination wait early: nothing ends the bake time of ${minutes} min but a rollback.`),
  ]
}

function rollbackNotes({ rollbackOn }: CodeDeployService): MoveNote[] {
  return [
    ...(rollbackOn.includes('stop')
      ? []
      : [missing('A stop without rollback: what ECS documents of StopServiceDeployment rolls back.')]),
    ...(rollbackOn.includes('failure')
      ? []
      : [
          differs(
            'A replacement that never gets healthy ends the deployment without a rollback, as the input says it.',
          ),
        ]),
    differs(
      'CodeDeploy gives a replacement an hour to get healthy. ECS gives it a day, or ends it by the circuit breaker of the input, which is documented for rolling updates only and observed to work for these.',
    ),
  ]
}

function alarmNotes({ group, alarms, rollbackOn }: CodeDeployService): MoveNote[] {
  if (alarms.length === 0) return []
  return [
    differs(
      'An alarm that fires already when a deployment starts stops one of CodeDeploy; one of ECS goes on, with no alarm watched.',
    ),
    ...(rollbackOn.includes('alarm')
      ? []
      : [differs('An alarm ends the deployment and leaves traffic as it is, as the input says it.')]),
    ...(group.ignoresAlarmTrouble
      ? [missing('ignorePollAlarmFailure, by which a deployment goes on while the state of an alarm cannot be read.')]
      : []),
  ]
}

function generalNotes(moving: CodeDeployService): MoveNote[] {
  const minutes = steppedMinutes(moving)
  return [
    missing(
      'Another traffic shift, other alarms or another rollback for one deployment, and its description: the service has these.',
    ),
    differs(
      'A deployment during another one is not refused: by all signs it ends the other. A rollback is a state of the same deployment, without an id of its own.',
    ),
    differs(
      'The weights of the rules are those of the last deployment. Whatever writes them back, such as an apply of Terraform or an update of CloudFormation, mixes both versions without an error.',
    ),
    ...(minutes > CLOUD_FORMATION_MINUTES
      ? [
          differs(
            `CloudFormation refuses a service whose steps, pause and bake time are over ${CLOUD_FORMATION_MINUTES} min together; these are ${minutes} min.`,
          ),
        ]
      : []),
  ]
}

/** Of a shift in steps: the steps, the pause and the bake time. */
function steppedMinutes({ group, shift }: CodeDeployService): number {
  if (!isStepped(shift)) return 0
  const pause = group.holdsAtReady || group.readyWaitMs > 0 ? pauseMinutes(group) : 0
  return Math.round(shift.durationMs / MINUTE_MS) + pause + bakeMinutes(group)
}

function isStepped({ kind }: TrafficShift): boolean {
  return kind === 'canary' || kind === 'linear'
}
