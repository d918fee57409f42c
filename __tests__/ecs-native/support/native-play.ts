import {
  ContinueServiceDeploymentCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describeService, type Ecs } from '../../../src/aws/ecs.ts'
import { type EcsRelease, ecsEngine } from '../../../src/ecs-native/ecs-engine.ts'
import { budgetFor, finishOf } from '../../../src/follow/budget.ts'
import { follow } from '../../../src/follow/follow.ts'
import type { Following, Heartbeat, Outcome } from '../../../src/follow/following.ts'
import { Outage, type OutageNews } from '../../../src/follow/outage.ts'
import type { ReleaseEngine } from '../../../src/follow/release-engine.ts'
import { settle } from '../../../src/follow/settle.ts'
import type { EarlyEndPolicy, Settlement } from '../../../src/follow/settlement.ts'
import type { Snapshot } from '../../../src/follow/snapshot.ts'
import type { TimelineEntry } from '../../../src/follow/timeline.ts'
import type { DeploymentGroup } from '../../../src/service/deployment-group.ts'
import { ecsHooks, ecsShift, readEcsGroup } from '../../../src/service/read-ecs-deployments.ts'
import type { ResolvedService } from '../../../src/service/service.ts'
import { type Status, verdictOf } from '../../../src/verdict.ts'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import type { Simulator } from '../../../tools/simulator/simulator.ts'
import { type SimulatedAws, withAws } from '../../support/simulated-aws.ts'
import { WEB_2 } from '../../tools/simulator/support/revision.ts'

/** A service that ECS deploys by itself, and what a release of it is made with. */
export interface NativePlay extends SimulatedAws {
  /** What DescribeServices answers now. */
  described(): Promise<Service>
  /** The service as it was at the start. */
  service: ResolvedService
  newestRevision: string
  group: DeploymentGroup
  lostAnswers: string[]
  /** An engine for a release that begins now. */
  engine(change?: Partial<EcsRelease>, calls?: Ecs): ReleaseEngine
  /** Registers the next revision, first `web:2`; resolves to its ARN. */
  register(): Promise<string>
  /** Follows a deployment to the finish line or its end, and settles what there is to settle. */
  toTheEnd(engine: ReleaseEngine, deploymentId: string, how?: How): Promise<Ended>
  /** Seconds since the start. */
  second(): number
}

export interface How extends Partial<EarlyEndPolicy>, Partial<Following> {
  before?: Snapshot
}

/** How a deployment that was followed ended. */
export interface Ended {
  outcome: Outcome
  settlement: Settlement
  snapshots: Snapshot[]
  entries: TimelineEntry[]
  heartbeats: Heartbeat[]
  troubles: OutageNews[]
  /** `SCALE_UP succeeded`, of the last reading of the deployment. */
  stages: string[]
}

const POLICY: EarlyEndPolicy = { onCancel: 'rollback', onTimeout: 'leave', rollbackOn: ['failure'], windDownMs: 6_000 }

export async function withNativeService(
  scenario: Scenario,
  play: (native: NativePlay) => Promise<void>,
): Promise<void> {
  await withAws(scenario, async (simulated) => {
    const { aws, clock } = simulated
    const described = async () => (await describeService(aws, 'demo', 'web')).service ?? {}
    const first = await described()
    const service = resolved(first)
    const newestRevision = primaryOf(first).id ?? ''
    const group = readEcsGroup(first)
    const lostAnswers: string[] = []
    await play({
      ...simulated,
      described,
      service,
      newestRevision,
      group,
      lostAnswers,
      engine: (change, calls = aws) =>
        ecsEngine(calls, {
          service,
          newestRevision,
          onAnswerLost: ({ serviceError }) => void lostAnswers.push(serviceError.code),
          ...change,
        }),
      register: async () => {
        const { taskDefinition } = await aws.ecs.send(new RegisterTaskDefinitionCommand(WEB_2))
        return taskDefinition?.taskDefinitionArn ?? ''
      },
      toTheEnd: async (engine, deploymentId, how = {}) => await toTheEnd(engine, deploymentId, how, first, simulated),
      second: () => (clock.now() - SIMULATION_START_MS) / 1000,
    })
  })
}

/** A release of the next revision, with what became of it. */
export interface Released extends Ended {
  native: NativePlay
  id: string
  /** From the start to the end of settling. */
  tookSeconds: number
}

/**
 * Releases the next revision.
 * @param meanwhile arranges for what happens during that
 */
export async function released(
  scenario: Scenario,
  how: How = {},
  meanwhile: (native: NativePlay) => void = () => {},
): Promise<Released> {
  let result: Released | undefined
  await withNativeService(scenario, async (native) => {
    meanwhile(native)
    const engine = native.engine()
    const id = await engine.start(await native.register())
    result = { ...(await native.toTheEnd(engine, id, how)), native, id, tookSeconds: native.second() }
  })
  if (result === undefined) throw new Error('nothing was released')
  return result
}

