import { parseArn } from '../aws/arn.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import { hookInputOf, LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { invalidInput, type Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import { containerNames, containersOf, nameOf, portsOf } from '../task-definition/containers.ts'
import type { TaskDefinition } from '../task-definition/definition.ts'
import { inSentence } from '../text/untrusted.ts'
import type { ReleasePlan } from './plan.ts'
import type { Sources } from './sources.ts'

/** Name of a Lambda function, alias or version behind it allowed. Source: Lambda API Reference, FunctionName. */
const FUNCTION_NAME = /^[\w-]{1,64}(:[\w$-]{1,128})?$/
const FUNCTION_RESOURCE = /^function:[\w-]{1,64}(:[\w$-]{1,128})?$/

/** The text that names a hook's source in a sentence: the input, or the file's event. */
export function hookLabel(event: (typeof LIFECYCLE_HOOKS)[number], inputs: Inputs): string {
  return inputs.hooks[event] === undefined ? `The AppSpec's hook '${event}'` : `Input '${hookInputOf(event)}'`
}

/** Hooks that cannot be functions; with a service, also those that its CodeDeploy cannot call. */
export function hookProblems(
  hooks: Hooks,
  inputs: Inputs,
  place: { region: string; partition: string } | undefined,
): Problem[] {
  return LIFECYCLE_HOOKS.flatMap((event): Problem[] => {
    const hookFunction = hooks[event]
    if (hookFunction === undefined || FUNCTION_NAME.test(hookFunction)) return []
    const label = hookLabel(event, inputs)
    const arn = parseArn(hookFunction)
    if (arn?.service !== 'lambda' || !/^\d{12}$/.test(arn.account) || !FUNCTION_RESOURCE.test(arn.resource)) {
      return [
        invalidInput(`${label} must be the name or ARN of a Lambda function; got '${inSentence(hookFunction, 200)}'.`),
      ]
    }
    if (place === undefined || (arn.region === place.region && arn.partition === place.partition)) return []
    const there = `${arn.partition}/${arn.region}`
    const here = `${place.partition}/${place.region}`
    return [
      invalidInput(
        `${label} is a function in ${inSentence(there, 100)}; CodeDeploy calls functions in its own region, ${here}.`,
      ),
    ]
  })
}

/** CodeDeploy skips the hook in silence when there is no test listener. Source: User Guide, AppSpec hooks for ECS. */
export function testListenerProblems(hooks: Hooks, inputs: Inputs, group: DeploymentGroup): Problem[] {
  if (hooks.AfterAllowTestTraffic === undefined || group.hasTestListener) return []
  return [
    {
      reason: 'no-test-listener',
      sentence: `${hookLabel('AfterAllowTestTraffic', inputs)} would never run: deployment group '${group.name}' has no test listener. Add one to the group or leave the hook out.`,
    },
  ]
}

/** A group that waits for a person, and a finish line behind that wait. */
export function holdProblems(inputs: Inputs, group: DeploymentGroup): Problem[] {
  if (inputs.waitFor === 'test-traffic') return testTrafficProblems(inputs, group)
  if (!group.holdsAtReady || inputs.autoPromote || inputs.waitFor === 'nothing') return []
  const minutes = group.readyWaitMs / 60_000
  return [
    {
      reason: 'held',
      sentence: `Deployment group '${group.name}' stops every deployment at Ready until somebody continues it (at most ${minutes} min), so '${inputs.waitFor}' would not be reached. Set 'auto-promote: true', 'wait-for: test-traffic' or 'wait-for: nothing'.`,
    },
  ]
}

/** To stop at the test listener there must be one, and the group must wait there for somebody. */
function testTrafficProblems({ autoPromote }: Inputs, group: DeploymentGroup): Problem[] {
  const name = `Deployment group '${group.name}'`
  return [
    ...(group.hasTestListener
      ? []
      : [
          {
            reason: 'no-test-listener' as const,
            sentence: `${name} has no test listener, so 'wait-for: test-traffic' would not be reached. Add one to the group.`,
          },
        ]),
    ...(group.holdsAtReady
      ? []
      : [
          {
            reason: 'not-held' as const,
            sentence: `${name} does not wait at Ready, so production would move at once after 'wait-for: test-traffic'. Set the group's deployment ready option to STOP_DEPLOYMENT with a wait.`,
          },
        ]),
    ...(autoPromote
      ? [invalidInput(`Inputs 'auto-promote: true' and 'wait-for: test-traffic' contradict each other.`)]
      : []),
  ]
}

/** What says which container gets the traffic, for the end of "Check …". */
export interface ContainerOrigin {
  name: string
  port: string
}

/**
 * The input, unless the AppSpec says it: then the place in that.
 * @param label the AppSpec in a sentence
 */
export function containerOrigin(inputs: Inputs, appSpec: Sources['appSpecFile'], label: string): ContainerOrigin {
  const inFile = (member: string) => `'${member}' in ${label}`
  const isNameOfFile = inputs.containerName === undefined && appSpec?.containerName !== undefined
  const isPortOfFile = inputs.containerPort === undefined && appSpec?.containerPort !== undefined
  return {
    name: isNameOfFile ? inFile('ContainerName') : "'container-name'",
    port: isPortOfFile ? inFile('ContainerPort') : "'container-port'",
  }
}

