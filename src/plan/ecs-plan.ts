import type { Service } from '@aws-sdk/client-ecs'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import { briefly } from '../aws/attempts.ts'
import type { Serving } from '../ecs-native/active.ts'
import { checkRules } from '../ecs-native/weights.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { markerOperation } from '../inputs/operation.ts'
import type { Problem } from '../problem.ts'
import type { Maker } from '../service/maker.ts'
import { ecsHooks, readEcsGroup } from '../service/read-ecs-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import type { TaskDefinition } from '../task-definition/definition.ts'
import { buildMarkerTag, MARKER_TAG, parseMarkerTag } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import type { FoundPlan } from './code-deploy-plan.ts'
import { type PlannedDefinition, planDefinition } from './definition-plan.ts'
import { type EcsPlace, ecsHoldProblems, ecsInputProblems, ecsWarnings } from './ecs-preflight.ts'
import type { Findings } from './findings.ts'
import { checkHookFunctions } from './hook-functions.ts'
import type { DefinitionPlan } from './plan.ts'
import { type EarlierLook, planOf } from './plan-of.ts'
import { loadBalancerProblems } from './preflight.ts'
import type { Sources } from './sources.ts'
import { readOccupancy } from './turn.ts'

/** A service that ECS deploys, with what the workspace has for it. */
export interface EcsFacts {
  inputs: Inputs
  service: ResolvedService
  /** As ECS tells it. */
  told: Service
  /** Undefined: it is not told. */
  serving?: Serving
  sources: Sources
  earlier: EarlierLook
}

/** The plan of a release that ECS itself makes; undefined with problems added. */
export async function planWithEcs(
  { inputs, service, told, serving, sources, earlier }: EcsFacts,
  world: World,
  findings: Findings,
): Promise<FoundPlan> {
  const group = readEcsGroup(told)
  const hooks = ecsHooks(group)
  const { ecs } = group
  if (ecs === undefined) return { plan: undefined, group }
  const place: EcsPlace = { service, group, ecs }
  const appSpec = containerPlan(inputs, service)
  findings.add(...ecsInputProblems(inputs, place, hooks), ...ecsHoldProblems(inputs, place))
  findings.add(...loadBalancerProblems(service, inputs.containerName))
  findings.warnings.push(...ecsWarnings(inputs, place))
  if (sources.appSpecFile !== undefined && inputs.appSpec === undefined) {
    findings.notes.push(
      `ECS itself deploys service '${service.name}', so ${sources.appSpecLabel} of the workspace is not used.`,
    )
  }
  const [definitionPlan, occupancy] = await Promise.all([
    planDefinition({
      inputs,
      world,
      service,
      source: sources.definition,
      appSpec,
      origin: { name: "'container-name'", port: "'container-port'" },
      findings,
    }),
    readOccupancy({ inputs, world, service, group, blocker: earlier.blocker, findings }),
    checkHookFunctions(hooks, inputs, service, world, findings),
  ])
  // While a deployment runs the weights are its own.
  if (occupancy.isFree && serving !== undefined) await checkTraffic(place, serving, world, findings)
  if (definitionPlan === undefined) return { plan: undefined, group }
  const maker = makerOfServing(definitionPlan)
  const deploymentConfig = group.deploymentConfig ?? ''
  const found = {
    service,
    group,
    hooks,
    deploymentConfig,
    shift: ecs.shift,
    definitionPlan,
    occupancy,
    maker,
  }
  const plan = await planOf(found, inputs, world, earlier, findings)
  return { plan: { ...plan, definition: marked(plan.definition, inputs, world) }, group }
}

/** ECS takes the rules as they are, and would mix two versions where somebody has changed them. */
async function checkTraffic(
  { service, ecs }: EcsPlace,
  serving: Serving,
  world: World,
  findings: Findings,
): Promise<void> {
  const facts = { ecs, serving, desiredCount: service.desiredCount }
  const { problems, notes } = await checkRules(briefly(world), () => world.loadBalancing(), facts)
  findings.add(...problems.map((sentence): Problem => ({ reason: 'mixed-traffic', sentence })))
  findings.warnings.push(...notes)
}

/** Which container gets the image and the traffic. */
function containerPlan({ containerName, containerPort }: Inputs, { container }: ResolvedService): AppSpecPlan {
  return {
    containerName: containerName ?? container.name,
    containerPort: containerPort ?? container.port,
    hooks: {},
    file: undefined,
    properties: {},
  }
}

/** A deployment has no description: who made what serves is what the tag of its revision tells. */
function makerOfServing({ current }: PlannedDefinition): Maker | undefined {
  if (current === undefined) return undefined
  const marker = parseMarkerTag(current.markerTag)
  return { marker, hasSucceeded: true, createdAtMs: undefined, appSpecSha256: undefined, group: undefined }
}

/** A revision that is registered tells who made it. One that is used as it is belongs to whoever registered it. */
function marked(definition: DefinitionPlan, { operation }: Inputs, world: World): DefinitionPlan {
  if (definition.kind === 'use') return definition
  const tag = { key: MARKER_TAG, value: buildMarkerTag(world.run, markerOperation(operation)) }
  return { kind: 'register', definition: withTag(definition.definition, tag) }
}

function withTag(definition: TaskDefinition, tag: { key: string; value: string }): TaskDefinition {
  const tags: unknown = definition['tags']
  const others = Array.isArray(tags) ? tags.filter((one) => one?.key !== tag.key) : []
  return { ...definition, tags: [...others, tag] }
}