export function verdict({ outcome, settlement }: Ended): Status {
  return verdictOf(outcome, settlement)
}

/** The stages that did not simply pass, or were not come to. */
export function notable({ stages }: Ended): string[] {
  return stages.filter((stage) => !/ (?:succeeded|unseen|skipped)$/.test(stage))
}

/** Percent of production on the replacement, one after the other. */
export function shares({ entries }: Ended): number[] {
  return entries.flatMap((entry) => (entry.kind === 'traffic' ? [entry.replacementPercent] : []))
}

export function alarmAt({ clock, simulator }: NativePlay, second: number): void {
  clock.atSecond(second, () => simulator.setAlarm('web-5xx', 'ALARM'))
}

/** Somebody answers the pause that there is at this second. */
export function answerAt({ aws, clock, simulator }: NativePlay, second: number, action: 'CONTINUE' | 'ROLLBACK'): void {
  clock.atSecond(second, async () => {
    const [serviceDeploymentArn, own] = newestOf(simulator)
    const hookId = own?.hooks.find(({ status }) => status === 'AWAITING_ACTION')?.hookId
    await aws.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }))
  })
}

/** Somebody stops the deployment that there is at this second. */
export function stopAt({ aws, clock, simulator }: NativePlay, second: number): void {
  clock.atSecond(second, async () => {
    const [serviceDeploymentArn] = newestOf(simulator)
    await aws.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }))
  })
}

/** ARN of the newest deployment of the demo service, and the deployment as the simulator has it. */
export function newestOf(simulator: Simulator) {
  const own = simulator.lane('demo:web')?.native?.deployments.at(-1)
  return [`arn:aws:ecs:us-east-1:123456789012:service-deployment/demo/web/${own?.id}`, own] as const
}

/** Somebody else has what runs deployed once more, or something else. */
export async function updateBySomebody({ aws }: SimulatedAws, change: { taskDefinition?: string } = {}): Promise<void> {
  const place = { cluster: 'demo', service: 'web' }
  await aws.ecs.send(new UpdateServiceCommand({ ...place, forceNewDeployment: true, ...change }))
}

/** The service as a release needs it of ECS. */
export function resolved(service: Service): ResolvedService {
  const { id = '', taskDefinition: taskDefinitionArn = '' } = primaryOf(service)
  return {
    controller: 'ECS',
    arn: service.serviceArn ?? '',
    partition: 'aws',
    region: 'us-east-1',
    account: '123456789012',
    name: 'web',
    clusterName: 'demo',
    desiredCount: service.desiredCount ?? 0,
    tags: {},
    container: { name: 'web', port: 80 },
    otherContainers: [],
    primary: { id, taskDefinitionArn, deploymentId: undefined, properties: {} },
    taskSets: [],
    events: [],
  }
}

export function primaryOf(service: Service) {
  return (service.deployments ?? []).find(({ status }) => status === 'PRIMARY') ?? {}
}

async function toTheEnd(
  engine: ReleaseEngine,
  deploymentId: string,
  { before, ...change }: How,
  described: Service,
  { clock }: SimulatedAws,
): Promise<Ended> {
  const group = readEcsGroup(described)
  const shift = ecsShift(described)
  const hooks = ecsHooks(group)
  const { finishLine = 'completion' } = change
  const snapshots: Snapshot[] = []
  const entries: TimelineEntry[] = []
  const heartbeats: Heartbeat[] = []
  const troubles: OutageNews[] = []
  const following: Following = {
    clock,
    signal: new AbortController().signal,
    random: () => 0.5,
    finishLine,
    budget: budgetFor({ waitForMs: undefined, ...finishOf(finishLine), group, shift, hooks }),
    hooks,
    shift,
    terminationWaitMs: group.terminationWaitMs ?? 0,
    autoPromote: false,
    onEntry: (entry) => entries.push(entry),
    onSnapshot: (snapshot) => snapshots.push(snapshot),
    onHeartbeat: (heartbeat) => heartbeats.push(heartbeat),
    reading: new Outage((news) => troubles.push(news)),
    onRequestTrouble: (news) => void troubles.push(news),
    onPromotionDenied: () => {},
    onStopAccepted: () => {},
    reasonToGiveUp: async () => undefined,
    ...change,
  }
  const outcome = await follow(engine, deploymentId, following, before)
  const settlement = await settle(engine, deploymentId, outcome, following, { ...POLICY, ...change })
  const stages = (settlement.snapshot?.events ?? []).map(({ name, status }) => `${name} ${status}`)
  return { outcome, settlement, snapshots, entries, heartbeats, troubles, stages }
}
