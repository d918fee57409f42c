import type { CodeDeployService } from '../../src/moving/native-equivalent.ts'
import { ruleArn, targetGroupsOf } from '../../tools/simulator/native/names.ts'
import type { World } from '../../tools/simulator/scenario.ts'
import { groupOf, serviceOf } from '../support/group-parts.ts'

/** Service `demo/web`, all at once, with a termination wait of five minutes and nothing else. */
export function movingService(change: Partial<CodeDeployService> = {}): CodeDeployService {
  const group = groupOf({ targetGroups: ['web-tg-1', 'web-tg-2'], ...change.group })
  return {
    service: serviceOf(),
    hooks: {},
    shift: { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 },
    rollbackOn: ['failure', 'alarm', 'stop'],
    alarms: [],
    appSpec: { containerName: 'web', containerPort: 8080, properties: {} },
    ...change,
    group,
  }
}

/** What stands in angle brackets, as somebody fills it in who reads a simulated account. */
export function filledIn(input: string, world: World, service = 'web'): string {
  const [first, second] = targetGroupsOf(world, service)
  const values: [RegExp, string][] = [
    [/target group that serves/, first],
    [/other target group/, second],
    [/production listener rule/, ruleArn(world, service, 'production', 'application')],
    [/test listener rule/, ruleArn(world, service, 'test', 'application')],
    [/role/, `arn:aws:iam::${world.account}:role/ecs-infrastructure`],
  ]
  return input.replace(/<[^>]*>/g, (placeholder) => {
    const value = values.find(([what]) => what.test(placeholder))?.[1]
    if (value === undefined) throw new Error(`Nothing is known of ${placeholder}.`)
    return value
  })
}
