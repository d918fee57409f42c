import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import type { CodeDeploy } from '../../src/aws/code-deploy.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** What a deployment of this run is asked for with. */
export const REQUEST = {
  applicationName: 'AppECS-demo-web',
  deploymentGroupName: 'DgpECS-demo-web',
  description: '[ecs-release run=7.1]',
  revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{}', sha256: 'aaa' } },
} as const

/** An answer, or the error that comes instead of one. */
export type FakeAnswer = object | 'denied' | 'throttled' | 'lost' | string

const ERRORS: Record<string, { name: string; status: number | undefined }> = {
  denied: { name: 'AccessDeniedException', status: 400 },
  throttled: { name: 'ThrottlingException', status: 400 },
  lost: { name: 'TimeoutError', status: undefined },
}

/**
 * The SDK's client with answers made by hand; one attempt of each call. Any other text than those of `FakeAnswer` is the
 * name of an exception.
 */
export function fakeCodeDeploy(
  answer: (operation: string, input: Record<string, unknown>) => FakeAnswer | Promise<FakeAnswer>,
  change: Partial<CodeDeploy> & { clock?: VirtualClock } = {},
): CodeDeploy {
  const codeDeploy = new CodeDeployClient({ region: 'us-east-1' })
  codeDeploy.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => {
        const output = await answer(commandName.replace(/Command$/, ''), input as Record<string, unknown>)
        if (typeof output === 'object') return { output: { $metadata: {}, ...output }, response: {} }
        const { name, status } = ERRORS[output] ?? { name: output, status: 400 }
        throw Object.assign(new Error('as the test wants it'), { name, $metadata: { httpStatusCode: status } })
      },
    { step: 'initialize' },
  )
  return { codeDeploy, clock: virtualClock(), random: () => 0.5, maxAttempts: 1, ...change }
}
