import { functionName } from '../aws/arn.ts'
import { functionsIn, type Hooks } from '../follow/snapshot.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import { hookInputOf, LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { ECS_STAGES, type EcsStage, stepOf } from '../lifecycle/step.ts'
import { invalidInput, type Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { EcsDeployments } from '../service/ecs-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList } from '../text/words.ts'

/** A service that ECS deploys, with how. */
export interface EcsPlace {
  service: ResolvedService
  group: DeploymentGroup
  ecs: EcsDeployments
}

/** What inputs ask for that the service does not have: ECS deploys as its service says, and this action changes nothing of that. */
export function ecsInputProblems(inputs: Inputs, place: EcsPlace, hooks: Hooks): Problem[] {
  return [
    ...groupInputProblems(inputs, place.service),
    ...rollbackProblems(inputs, place),
    ...alarmProblems(inputs, place),
    ...hookInputProblems(inputs, hooks, place.service),
  ]
}

/** There is no deployment group, and no AppSpec. */
export function groupInputProblems(inputs: Inputs, service: ResolvedService): Problem[] {
  const given = [
    inputs.application === undefined ? '' : 'codedeploy-application',
    inputs.deploymentGroup === undefined ? '' : 'codedeploy-deployment-group',
    inputs.deploymentConfig === undefined ? '' : 'codedeploy-deployment-config',
    inputs.appSpec === undefined || inputs.appSpec === 'none' ? '' : 'codedeploy-appspec',
  ].filter((name) => name !== '')
  if (given.length === 0) return []
  const names = andList(given.map((name) => `'${name}'`))
  return [
    invalidInput(
      `${label(service)} is deployed by ECS itself, so there is nothing that ${names} could name. Remove ${given.length === 1 ? 'it' : 'them'}.`,
    ),
  ]
}

function rollbackProblems({ rollbackOn }: Inputs, { service, group }: EcsPlace): Problem[] {
  if (rollbackOn === undefined || isSame(rollbackOn, group.rollbackOn)) return []
  return [
    invalidInput(
      `Input 'rollback-on' is '${words(rollbackOn)}', but ECS rolls ${label(service, 'service')} back on '${words(group.rollbackOn)}', as its deploymentConfiguration says. Remove the input, or change 'alarms.rollback' of the service.`,
    ),
  ]
}

function words(events: readonly RollbackEvent[]): string {
  return events.length === 0 ? 'never' : events.join(', ')
}

function alarmProblems({ alarms }: Inputs, { service, group }: EcsPlace): Problem[] {
  if (alarms === undefined || isSame(alarms, group.alarms)) return []
  const has = group.alarms.length === 0 ? 'watches none' : `watches ${andList(group.alarms.map((name) => `'${name}'`))}`
  return [
    invalidInput(
      `Input 'alarms' is not what ${label(service, 'service')} has: its deploymentConfiguration ${inSentence(has, 300)}. ECS takes alarms from the service only: set 'alarms.alarmNames' there and remove the input.`,
    ),
  ]
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.toSorted().join('\n') === right.toSorted().join('\n')
}

/** A hook input says which function must run; the service has to have it at that stage. */
function hookInputProblems({ hooks: asked }: Inputs, hooks: Hooks, service: ResolvedService): Problem[] {
  return LIFECYCLE_HOOKS.flatMap((event): Problem[] => {
    const wanted = asked[event]
    const stage = stageFor(event)
    if (wanted === undefined || stage === undefined) return []
    const there = functionsIn(hooks[stage])
    if (there.some((name) => functionName(name) === functionName(wanted))) return []
    const runs = there.length === 0 ? 'no function' : andList(there.map((name) => `'${name}'`))
    const member = `{"targetType": "AWS_LAMBDA", "hookTargetArn": "<ARN of ${functionName(wanted)}>", "roleArn": "<role that ECS assumes>", "lifecycleStages": ["${stage}"]}`
    return [
      {
        reason: 'not-found',
        sentence: `Input '${hookInputOf(event)}' names '${inSentence(wanted, 200)}', but ${label(service, 'service')} runs ${inSentence(runs, 300)} at ${stage}. Hooks belong to the service: add ${inSentence(member, 500)} to its 'deploymentConfiguration.lifecycleHooks', or remove the input.`,
      },
    ]
  })
}

function stageFor(event: string): EcsStage | undefined {
  return ECS_STAGES.find((stage) => stepOf(stage) === stepOf(event))
}

/** The service waits for a person, and the finish line is behind that; or the finish line is that wait, and there is none. */
export function ecsHoldProblems(inputs: Inputs, { service, ecs }: EcsPlace): Problem[] {
  const isTestWait = (stage: EcsStage) => stepOf(stage) === 'after-test-shift' || stepOf(stage) === 'before-shift'
  if (inputs.waitFor === 'test-traffic') {
    const has = ecs.pauses.some(({ stages }) => stages.some(isTestWait))
    return [
      ...(has
        ? []
        : [
            {
              reason: 'not-held' as const,
              sentence: `${label(service)} has no PAUSE hook at POST_TEST_TRAFFIC_SHIFT, so production would move at once after 'wait-for: test-traffic'. Add {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]} to its 'deploymentConfiguration.lifecycleHooks'.`,
            },
          ]),
      ...(inputs.autoPromote
        ? [invalidInput(`Inputs 'auto-promote: true' and 'wait-for: test-traffic' contradict each other.`)]
        : []),
    ]
  }
  const held = ecs.pauses.filter(({ onTimeout }) => onTimeout === 'ROLLBACK')
  const [first] = held
  if (first === undefined || inputs.autoPromote || inputs.waitFor === 'nothing') return []
  const stages = [...new Set(held.flatMap(({ stages }) => stages))]
  const minutes = first.timeoutMs / 60_000
  return [
    {
      reason: 'held',
      sentence: `${label(service)} has a PAUSE hook at ${andList(stages)}, so a deployment waits there until somebody continues it (at most ${minutes} min, then it is rolled back), and '${inputs.waitFor}' would not be reached. Set 'auto-promote: true', 'wait-for: test-traffic' or 'wait-for: nothing'.`,
    },
  ]
}

/** What a release can do although it may not be meant. */
export function ecsWarnings(inputs: Inputs, { service, ecs }: EcsPlace): string[] {
  if (ecs.circuitBreaker !== undefined || inputs.failFast > 0) return []
  return [
    `${label(service)} has no deployment circuit breaker and 'fail-fast' is 0: tasks that never become healthy are waited for until a time-out, by ECS itself for 24 hours. Enable 'deploymentCircuitBreaker' in the service, or set 'fail-fast'.`,
  ]
}

function label({ name }: ResolvedService, word = 'Service'): string {
  return `${word} '${name}'`
}
