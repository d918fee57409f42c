import { describe, expect, test } from '@jest/globals'
import type { Hooks } from '../../src/follow/snapshot.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { Findings } from '../../src/plan/findings.ts'
import { checkHookFunctions } from '../../src/plan/hook-functions.ts'
import { serviceOf } from '../support/group-parts.ts'
import { handAws } from '../support/hand-aws.ts'
import { rawInputs } from '../support/simulated-release.ts'

function sdkError(name: string, message: string, httpStatusCode: number): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

const MISSING = sdkError('ResourceNotFoundException', 'Function not found: it', 404)
const DENIED = sdkError('AccessDeniedException', 'said by hand', 403)
const THERE = ['CodeDeployHook_validate', 'other', ...Array.from({ length: 60 }, (_, index) => `f${index}-function`)]

interface Account {
  /** How a function is told that is not there. */
  answer?: Error
  mayList?: boolean
  onAsked?: (name: string) => void
}

async function checked(hooks: Hooks, { answer = MISSING, mayList = true, onAsked }: Account = {}) {
  const functions = async () => ({
    logGroupOf: async (name: string) => {
      onAsked?.(name)
      if (THERE.includes(name)) return ''
      throw answer
    },
    names: async (marker: string | undefined) => {
      if (!mayList) throw DENIED
      return marker === undefined
        ? { names: THERE.slice(50), nextMarker: 'more' }
        : { names: THERE.slice(0, 50), nextMarker: undefined }
    },
    page: () => Promise.reject(new Error('not asked for')),
    close: () => {},
  })
  const { world } = handAws({}, { world: { functions } })
  const given = { service: 'web', 'after-allow-test-traffic-hook': hooks.AfterAllowTestTraffic ?? '' }
  const { inputs } = parseInputs(rawInputs(given), [])
  const findings = new Findings()
  await checkHookFunctions(hooks, inputs, serviceOf(), world, findings)
  const { problems, warnings, notes } = findings
  return { problems, warnings, notes }
}

describe('a hook whose function is not there', () => {
  test('is told with the nearest name, which may be on any page of them', async () => {
    expect(await checked({ AfterAllowTestTraffic: 'CodeDeployHook_valdiate' })).toEqual({
      problems: [
        {
          reason: 'not-found',
          sentence:
            "Input 'after-allow-test-traffic-hook' names the Lambda function 'CodeDeployHook_valdiate', which does not exist in us-east-1. Did you mean 'CodeDeployHook_validate'?",
        },
      ],
      warnings: [],
      notes: [],
    })
  })

  test.each<[string, string, Account]>([
    ['nothing is near', 'smoke-test', {}],
    ['functions may not be listed', 'CodeDeployHook_valdiate', { mayList: false }],
    ['only the alias is not there', 'CodeDeployHook_validate:live', {}],
  ])('is told without another name where %s', async (_name, hook, account) => {
    const { problems } = await checked({ BeforeInstall: hook }, account)
    expect(problems.map(({ sentence }) => sentence)).toEqual([
      `The AppSpec's hook 'BeforeInstall' names the Lambda function '${hook}', which does not exist in us-east-1. Check the name and the region.`,
    ])
  })

  test('is told by its ARN, and the name in it is what is compared', async () => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:othr:1'
    const { problems } = await checked({ BeforeInstall: arn })
    expect(problems[0]?.sentence).toMatch(/^The AppSpec's hook .*:function:othr:1', .* Did you mean 'other'\?$/)
  })
})

test('hooks whose functions are there are each looked at once', async () => {
  const asked: string[] = []
  const hooks = { BeforeInstall: 'other', AfterInstall: 'other', AfterAllowTraffic: 'CodeDeployHook_validate' }
  expect(await checked(hooks, { onAsked: (name) => asked.push(name) })).toEqual({
    problems: [],
    warnings: [],
    notes: [],
  })
  expect(asked).toEqual(['other', 'CodeDeployHook_validate'])
})

test.each([
  ['is denied', DENIED, 'lambda:GetFunctionConfiguration was denied (AccessDenied: said by hand).'],
  [
    'is not answered',
    sdkError('ServiceException', 'again', 500),
    'lambda:GetFunctionConfiguration got no answer from AWS that can be used (Service: again).',
  ],
])('where the look %s, one note says so and the form of the names is enough', async (_name, answer, why) => {
  const { problems, warnings, notes } = await checked({ BeforeInstall: 'one', AfterInstall: 'two' }, { answer })
  expect([problems, warnings]).toEqual([[], []])
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatch(/^Whether the functions of the hooks are there was not checked\. /)
  expect(notes[0]).toContain(why)
})
