import { LogDriver } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { rawInputs } from '../support/simulated-release.ts'

function parse(given: Partial<Record<InputName, string>>) {
  const { inputs, problems, warnings } = parseInputs(rawInputs({ service: 'web', image: 'web:1', ...given }), [])
  return { inputs, warnings, wrong: problems.map(({ sentence }) => sentence) }
}

describe('container-name', () => {
  test.each<[string, string[], string | undefined]>([
    ['web', ['web'], 'web'],
    ['web,worker', ['web', 'worker'], undefined],
    [' web , worker\n', ['web', 'worker'], undefined],
    ['web\nworker', ['web', 'worker'], undefined],
    ['web,\n  worker', ['web', 'worker'], undefined],
  ])('%j names %j; to get the traffic: %s', (given, containers, containerName) => {
    expect(parse({ 'container-name': given })).toMatchObject({ inputs: { containers, containerName }, wrong: [] })
  })

  test.each([
    ['web,', ''],
    ['web worker', 'web worker'],
    ['web,wörker', 'wörker'],
  ])('%j is refused', (given, name) => {
    const { inputs, wrong } = parse({ 'container-name': given })
    expect(inputs).toMatchObject({ containers: [], containerName: undefined })
    expect(wrong).toEqual([
      `Input 'container-name' must be the name of a container, up to 255 letters, digits, '-' and '_', or several with commas; got '${name}'.`,
    ])
  })

  test('is refused when it names a container twice', () => {
    expect(parse({ 'container-name': 'web,web' }).wrong).toEqual(["Input 'container-name' names 'web' more than once."])
  })
})

describe('labels, options and tags', () => {
  const LISTS = { 'docker-labels': 'dockerLabels', 'log-configuration-options': 'logOptions', tags: 'tags' } as const

  test.each(Object.entries(LISTS))(
    '%s keep what follows the second equals sign, and nothing at the end',
    (input, member) => {
      const { inputs, wrong } = parse({ [input]: '\n  rule=Host(a)=b==  \r\nempty=\n com.example/x.y-z = 1\n' })
      expect(wrong).toEqual(input === 'tags' ? [expect.stringContaining("gives 'rule' a value")] : [])
      expect([...inputs[member]]).toEqual([
        ['rule', 'Host(a)=b=='],
        ['empty', ''],
        ['com.example/x.y-z', ' 1'],
      ])
    },
  )

  test.each([
    ['docker-labels', 'label'],
    ['log-configuration-options', 'option'],
  ] as const)('%s are refused where a line is none, unseen, all at once', (input, noun) => {
    expect(parse({ [input]: 'A=1\nhunter2\na b=hunter2\nA=2' }).wrong).toEqual([
      `Input '${input}' must have lines 'KEY=value'; line 2 has no '=' (not shown).`,
      `Input '${input}' must have lines 'KEY=value'; line 3 has a name that no ${noun} can have before '=' (not shown).`,
      `Input '${input}' sets 'A' more than once.`,
    ])
  })

  test('tags may have spaces in their keys, as AWS lets them', () => {
    const { inputs, wrong } = parse({ tags: 'Cost Center=4711 / web\nTeam@Org=a+b=c' })
    expect(wrong).toEqual([])
    expect([...inputs.tags]).toEqual([
      ['Cost Center', '4711 / web'],
      ['Team@Org', 'a+b=c'],
    ])
  })

  test.each([
    ['aws:createdBy=me', "line 1 has a name that no tag can have before '='"],
    [`${'a'.repeat(129)}=1`, "line 1 has a name that no tag can have before '='"],
    ['a,b=1', "line 1 has a name that no tag can have before '='"],
    [`a=${'1'.repeat(257)}`, "gives 'a' a value that no tag can have"],
    ['a=AWS:1', "gives 'a' a value that no tag can have"],
    ['a=1;2', "gives 'a' a value that no tag can have"],
  ])('the tag %s is refused', (tags, sentence) => {
    expect(parse({ tags }).wrong).toEqual([expect.stringContaining(sentence)])
  })
})

