import type { ApplicationSeed, ServiceSeed, World } from './scenario.ts'
import { demoWorld } from './world.ts'

/** The demo account with lanes beside its service: services made for previews of pull requests, free at the start. */
export function previewWorld(laneCount: number): World {
  const names = Array.from({ length: laneCount }, (_, index) => `web-preview-${index + 1}`)
  return {
    ...demoWorld,
    services: [...demoWorld.services, ...names.map(laneService)],
    applications: [...demoWorld.applications, ...names.map(laneApplication)],
  }
}

function laneService(name: string): ServiceSeed {
  const [web] = demoWorld.services
  if (web === undefined) throw new Error('The demo world has no service.')
  return { ...web, name, desiredCount: 0, tags: [{ key: 'preview-lane', value: 'true' }] }
}

/** All at once, no hold, no termination wait. */
function laneApplication(name: string): ApplicationSeed {
  return {
    name: `AppECS-demo-${name}`,
    computePlatform: 'ECS',
    groups: [
      {
        name: `DgpECS-demo-${name}`,
        cluster: 'demo',
        service: name,
        deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
        testListener: true,
        ready: { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 0 },
        terminationWaitMinutes: 0,
        rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'],
        alarms: [],
      },
    ],
  }
}
