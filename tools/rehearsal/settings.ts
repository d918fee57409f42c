import type { NamedScenario } from '../simulator/named-scenarios.ts'
import type { RehearsalOptions } from './options.ts'

/** How many times faster than real time, so that the scenario ends within 30 s unless a hook never answers. */
const SPEEDS: Record<NamedScenario, number> = {
  success: 25,
  'no-hooks': 10,
  'hook-fails': 12,
  'hook-fails-no-rollback': 12,
  'hook-silent': 150,
  'hook-denied': 12,
  'never-healthy': 15,
  'task-dies': 18,
  alarm: 18,
  stopped: 18,
  'ready-wait': 25,
  'late-rollback': 12,
  'rollback-fails': 18,
  'bad-appspec': 5,
  'lost-answer': 25,
  throttled: 25,
  expired: 18,
  'expired-with-role': 25,
  'denied-targets': 25,
  busy: 60,
  'busy-ready': 25,
  'busy-termination': 35,
  native: 15,
  'native-canary': 25,
  'native-linear': 30,
  'native-hook-fails': 12,
  'native-pause': 15,
  'native-alarm': 20,
  'native-never-healthy': 12,
  'native-mixed-traffic': 5,
}

/** What happens in a world of one's own is not known beforehand. */
const WORLD_SPEED = 25

/** A cancelled step has 10 s of its own time; at this rate a slow machine is not what ends it. */
const CANCEL_SPEED = 10

/** What the workflow of a scenario gives beside the place, the image and the hook. */
const OWN_INPUTS: Partial<Record<NamedScenario, [string, string][]>> = {
  'expired-with-role': [['role-to-assume', 'arn:aws:iam::123456789012:role/release-web']],
  // A release that goes on past Ready is refused by such a group unless it says so.
  'busy-ready': [['auto-promote', 'true']],
}

/** A task set that never gets healthy takes an hour when nobody gives up before. */
export function speedFor({ scenario, world, inputs, cancelAt }: RehearsalOptions): number {
  if (world === undefined && scenario === 'never-healthy' && inputs.get('fail-fast') === '0') return 150
  if (cancelAt !== undefined) return CANCEL_SPEED
  const speed = world === undefined ? SPEEDS[scenario] : WORLD_SPEED
  return inputs.get('wait-for') === 'completion' ? speed * 2 : speed
}

/** The inputs of the step: those of the scenario under those that were given. */
export function inputsOf(options: RehearsalOptions): ReadonlyMap<string, string> {
  const { operation, image, inputs, scenario, world, subject } = options
  const { service, hook } = subject
  const hooks: [string, string][] = hook === undefined ? [] : [['after-allow-test-traffic-hook', hook]]
  const place: [string, string][] = [
    ['operation', operation],
    ['cluster', service.cluster],
    ['service', service.name],
    ['image', image],
  ]
  const own = world === undefined ? OWN_INPUTS[scenario] : undefined
  return new Map([...place, ...hooks, ...(own ?? []), ...inputs])
}
