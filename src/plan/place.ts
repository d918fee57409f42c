import type { ParsedInputs } from '../inputs/inputs.ts'
import { addressProblems } from '../service/address.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { readMaker } from '../service/find-group.ts'
import type { Maker } from '../service/maker.ts'
import { readEcsGroup } from '../service/read-ecs-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import type { World } from '../world.ts'
import { groupInputProblems } from './ecs-preflight.ts'
import type { Findings } from './findings.ts'
import { credentialsAreClear, type Identity, isExpectedAccount, isInExpectedAccount } from './identity.ts'
import { addIfMissing, readNamedGroup, readService, resolveGroup } from './service-and-group.ts'

/** Where an operation works: a service and the group that releases it. */
export interface Place {
  service: ResolvedService
  group: DeploymentGroup
  maker: Maker | undefined
}

/** Finds service and group with reads only; undefined with problems added. */
export async function findPlace(
  { inputs }: ParsedInputs,
  world: World,
  identity: Promise<Identity>,
  findings: Findings,
): Promise<Place | { service: ResolvedService | undefined; group: undefined }> {
  const nowhere = { service: undefined, group: undefined }
  if (inputs.service !== '') findings.add(...addressProblems(inputs, world.region))
  if (!credentialsAreClear(inputs, world) || !(await isExpectedAccount(inputs, identity, findings))) return nowhere
  const [reading, named] = await Promise.all([
    readService(inputs, world, findings),
    readNamedGroup(inputs, world, findings),
  ])
  const service = reading?.service
  if (service === undefined) addIfMissing(named, findings)
  if (service === undefined || !(await isInExpectedAccount(inputs, identity, service, findings))) return nowhere
  if (service.controller === 'ECS' && reading !== undefined) {
    findings.add(...groupInputProblems(inputs, service))
    return { service, group: readEcsGroup(reading.told), maker: undefined }
  }
  const maker = findings.answerOf(readMaker(world, service))
  const group = await resolveGroup(inputs, world, service, named, maker, findings)
  return group === undefined ? { service, group } : { service, group, maker: await maker }
}
