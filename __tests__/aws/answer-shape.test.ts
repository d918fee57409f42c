import { GetDeployment$, GetDeploymentTarget$ } from '@aws-sdk/client-codedeploy'
import { DescribeServices$, DescribeTaskDefinition$ } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { answerMistake } from '../../src/aws/answer-shape.ts'

const outputOf = (operation: readonly unknown[]) => operation[5]

function mistake(answer: string): string | undefined {
  return answerMistake(outputOf(GetDeployment$), JSON.parse(answer))
}

describe('an answer', () => {
  test.each([
    ['as it should be', '{"deploymentInfo": {"status": "Succeeded", "createTime": 1786190400.5}}'],
    ['with null where something could be', '{"deploymentInfo": {"status": null, "rollbackInfo": null}}'],
    [
      'with members that the SDK does not know',
      '{"deploymentInfo": {"status": "Failed", "novelty": [[{}]]}, "more": 1}',
    ],
    [
      'with members named like those of every object',
      '{"__proto__": 1, "constructor": {"a": 1}, "deploymentInfo": {}}',
    ],
    ['of nothing', '{}'],
  ])('%s is taken', (_, answer) => {
    expect(mistake(answer)).toBeUndefined()
  })

  test.each([
    ['no object', '[1]', 'no JSON'],
    ['a list for a text', '{"deploymentInfo": {"status": ["Succeeded"]}}', "nothing that can be read as 'status'"],
    ['an object for a text', '{"deploymentInfo": {"status": {"toString": 1}}}', "nothing that can be read as 'status'"],
    ['a text for a structure', '{"deploymentInfo": "Succeeded"}', "no structure 'deploymentInfo'"],
    ['a text for a moment', '{"deploymentInfo": {"createTime": "soon"}}', "nothing that can be read as 'createTime'"],
    [
      'a moment that no calendar has',
      '{"deploymentInfo": {"createTime": 1e308}}',
      "nothing that can be read as 'createTime'",
    ],
    ['nesting without end', `{"x": ${'['.repeat(300)}${']'.repeat(300)}}`, 'far too many levels'],
  ])('with %s is not', (_, answer, what) => {
    expect(mistake(answer)).toBe(what)
  })

  test.each([
    ['trafficWeight', [-1, 100.5, 1e308]],
    ['runningCount', [-1, 1.5, 1e308]],
  ])('with a %s that cannot be is not', (member, values) => {
    for (const value of values) {
      const deploymentTarget = { ecsTarget: { taskSetsInfo: [{ [member]: value }] } }
      expect(answerMistake(outputOf(GetDeploymentTarget$), { deploymentTarget })).toBe(
        `nothing that can be read as '${member}'`,
      )
    }
  })

  test('of a service may have ECS wait for two weeks at a pause, and hand anything to a function', () => {
    const answerWith = (timeoutInMinutes: number) => ({
      services: [
        {
          deploymentConfiguration: {
            lifecycleHooks: [{ hookDetails: [{ any: 1 }, null, 'x'], timeoutConfiguration: { timeoutInMinutes } }],
          },
        },
      ],
    })
    expect(answerMistake(outputOf(DescribeServices$), answerWith(20_160))).toBeUndefined()
    expect(answerMistake(outputOf(DescribeServices$), answerWith(20_161))).toBe(
      "nothing that can be read as 'timeoutInMinutes'",
    )
  })

  test('with an empty place in a list, or a mapping of other things, is not', () => {
    const target = { ecsTarget: { lifecycleEvents: [null] } }
    expect(answerMistake(outputOf(GetDeploymentTarget$), { deploymentTarget: target })).toBe(
      "an empty place in 'lifecycleEvents'",
    )
    const container = { dockerLabels: { team: 1 } }
    expect(
      answerMistake(outputOf(DescribeTaskDefinition$), { taskDefinition: { containerDefinitions: [container] } }),
    ).toBe("nothing that can be read as 'dockerLabels'")
  })
})
