import { taskDefinitionArn } from '../../names.ts'
import { revisionNumberOf, serviceDeploymentIdOf } from '../../native/names.ts'
import type { NativeSeed } from '../../native/seeds.ts'
import type { ServiceSeed } from '../../scenario.ts'
import { changeService, type Lane, SEED_AGE_MS } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { completeConfiguration } from './configuration.ts'
import { createServiceDeployment } from './creation.ts'
import type { NativeService, Revision } from './native-service.ts'
import { newServiceDeployment } from './new-service-deployment.ts'
import type { ServiceDeployment } from './service-deployment.ts'
import { becomeSteady, startTasks } from './tasks.ts'

const DAY_MS = 86_400_000

/** The lane of a service that ECS deploys: what serves, and what it shipped before. */
export function withNativeService(lane: Lane, rules: Rules): Lane {
  const seed = lane.service?.seed
  const native = seed?.native
  if (!seed || !native) return lane
  const empty = changeService({ ...lane, native: emptyNative(native) }, routesOf(native))
  if (native.firstDeployment) {
    const order = { taskDefinitionArn: arnOf(rules, seed.taskDefinition) }
    return createServiceDeployment(empty, rules, order, rules.startMs)
  }
  return withHistory(empty, rules, seed, [...(native.earlier ?? []), seed.taskDefinition])
}

function emptyNative(native: NativeSeed): NativeService {
  return {
    config: completeConfiguration(native.deploymentConfiguration),
    loadBalancer: native.loadBalancer ?? 'application',
    testRule: (native.loadBalancer ?? 'application') !== 'none' && (native.testRule ?? true),
    rulesDeleted: false,
    editsMade: 0,
    revisions: [],
    deployments: [],
    primary: '',
  }
}

function routesOf(native: NativeSeed) {
  const hasTestRule = native.loadBalancer !== 'none' && (native.testRule ?? true)
  const [first, second] = native.productionWeights ?? [100, 0]
  return { production: [first, second] as const, test: hasTestRule ? (0 as const) : undefined, taskSets: [] }
}

/** The last one serves; each took the target group that was free. */
function withHistory(lane: Lane, rules: Rules, seed: ServiceSeed, definitions: string[]): Lane {
  const revisions = definitions.map((definition, i): Revision => {
    const age = definitions.length - 1 - i
    return {
      number: revisionNumberOf(...rules.idSeed, 'revision', seed.cluster, seed.name, i),
      taskDefinitionArn: arnOf(rules, definition),
      targetGroup: age % 2 === 0 ? 0 : 1,
      createdMs: rules.startMs - SEED_AGE_MS - age * DAY_MS,
      requested: 0,
      kept: false,
      failedTasks: 0,
    }
  })
  const native = lane.native
  const last = revisions.at(-1)
  if (!native || !last) return lane
  const deployments = revisions.map((revision, i) =>
    succeededOnce(native, rules, seed, revision, i, revisions[i - 1]?.number),
  )
  const known = { ...lane, native: { ...native, revisions, deployments, primary: last.number } }
  const readyMs = last.createdMs + rules.native.timingsMs.scaleUp
  return becomeSteady(startTasks(known, undefined, last.number, last.createdMs, readyMs), last.number, readyMs)
}

function succeededOnce(
  native: NativeService,
  rules: Rules,
  { cluster, name, desiredCount }: ServiceSeed,
  revision: Revision,
  index: number,
  former: string | undefined,
): ServiceDeployment {
  const { createdMs } = revision
  const finishedMs = createdMs + 600_000
  return {
    ...newServiceDeployment(
      {
        id: serviceDeploymentIdOf(...rules.idSeed, cluster, name, index),
        revision: revision.number,
        createdMs,
        config: native.config,
        sources: former === undefined ? [] : [former],
        liveTargetGroup: revision.targetGroup === 0 ? 1 : 0,
      },
      desiredCount,
    ),
    status: 'SUCCESSFUL',
    startedMs: createdMs + rules.native.timingsMs.pending,
    finishedMs,
    updatedMs: finishedMs,
    stage: 'CLEAN_UP',
    serving: former,
    production: 100,
    test: 100,
  }
}

function arnOf({ scenario }: Rules, definition: string): string {
  const [family = '', revision] = definition.split(':')
  return taskDefinitionArn(scenario.world, family, Number(revision))
}
