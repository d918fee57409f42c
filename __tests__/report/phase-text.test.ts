import { expect, test } from '@jest/globals'
import { wordsOf } from '../../src/engines/words.ts'
import type { Phase } from '../../src/follow/phase.ts'
import { describePhase } from '../../src/report/phase-text.ts'

test.each<[Phase, string, string]>([
  [
    { kind: 'provisioning' },
    'the replacement task set to become healthy (Install)',
    'the replacement to become healthy (SCALE_UP)',
  ],
  [{ kind: 'hook', event: 'AT', hookFunction: 'check' }, 'hook check to answer (AT)', 'hook check to answer (AT)'],
  [
    { kind: 'ready' },
    'somebody to continue the deployment (Ready)',
    'somebody to continue the deployment (a PAUSE hook)',
  ],
  [
    { kind: 'shift' },
    'production traffic to shift (AllowTraffic)',
    'production traffic to shift (PRODUCTION_TRAFFIC_SHIFT)',
  ],
  [{ kind: 'between' }, 'the next lifecycle event', 'the next lifecycle stage'],
  [
    { kind: 'unseen' },
    'the deployment, whose lifecycle events cannot be seen',
    'the deployment, whose lifecycle stages cannot be seen',
  ],
  [
    { kind: 'termination' },
    'the original task set to be terminated',
    'the bake time to be over and the original to be terminated',
  ],
  [{ kind: 'ended' }, 'nothing', 'nothing'],
  [{ kind: 'rollback' }, 'the rollback to show in CodeDeploy', 'the rollback to show in ECS'],
])('phase %j is told in the words of CodeDeploy and of ECS', (phase, ofCodeDeploy, ofEcs) => {
  expect(describePhase(phase, wordsOf('CODE_DEPLOY'))).toBe(ofCodeDeploy)
  expect(describePhase(phase, wordsOf('ECS'))).toBe(ofEcs)
})