/** The container that is to get the traffic must be in the definition, with its port. */
export function containerProblems(
  definition: TaskDefinition,
  name: string,
  port: number,
  origin: ContainerOrigin,
): Problem[] {
  const container = containersOf(definition).find((one) => nameOf(one) === name)
  if (container === undefined) {
    const known = containerNames(definition)
      .map((one) => `'${inSentence(one, 100)}'`)
      .join(', ')
    return [
      invalidInput(
        `Container '${inSentence(name, 100)}', which is to get the traffic, is not in the task definition; its containers: ${known || 'none'}. Check ${origin.name}.`,
      ),
    ]
  }
  const ports = portsOf(container)
  if (ports.includes(port)) return []
  return [
    invalidInput(
      `Container '${inSentence(name, 100)}' has no port ${port} in the task definition; its ports: ${ports.join(', ') || 'none'}. Check ${origin.port}.`,
    ),
  ]
}

/** A task gets roles of its own account only. Source: IAM User Guide, "Grant a user permissions to pass a role". */
export function roleProblems(definition: TaskDefinition, service: ResolvedService): Problem[] {
  return (['executionRoleArn', 'taskRoleArn'] as const).flatMap((member): Problem[] => {
    const role = definition[member]
    const arn = typeof role === 'string' ? parseArn(role) : undefined
    if (arn === undefined || (arn.account === service.account && arn.partition === service.partition)) return []
    return [
      invalidInput(
        `The task definition's '${member}' is '${inSentence(String(role), 200)}', but a task of account ${service.account} (${service.partition}) can only have roles of that account.`,
      ),
    ]
  })
}

/** Source: CodeDeploy User Guide, "Working with deployment configurations": no shift in steps behind a network load balancer. */
export function shiftProblems({ kind }: TrafficShift, deploymentConfig: string, group: DeploymentGroup): Problem[] {
  if (!group.isBehindNetwork || (kind !== 'canary' && kind !== 'linear')) return []
  return [
    invalidInput(
      `Deployment configuration '${inSentence(deploymentConfig, 100)}' shifts traffic in steps, which a network load balancer cannot do, and deployment group '${group.name}' is behind one. Use 'codedeploy-deployment-config: CodeDeployDefault.ECSAllAtOnce'.`,
    ),
  ]
}

/**
 * With several load balancers only a person knows which of their containers CodeDeploy is to move.
 * @param given name of the container, when an input or the AppSpec says it
 */
export function loadBalancerProblems(service: ResolvedService, given: string | undefined): Problem[] {
  if (service.otherContainers.length === 0 || given !== undefined) return []
  const containers = [service.container, ...service.otherContainers].map(labelOf)
  return [
    invalidInput(
      `Service '${service.name}' is behind several load balancers, of which CodeDeploy moves one (${inSentence(containers.join(', '), 300)}). Say which with 'container-name' and 'container-port'.`,
    ),
  ]
}

function labelOf({ name, port }: { name: string; port: number }): string {
  return `${name}:${port}`
}

export interface WarningFacts {
  inputs: Inputs
  service: ResolvedService
  group: DeploymentGroup
  hooks: Hooks
  rollbackOn: readonly RollbackEvent[]
  container: { name: string; port: number }
}

/** What a release can do although it may not be meant. */
export function preflightWarnings({ inputs, service, group, hooks, rollbackOn, container }: WarningFacts): string[] {
  const warnings: string[] = []
  if (Object.keys(hooks).length > 0 && !rollbackOn.includes('failure')) {
    warnings.push(
      `A failed hook ends the deployment without a rollback: neither deployment group '${group.name}' nor 'rollback-on' asks for one on failure.`,
    )
  }
  const known = [service.container, ...service.otherContainers].map(labelOf)
  if (service.container.name !== '' && !known.includes(labelOf(container))) {
    warnings.push(
      `Traffic goes to ${inSentence(container.name, 100)}:${container.port}, while the service's load balancer points at ${service.container.name}:${service.container.port} now.`,
    )
  }
  // A lane gets its tasks right before it is released to.
  if (service.desiredCount === 0 && inputs.operation !== 'preview') {
    warnings.push(`The desired count of service '${service.name}' is 0, so the release starts no task.`)
  }
  if (inputs.alarms !== undefined) {
    warnings.push(
      `Input 'alarms' replaces the group's alarms for this deployment; AWS then also asks for codedeploy:UpdateDeploymentGroup.`,
    )
  }
  return warnings
}

/** A job on a GitHub-hosted runner ends after 6 hours. Source: GitHub docs, "Actions limits". */
const HOSTED_JOB_MS = 360 * 60_000

/** That the job may end before a release that is waited for. */
export function jobLimitWarnings(
  { budget, isUnchanged }: Pick<ReleasePlan, 'budget' | 'isUnchanged'>,
  { waitFor }: Pick<Inputs, 'waitFor'>,
): string[] {
  if (isUnchanged || waitFor === 'nothing' || budget.totalMs <= HOSTED_JOB_MS) return []
  return [
    `This step may wait up to ${Math.round(budget.totalMs / 60_000)} min, but a job on a GitHub-hosted runner ends after 360 min.`,
  ]
}
