import { getDeployment } from '../aws/code-deploy.ts'
import { findCodeDeployMeant, type MeantDeployment } from '../group/code-deploy-meant.ts'
import { findEcsMeant } from '../group/ecs-meant.ts'
import type { Absent, MeantQuestion } from '../group/meant-deployment.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import { markerOperation } from '../inputs/operation.ts'
import type { Problem } from '../problem.ts'
import type { World } from '../world.ts'
import type { Attached } from './attached.ts'
import { readCodeDeployAttached } from './code-deploy-attach.ts'
import { readEcsAttached } from './ecs-attach.ts'
import type { Findings } from './findings.ts'
import type { Place } from './place.ts'
import { markerFor } from './plan-of.ts'

export type { Absent, Attached }

/** Finds the deployment that is meant and reads what is to be known of it; undefined with problems added. */
export async function attach(
  { inputs }: ParsedInputs,
  { service, group }: Place,
  world: World,
  findings: Findings,
): Promise<Attached | Absent | undefined> {
  const question: MeantQuestion = {
    asked: inputs.deploymentId,
    own: markerFor(service, world, markerOperation(inputs.operation)),
    service,
    group,
    onListDenied: ({ operation }) =>
      void findings.warnings.push(`${operation} was denied; only the last deployment of the group was looked at.`),
  }
  const call = service.controller === 'ECS' ? findEcsMeant(world, question) : findCodeDeployMeant(world, question)
  const meant = await findings.answerOf<string | MeantDeployment | Problem | Absent>(call)
  if (meant === undefined) return undefined
  if (typeof meant === 'string') return await readEcsAttached({ inputs, service, group, id: meant }, world, findings)
  if ('absent' in meant) return meant
  if ('sentence' in meant) {
    findings.add(meant)
    return undefined
  }
  return await readCodeDeployAttached({ inputs, service, group, meant }, world, findings)
}

/** What is known of a deployment of the service whose id is known; undefined with problems added. */
export async function attachById(
  id: string,
  inputs: Inputs,
  { service, group }: Pick<Place, 'service' | 'group'>,
  world: World,
  findings: Findings,
): Promise<Attached | undefined> {
  if (service.controller === 'ECS') return await readEcsAttached({ inputs, service, group, id }, world, findings)
  const info = await findings.answerOf(getDeployment(world, id))
  return info && (await readCodeDeployAttached({ inputs, service, group, meant: { id, info } }, world, findings))
}
