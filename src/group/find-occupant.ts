import type { CodeDeploy } from '../aws/code-deploy.ts'
import type { Ecs } from '../aws/ecs.ts'
import { findCodeDeployOccupant } from './code-deploy-occupant.ts'
import { findEcsOccupant } from './ecs-occupant.ts'
import type { OccupancyFacts, Occupant } from './occupant.ts'

/** The deployment that runs, by whom the service is deployed; its rollback and what comes after the shift count. @throws CallError */
export async function findOccupant(aws: CodeDeploy & Ecs, facts: OccupancyFacts): Promise<Occupant | undefined> {
  return facts.service.controller === 'ECS'
    ? await findEcsOccupant(aws, facts)
    : await findCodeDeployOccupant(aws, facts)
}
