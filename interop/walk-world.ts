import { fileURLToPath } from 'node:url'
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { GroupSeed, Scenario, ServiceSeed } from '../tools/simulator/scenario.ts'
import { baseScenario } from '../tools/simulator/scenarios.ts'
import { demoWorld } from '../tools/simulator/world.ts'

/** A hook that answers nothing and leaves its event in the file that `INTEROP_HOOK_EVENT` names. */
const LEAVE_EVENT = fileURLToPath(new URL('./leave-event.mjs', import.meta.url))

const web: ServiceSeed = { ...only(demoWorld.services), serve: false }
const webGroup: GroupSeed = {
  ...only(only(demoWorld.applications).groups),
  deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
  terminationWaitMinutes: 0,
}

/** Blue/green by ECS itself, with a pause for somebody to continue. */
const PAUSED: DeploymentConfiguration = {
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 10,
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
}

/** Where there is something to list for every list, more than one of what lists show in pages, and short waits. */
export const walkScenario: Scenario = {
  ...baseScenario,
  name: 'walk',
  description: 'Something for every operation, and pages of one.',
  world: {
    ...demoWorld,
    services: [
      web,
      { ...web, name: 'api' },
      { ...web, name: 'native', controller: 'ECS', nativeStrategy: 'ROLLING' },
      { ...web, name: 'cart', controller: 'ECS', native: { deploymentConfiguration: PAUSED } },
      { ...web, name: 'gone', controller: 'ECS', status: 'INACTIVE', desiredCount: 0 },
    ],
    applications: [
      { name: 'AppECS-demo-web', computePlatform: 'ECS', groups: [webGroup] },
      {
        name: 'AppECS-demo-api',
        computePlatform: 'ECS',
        groups: [
          {
            ...webGroup,
            name: 'DgpECS-demo-api',
            service: 'api',
            ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 },
          },
        ],
      },
    ],
    functions: [{ name: 'CodeDeployHook_validate', handlerFile: LEAVE_EVENT }],
  },
  timings: { install: 10, drain: 1 },
  native: { timings: { scaleUp: 5, testShift: 1, productionShift: 1, rollbackScaleDown: 1 } },
  assumptions: { listPageSize: 1 },
}

function only<T>(list: readonly T[]): T {
  const [first] = list
  if (first === undefined) throw new Error('The demo world has changed: there is nothing to begin with.')
  return first
}
