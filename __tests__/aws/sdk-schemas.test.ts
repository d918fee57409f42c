import {
  CodeDeployClient,
  CreateDeploymentCommand,
  GetDeployment$,
  GetDeploymentCommand,
} from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { NormalizedSchema } from '@smithy/core/schema'
import { answerMistake } from '../../src/aws/answer-shape.ts'
import { shapeOf } from '../../tools/simulator/protocol/shape.ts'

/*
 * The schemas of the SDK are its own affair, and three places read them: `src/aws/raw-json.ts` (where the output stands),
 * `src/aws/answer-shape.ts` (`NormalizedSchema`) and `tools/simulator/protocol/shape.ts` (the encoding). When one of these
 * fails after an upgrade, look up `static-schemas` in the new `@smithy/types`, and mend the place that its title names.
 */
describe('after an upgrade of the SDK', () => {
  test('raw-json.ts: a command has its schema as kind, namespace, name, traits, input, output', () => {
    const { schema } = new GetDeploymentCommand({ deploymentId: 'd-1' }) as unknown as { schema: unknown[] }
    expect(schema.slice(0, 3)).toEqual([9, 'com.amazonaws.codedeploy', 'GetDeployment'])
    expect(schema).toBe(GetDeployment$)
    const members = (at: number) => [...NormalizedSchema.of(schema[at] as never).structIterator()].map(([name]) => name)
    expect(members(4)).toEqual(['deploymentId'])
    expect(members(5)).toEqual(['deploymentInfo'])
  })

  test('answer-shape.ts: a status that is a list and a date that is a text are found', () => {
    const mistakeOf = (deploymentInfo: unknown) => answerMistake(GetDeployment$[5], { deploymentInfo })
    expect(
      mistakeOf({ status: 'Ready', createTime: 1_786_190_400, deploymentOverview: { Pending: 1 } }),
    ).toBeUndefined()
    expect(mistakeOf({ status: ['Ready'] })).toMatch(/status/)
    expect(mistakeOf({ createTime: '2026' })).toMatch(/createTime/)
  })

  test('shape.ts: lists, maps, structures, times and numbers are told apart', () => {
    const { schema } = new CreateDeploymentCommand({ applicationName: 'a' }) as unknown as { schema: unknown[] }
    const shape = shapeOf(schema[4])
    const kinds =
      shape.kind === 'structure' ? Object.fromEntries([...shape.members].map(([name, { kind }]) => [name, kind])) : {}
    expect(kinds).toMatchObject({
      applicationName: 'string',
      revision: 'structure',
      updateOutdatedInstancesOnly: 'boolean',
    })
    const answer = shapeOf(GetDeployment$[5])
    const info = answer.kind === 'structure' ? answer.members.get('deploymentInfo') : undefined
    expect(info?.kind === 'structure' && info.members.get('createTime')?.kind).toBe('timestamp')
    expect(info?.kind === 'structure' && info.members.get('deploymentStatusMessages')?.kind).toBe('list')
  })

  test('a middleware of ours at the deserialize step sees the answer before the SDK reads it', async () => {
    const client = new CodeDeployClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: {
        handle: async () => ({
          response: { statusCode: 200, headers: {}, body: new TextEncoder().encode('{"seen":1}') },
        }),
      },
    })
    const command = new GetDeploymentCommand({ deploymentId: 'd-1' })
    const seen: string[] = []
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        seen.push(new TextDecoder().decode((result.response as { body: Uint8Array }).body))
        return result
      },
      { step: 'deserialize', priority: 'low' },
    )
    await client.send(command)
    client.destroy()
    expect(seen).toEqual(['{"seen":1}'])
  })
})
