import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import { buildAppSpec } from '../app-spec/app-spec.ts'
import { describeTaskDefinition } from '../aws/ecs.ts'
import type { ResolvedService } from '../service/service.ts'
import { isSameDefinition } from '../task-definition/canonical.ts'
import type { TaskDefinition } from '../task-definition/definition.ts'
import { isSameJob, type Marker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import type { Adopted, DefinitionPlan } from './plan.ts'

/** A deployment that may be our own: one that runs, or the one that made what serves. */
export interface PossibleOwn {
  id: string
  marker: Marker | undefined
  appSpecSha256: string | undefined
  /** ARN of the revision that it ships; absent where its AppSpec says. */
  taskDefinitionArn?: string
  /** It has ended. */
  isOver?: true
}

export interface AdoptionFacts {
  world: World
  service: ResolvedService
  own: Marker
  appSpec: AppSpecPlan
  definition: DefinitionPlan
  /** What is to be released, whichever revision it has. */
  wanted: TaskDefinition
  findings: Findings
}

/**
 * The candidate that is our own: same repository, run, job and operation, and the AppSpec that this step would send.
 * The AppSpec names a revision: the one that would be used, or the one that the candidate runs when it asks for the
 * same; of several that do, another may be the newest by now.
 */
export async function findAdoptable(
  candidates: readonly PossibleOwn[],
  facts: AdoptionFacts,
): Promise<Adopted | undefined> {
  for (const { id, marker, appSpecSha256, taskDefinitionArn, isOver = false } of candidates) {
    const isOurs = marker !== undefined && isSameJob(facts.own, marker)
    if (taskDefinitionArn !== undefined) {
      // A revision that is used as it is tells who registered it, not who deploys it.
      const isSame = !isOver && facts.definition.kind === 'use' && facts.definition.arn === taskDefinitionArn
      if (!isSame && !(isOurs && (await isWanted(taskDefinitionArn, facts)))) continue
      return { deploymentId: id, taskDefinitionArn, runAttempt: isOurs ? marker.runAttempt : facts.own.runAttempt }
    }
    if (!isOurs) continue
    for (const arn of revisionsFor(id, facts)) {
      if (buildAppSpec(facts.appSpec, arn).sha256 !== appSpecSha256) continue
      if (await isWanted(arn, facts)) {
        return { deploymentId: id, taskDefinitionArn: arn, runAttempt: marker.runAttempt }
      }
    }
  }
  return undefined
}

function revisionsFor(deploymentId: string, { service, definition }: AdoptionFacts): Set<string> {
  const taskSet = service.taskSets.find((one) => one.deploymentId === deploymentId)
  const arns = [definition.kind === 'use' ? definition.arn : undefined, taskSet?.taskDefinitionArn]
  return new Set(arns.filter((arn) => arn !== undefined))
}

async function isWanted(arn: string, { world, definition, wanted, findings }: AdoptionFacts): Promise<boolean> {
  if (definition.kind === 'use' && definition.arn === arn) return true
  const described = await findings.answerOf(describeTaskDefinition(world, arn))
  return described !== undefined && isSameDefinition(wanted, described.definition)
}
