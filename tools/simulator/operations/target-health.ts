import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealth,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ipAddressOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Service } from '../model/lane.ts'
import { replacementPlan } from '../model/replacement-plan.ts'
import { type Task, tasksOf } from '../model/task.ts'
import { type TargetGroupIndex, targetGroupArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { ReplacementPlan } from '../scenario.ts'
import { requireConstraints } from './constraints.ts'
import { loadBalancersOf, zoneName } from './load-balancers.ts'

const describeTargetHealth = reads<DescribeTargetHealthInput, DescribeTargetHealthOutput>(
  schemaOf('elastic-load-balancing-v2', 'elasticloadbalancingv2', 'DescribeTargetHealth'),
  (input, account, atMs) => {
    const { TargetGroupArn: arn, Targets: wanted } = input
    requireConstraints('ValidationError', [
      { member: 'targetGroupArn', value: arn, isMet: arn !== undefined, must: '' },
    ])
    const { service, index } = requireTargetGroup(account, arn ?? '', atMs)
    const plan = replacementPlan(account.rules.scenario, service.seed)
    const registered = registeredTasks(account, service, index, atMs).map((task) => describe(account, task, plan, atMs))
    if (!wanted) return { TargetHealthDescriptions: registered }
    return {
      TargetHealthDescriptions: wanted.map(
        ({ Id, Port }) =>
          registered.find(({ Target }) => Target?.Id === Id && (Port === undefined || Target?.Port === Port)) ?? {
            Target: { Id, ...(Port !== undefined && { Port }) },
            TargetHealth: NOT_REGISTERED,
          },
      ),
    }
  },
)

export const targetHealthOperations: Operation[] = [describeTargetHealth]

/** Reasons are documented, their descriptions observed. */
const NOT_REGISTERED: Wire<TargetHealth> = {
  State: 'unused',
  Reason: 'Target.NotRegistered',
  Description: 'Target is not registered to the target group',
}
const REGISTERING: Wire<TargetHealth> = {
  State: 'initial',
  Reason: 'Elb.RegistrationInProgress',
  Description: 'Target registration is in progress',
}
const CHECKING: Wire<TargetHealth> = {
  State: 'initial',
  Reason: 'Elb.InitialHealthChecking',
  Description: 'Initial health checks in progress',
}
const FAILING: Wire<TargetHealth> = {
  State: 'unhealthy',
  Reason: 'Target.FailedHealthChecks',
  Description: 'Health checks failed',
}
const DRAINING: Wire<TargetHealth> = {
  State: 'draining',
  Reason: 'Target.DeregistrationInProgress',
  Description: 'Target deregistration is in progress',
}

function requireTargetGroup(
  account: Account,
  arn: string,
  atMs: number,
): { service: Service; index: TargetGroupIndex } {
  if (!arn.includes(':targetgroup/')) throw new AwsError('ValidationError', `'${arn}' is not a valid target group ARN`)
  for (const { service } of loadBalancersOf(account, atMs)) {
    for (const index of [0, 1] as const) {
      if (targetGroupArn(account.world, service.seed.name, index) === arn) return { service, index }
    }
  }
  throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`)
}

/** A task is a target until it has stopped and drained. */
function registeredTasks(account: Account, service: Service, index: TargetGroupIndex, atMs: number): Task[] {
  const { drain } = account.rules.timingsMs
  return tasksOf([...service.goneTaskSets, ...service.taskSets], atMs).filter(
    ({ taskSet, stoppedMs }) => taskSet.targetGroup === index && (stoppedMs === undefined || stoppedMs + drain > atMs),
  )
}

function describe({ world }: Account, task: Task, plan: ReplacementPlan, atMs: number): Wire<TargetHealthDescription> {
  const port = task.taskSet.containerPort
  const address = ipAddressOf(task.id)
  return {
    Target: { Id: address.ip, Port: port, AvailabilityZone: zoneName(world.region, address.subnet) },
    HealthCheckPort: String(port),
    TargetHealth: healthOf(task, plan, atMs),
  }
}

/** A task that runs is checked until its task set is in a steady state; one that crashes again and again never passes. */
function healthOf(
  { taskSet, runningMs, stoppedMs, crashes }: Task,
  { health }: ReplacementPlan,
  atMs: number,
): Wire<TargetHealth> {
  if (stoppedMs !== undefined) return DRAINING
  if (runningMs === undefined) return REGISTERING
  if (crashes || (health === 'unhealthy' && taskSet.deploymentId !== undefined)) return FAILING
  return taskSet.steadyMs !== undefined && taskSet.steadyMs <= atMs ? { State: 'healthy' } : CHECKING
}
