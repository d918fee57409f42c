import type { Account } from '../model/account.ts'
import { type Deployment, isOver } from '../model/deployment.ts'
import { findDeployment, type Lane, latestDeployment } from '../model/lane.ts'
import { serviceKey } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { ApplicationSeed, GroupSeed } from '../scenario.ts'

/** Source: CodeDeploy User Guide, "CodeDeploy limits". */
const NAME = /^[A-Za-z0-9._+=,@-]{1,100}$/

export function requireApplication(account: Account, name: string | undefined): ApplicationSeed {
  if (!name) throw new AwsError('ApplicationNameRequiredException', 'Application name is required')
  if (!NAME.test(name)) throw new AwsError('InvalidApplicationNameException', `Invalid application name: ${name}`)
  const application = account.world.applications.find((known) => known.name === name)
  if (!application) throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${name}`)
  return application
}

export function requireGroup(application: ApplicationSeed, name: string | undefined): GroupSeed {
  requireGroupName(name)
  const group = application.groups.find((known) => known.name === name)
  if (!group) {
    throw new AwsError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`)
  }
  return group
}

export function laneOfGroup(account: Account, group: GroupSeed, atMs: number): Lane {
  const lane = account.lane(serviceKey(group.cluster, group.service), atMs)
  if (!lane) throw new Error(`There is no lane for deployment group ${group.name}.`)
  return lane
}

export interface FoundDeployment {
  lane: Lane
  deployment: Deployment
}

export function requireDeployment(account: Account, id: string | undefined, atMs: number): FoundDeployment {
  const known = requireDeploymentId(id)
  const lane = account.laneOfDeployment(known, atMs)
  const deployment = lane && findDeployment(lane, known)
  if (!lane || !deployment) {
    throw new AwsError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`)
  }
  return { lane, deployment }
}

export function requireDeploymentId(id: string | undefined): string {
  if (!id) throw new AwsError('DeploymentIdRequiredException', 'The deploymentId was null')
  if (!/^d-[A-Z0-9]+$/.test(id)) throw new AwsError('InvalidDeploymentIdException', `Invalid deployment ID: ${id}`)
  return id
}

export function requireGroupName(name: string | undefined): string {
  if (!name) throw new AwsError('DeploymentGroupNameRequiredException', 'Deployment group name is required')
  if (NAME.test(name)) return name
  throw new AwsError('InvalidDeploymentGroupNameException', `Invalid deployment group name: ${name}`)
}

/** The deployment that keeps the group busy: a running one, or one whose rollback is about to appear (assumed). */
export function activeDeployment(lane: Lane): Deployment | undefined {
  const latest = latestDeployment(lane)
  return latest && (!isOver(latest) || latest.rollback) ? latest : undefined
}
