import type { TrafficRoutingConfig } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import { describeShift, readTrafficShift, shiftByName } from '../../src/service/traffic-shift.ts'

const canary = (canaryPercentage: number, canaryInterval: number): TrafficRoutingConfig => ({
  type: 'TimeBasedCanary',
  timeBasedCanary: { canaryPercentage, canaryInterval },
})
const linear = (linearPercentage: number, linearInterval: number): TrafficRoutingConfig => ({
  type: 'TimeBasedLinear',
  timeBasedLinear: { linearPercentage, linearInterval },
})

test.each<[string, TrafficRoutingConfig | undefined, number, string]>([
  ['CodeDeployDefault.ECSAllAtOnce', { type: 'AllAtOnce' }, 0, 'all at once'],
  ['CodeDeployDefault.ECSCanary10Percent5Minutes', canary(10, 5), 5, '10 % first, the rest after 5 min'],
  ['CodeDeployDefault.ECSCanary10Percent15Minutes', canary(10, 15), 15, '10 % first, the rest after 15 min'],
  ['CodeDeployDefault.ECSLinear10PercentEvery1Minutes', linear(10, 1), 9, '10 % every 1 min'],
  ['CodeDeployDefault.ECSLinear10PercentEvery3Minutes', linear(10, 3), 27, '10 % every 3 min'],
  ['a share that does not divide 100', linear(30, 2), 6, '30 % every 2 min'],
  ['a single step', linear(100, 5), 0, '100 % every 5 min'],
  ['no routing at all', undefined, 0, 'all at once'],
  ['a routing that is new', { type: 'MoonPhase' as never }, 0, 'all at once'],
  ['a linear routing without its figures', { type: 'TimeBasedLinear' }, 0, '100 % every 0 min'],
  ['a linear routing of 0 percent', linear(0, 5), 0, '100 % every 5 min'],
  ['a canary without its figures', { type: 'TimeBasedCanary' }, 0, '100 % first, the rest after 0 min'],
])('with %s the shift takes that long and is told so', (_, trafficRoutingConfig, minutes, words) => {
  const shift = readTrafficShift({ ...(trafficRoutingConfig && { trafficRoutingConfig }) })
  expect(shift.durationMs).toBe(minutes * 60_000)
  expect(describeShift(shift)).toBe(words)
})

test.each([
  ['CodeDeployDefault.ECSAllAtOnce', 'all at once', 0],
  ['CodeDeployDefault.ECSCanary10Percent5Minutes', '10 % first, the rest after 5 min', 5],
  ['CodeDeployDefault.ECSCanary10Percent15Minutes', '10 % first, the rest after 15 min', 15],
  ['CodeDeployDefault.ECSLinear10PercentEvery1Minutes', '10 % every 1 min', 9],
  ['CodeDeployDefault.ECSLinear10PercentEvery3Minutes', '10 % every 3 min', 27],
  ['Own', 'in steps that could not be seen', 2_880],
])('the name %s says "%s" when the configuration may not be read', (name, words, minutes) => {
  const shift = shiftByName(name)
  expect(describeShift(shift)).toBe(words)
  expect(shift.durationMs).toBe(minutes * 60_000)
})
