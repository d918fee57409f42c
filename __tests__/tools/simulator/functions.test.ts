import { expect, test } from '@jest/globals'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { HOOK } from './support/rehearsal.ts'
import { withWholeAccount } from './support/whole-account.ts'
import { send } from './support/wire.ts'

const ARN = `arn:aws:lambda:us-east-1:123456789012:function:${HOOK}`

const references: [string, string, string][] = [
  [HOOK, ARN, '$LATEST'],
  [ARN, ARN, '$LATEST'],
  [`123456789012:function:${HOOK}`, ARN, '$LATEST'],
  [`${HOOK}:live`, `${ARN}:live`, '$LATEST'],
  [`${ARN}:3`, `${ARN}:3`, '3'],
  [`${ARN}:$LATEST`, `${ARN}:$LATEST`, '$LATEST'],
]

test.each(references)('%s is found', (FunctionName, arn, version) =>
  withWholeAccount(scenarios.success, async ({ lambda, simulator }) => {
    expect(await lambda.getFunctionConfiguration({ FunctionName })).toMatchObject({
      FunctionName: HOOK,
      FunctionArn: arn,
      Version: version,
      LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${HOOK}` },
      LastModified: '2026-07-09T12:00:00.000+0000',
      State: 'Active',
    })
    expect(simulator.calls).toMatchObject([
      { service: 'lambda', operation: 'GetFunctionConfiguration', input: { FunctionName }, httpStatus: 200 },
    ])
  }),
)

test('functions are listed, in pages of as many as are asked for', () => {
  const { world } = scenarios.success
  const functions = [...world.functions, { name: 'another' }]
  return withWholeAccount({ ...scenarios.success, world: { ...world, functions } }, async ({ lambda }) => {
    const first = await lambda.listFunctions({ MaxItems: 1 })
    expect(first.Functions?.map(({ FunctionName }) => FunctionName)).toEqual([HOOK])
    const { Functions, NextMarker } = await lambda.listFunctions({ MaxItems: 1, Marker: first.NextMarker })
    expect([Functions?.map(({ FunctionName }) => FunctionName), NextMarker]).toEqual([['another'], undefined])
  })
})

test('a function may log to a group of its own', () => {
  const functions = [{ name: HOOK, logGroup: '/hooks/all' }]
  const scenario = { ...scenarios.success, world: { ...scenarios.success.world, functions } }
  return withWholeAccount(scenario, async ({ lambda }) => {
    const { LoggingConfig } = await lambda.getFunctionConfiguration({ FunctionName: HOOK, Qualifier: 'live' })
    expect(LoggingConfig?.LogGroup).toBe('/hooks/all')
  })
})

test('a function that is not there is a 404 with the type of the error in a header', () =>
  withWholeAccount(scenarios.success, async ({ lambda, simulator }) => {
    await expect(lambda.getFunctionConfiguration({ FunctionName: 'gone', Qualifier: 'live' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:gone:live',
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    })
    const answer = await send(`${simulator.url}/2015-03-31/functions/gone/configuration`, {}, '', 'GET')
    expect(answer).toMatchObject({
      httpStatus: 404,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ResourceNotFoundException' },
    })
  }))

const refusals: [string, { FunctionName: string; Qualifier?: string }, string][] = [
  ['a name with a blank', { FunctionName: 'a b' }, 'ValidationException'],
  ['two qualifiers', { FunctionName: `${HOOK}:live`, Qualifier: 'next' }, 'InvalidParameterValueException'],
  [
    'a function of another account',
    { FunctionName: `arn:aws:lambda:us-east-1:999999999999:function:${HOOK}` },
    'ResourceNotFoundException',
  ],
  [
    'a function of another partition',
    { FunctionName: `arn:aws-cn:lambda:us-east-1:123456789012:function:${HOOK}` },
    'ResourceNotFoundException',
  ],
]

test.each(refusals)('%s is refused', (_, request, name) =>
  withWholeAccount(scenarios.success, async ({ lambda }) => {
    await expect(lambda.getFunctionConfiguration(request)).rejects.toMatchObject({ name })
  }),
)

test('functions are listed in pages of the size that is asked for, 50 at most', () => {
  const functions = Array.from({ length: 60 }, (_, index) => ({ name: `hook-${index}` }))
  const scenario = { ...scenarios.success, world: { ...scenarios.success.world, functions } }
  return withWholeAccount(scenario, async ({ lambda }) => {
    const first = await lambda.listFunctions({ MaxItems: 1_000 })
    expect(first.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(
      functions.slice(0, 50).map(({ name }) => name),
    )
    const rest = await lambda.listFunctions({ Marker: first.NextMarker })
    expect([rest.Functions?.length, rest.NextMarker]).toEqual([10, undefined])
    expect((await lambda.listFunctions({ MaxItems: 1 })).Functions).toHaveLength(1)
  })
})
