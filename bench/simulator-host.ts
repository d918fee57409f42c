/** A simulator with as many services as it is told, each with a deployment group. Prints its address; ends on SIGINT. */
import { scaledClock } from '../tools/simulator/clock.ts'
import { baseScenario } from '../tools/simulator/scenarios.ts'
import { startSimulator } from '../tools/simulator/simulator.ts'
import { demoWorld } from '../tools/simulator/world.ts'

const [count = 1, speed = 1] = process.argv.slice(2).map(Number)
const names = Array.from({ length: count }, (_, i) => `web-${i}`)
const world = {
  ...demoWorld,
  services: demoWorld.services.flatMap((seed) => names.map((name) => ({ ...seed, name, serve: false }))),
  applications: demoWorld.applications.flatMap((application) =>
    names.map((name) => ({
      ...application,
      name: `AppECS-demo-${name}`,
      groups: application.groups.map((group) => ({ ...group, name: `DgpECS-demo-${name}`, service: name })),
    })),
  ),
}
const clock = scaledClock(speed, Date.now())
const simulator = await startSimulator({ scenario: { ...baseScenario, world }, clock, live: { speed } })
process.stdout.write(`${simulator.url}\n`)
process.once('SIGINT', () => process.exit())
