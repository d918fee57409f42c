import type { Operation } from '../protocol/operation.ts'
import { applicationRevisionOperations } from './application-revisions.ts'
import { applicationOperations } from './applications.ts'
import { clusterOperations } from './clusters.ts'
import { createDeployment } from './create-deployment.ts'
import { deploymentConfigOperations } from './deployment-configs.ts'
import { deploymentControlOperations } from './deployment-control.ts'
import { deploymentGroupOperations } from './deployment-groups.ts'
import { deploymentTargetOperations } from './deployment-targets.ts'
import { deploymentOperations } from './deployments.ts'
import { functionOperations } from './functions.ts'
import { listenerRuleOperations } from './listener-rules.ts'
import { listenerOperations } from './listeners.ts'
import { loadBalancerOperations } from './load-balancers.ts'
import { logOperations } from './log-events.ts'
import { oneOffTaskOperations } from './one-off-tasks.ts'
import { securityTokenOperations } from './security-tokens.ts'
import { serviceDeploymentOperations } from './service-deployments.ts'
import { serviceRevisionOperations } from './service-revisions.ts'
import { serviceOperations } from './services.ts'
import { tagOperations } from './tags.ts'
import { targetHealthOperations } from './target-health.ts'
import { taskDefinitionOperations } from './task-definitions.ts'
import { taskOperations } from './tasks.ts'
import { updateService } from './update-service.ts'

/** Everything that the simulator can do; README.md has the same list. */
export const OPERATIONS: readonly Operation[] = [
  ...applicationOperations,
  ...applicationRevisionOperations,
  ...deploymentConfigOperations,
  ...deploymentGroupOperations,
  createDeployment,
  ...deploymentOperations,
  ...deploymentTargetOperations,
  ...deploymentControlOperations,
  ...taskDefinitionOperations,
  ...clusterOperations,
  ...serviceOperations,
  ...serviceDeploymentOperations,
  ...serviceRevisionOperations,
  updateService,
  ...tagOperations,
  ...taskOperations,
  ...oneOffTaskOperations,
  ...functionOperations,
  ...logOperations,
  ...securityTokenOperations,
  ...loadBalancerOperations,
  ...listenerOperations,
  ...listenerRuleOperations,
  ...targetHealthOperations,
]

/** The same by `Service.Operation`, as requests name them. */
export const OPERATIONS_BY_NAME: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [`${operation.service}.${operation.name}`, operation]),
)