describe('what is wrong is refused by name', () => {
  test.each<[InputName, string, string]>([
    [
      'env-files',
      's3://config/web.env',
      "must have lines with ARNs of S3 objects whose names end in '.env', 'arn:aws:s3:::BUCKET/KEY.env'; got 's3://config/web.env'.",
    ],
    ['env-files', 'arn:aws:s3:::config/web.txt', "got 'arn:aws:s3:::config/web.txt'."],
    ['env-files', 'arn:aws:s3:::a-b/x.env\narn:aws:s3:::a-b/x.env', "names 'arn:aws:s3:::a-b/x.env' more than once."],
    [
      'env-files',
      Array.from({ length: 11 }, (_, index) => `arn:aws:s3:::config/${index}.env`).join('\n'),
      'takes at most 10 files, as ECS does; got 11.',
    ],
    ['log-configuration-log-driver', 'cloudwatch', "must be 'awslogs', 'awsfirelens', "],
    ['task-role-arn', 'web', "must be the ARN of an IAM role, 'arn:aws:iam::ACCOUNT:role/NAME'; got 'web'."],
    ['execution-role-arn', 'arn:aws:iam::1:role/web', 'must be the ARN of an IAM role'],
    [
      'family',
      'web:7',
      "must be the name of a family, up to 255 letters, digits, '-' and '_', without a revision; got 'web:7'.",
    ],
    ['task-definition-arn', 'web:7', "must be the ARN of a task definition; got 'web:7'."],
    [
      'task-definition-family',
      'web:7',
      "must be the name of a family, up to 255 letters, digits, '-' and '_'; got 'web:7'.",
    ],
    ['task-definition-revision', 'latest', "must be a whole number from 1 to 999999999; got 'latest'."],
    ['task-definition-revision', '7', "needs 'task-definition-family', the family that the revision is of."],
  ])('%s: %s', (input, given, sentence) => {
    const needsFamily = input === 'task-definition-revision' && given !== '7'
    expect(parse({ [input]: given, ...(needsFamily ? { 'task-definition-family': 'web' } : {}) }).wrong).toEqual([
      expect.stringContaining(sentence),
    ])
    expect(parse({ [input]: given }).wrong[0]).toMatch(`Input '${input}' `)
  })

  test('every log driver that the SDK knows is taken, and no other', () => {
    for (const driver of Object.values(LogDriver)) {
      expect(parse({ 'log-configuration-log-driver': driver })).toMatchObject({
        inputs: { logDriver: driver },
        wrong: [],
      })
    }
    expect(parse({ 'log-configuration-log-driver': 'logentries' }).wrong).toHaveLength(1)
  })
})

describe('the task definition to start from', () => {
  const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3'

  test.each<[Partial<Record<InputName, string>>, string, string]>([
    [{ 'task-definition-arn': ARN }, ARN, 'task-definition-arn'],
    [{ 'task-definition-family': 'web' }, 'web', 'task-definition-family'],
    [{ 'task-definition-family': 'web', 'task-definition-revision': '7' }, 'web:7', 'task-definition-family'],
  ])('is said by %j', (given, taskDefinition, taskDefinitionFrom) => {
    expect(parse(given)).toMatchObject({ inputs: { taskDefinition, taskDefinitionFrom }, wrong: [], warnings: [] })
  })

  test('is said by the file, then by the ARN, as in the render action; the others are warned of', () => {
    const all = { 'task-definition-arn': ARN, 'task-definition-family': 'web', 'task-definition-revision': '7' }
    const ofFile = parse({ 'task-definition': 'td.json', ...all })
    expect(ofFile.inputs.taskDefinition).toBe('td.json')
    expect(ofFile.warnings).toEqual(
      ['task-definition-arn', 'task-definition-family', 'task-definition-revision'].map(
        (input) => `Input '${input}' is not used, because 'task-definition' says what to start from.`,
      ),
    )
    expect(parse(all)).toMatchObject({
      inputs: { taskDefinition: ARN },
      warnings: [expect.anything(), expect.anything()],
    })
    expect(parse({ 'task-definition': 'web', 'task-definition-family': 'web' }).warnings).toEqual([])
  })

  test('is a revision for a rollback, whichever input says it', () => {
    const rollback = (given: Partial<Record<InputName, string>>) =>
      parse({ operation: 'rollback', image: '', ...given })
    expect(rollback({ 'task-definition-family': 'web', 'task-definition-revision': '7' })).toMatchObject({
      inputs: { taskDefinition: 'web:7' },
      wrong: [],
    })
    expect(rollback({ 'task-definition-family': 'web' }).wrong).toEqual([
      "Input 'task-definition-family' must be a revision to go back to, 'family:revision' or an ARN; got 'web'. Add 'task-definition-revision'.",
    ])
  })
})
