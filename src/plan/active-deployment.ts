import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { getDeployment, listActiveDeployments } from '../aws/code-deploy.ts'
import type { Problem } from '../errors.ts'
import { deploymentUrl } from '../report/console-links.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import { inSentence } from '../untrusted.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'

/**
 * CodeDeploy runs one deployment of a group at a time; its termination wait counts. Finds the one that is in the way.
 * @returns true when the group is busy or could not be looked at
 */
export async function findBlocker(
  world: World,
  service: ResolvedService,
  group: DeploymentGroup,
  findings: Findings,
): Promise<boolean> {
  const ids = await activeIds(world, group, findings)
  const [blocker] = ids ?? []
  if (blocker === undefined) return ids === undefined
  const info = await findings.answerOf(getDeployment(world, blocker))
  if (info !== undefined) findings.add(busyProblem(info, service, group, world.clock.now()))
  return true
}

async function activeIds(world: World, group: DeploymentGroup, findings: Findings): Promise<string[] | undefined> {
  return await findings.answerOf(listActiveDeployments(world, group.application, group.name), ({ kind }) => {
    if (kind !== 'denied') return undefined
    findings.warnings.push(
      'Could not look for active deployments (codedeploy:ListDeployments was denied); if there is one, CodeDeploy rejects this release.',
    )
    return 'ignore'
  })
}

/** Who is in the way, since when, and what to do. */
function busyProblem(info: DeploymentInfo, service: ResolvedService, group: DeploymentGroup, nowMs: number): Problem {
  const id = info.deploymentId ?? ''
  const ageMinutes = Math.max(0, Math.round((nowMs - (info.createTime?.getTime() ?? nowMs)) / 60_000))
  const status = inSentence(info.status ?? 'unknown', 60)
  const creator = inSentence(info.creator ?? 'unknown', 60)
  const description = info.description === undefined ? '' : `, '${inSentence(info.description, 256)}'`
  const url = deploymentUrl(service.partition, service.region, id)
  return {
    reason: 'busy',
    sentence:
      `Deployment group '${group.name}' is busy with ${id} (${status}, created ${ageMinutes} min ago by ${creator}${description}). ` +
      `Wait until it has ended, its termination wait included, or stop it${url === undefined ? '' : ` (${url})`}.`,
  }
}
