import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { planDefinition } from '../../src/plan/definition-plan.ts'
import { Findings } from '../../src/plan/findings.ts'
import type { Sources } from '../../src/plan/sources.ts'
import type { TaskDefinition } from '../../src/task-definition/definition.ts'
import { serviceOf } from '../support/group-parts.ts'
import {
  DENY,
  type HandAccount,
  handAws,
  refuse,
  revision,
  type WireAnswers,
  wireDefinition,
} from '../support/hand-aws.ts'
import { rawInputs } from '../support/simulated-release.ts'

type Given = Partial<Record<InputName, string>>

interface Case {
  given?: Given
  source?: Sources['definition']
  account?: Partial<HandAccount>
  answers?: WireAnswers
}

const CURRENT = { kind: 'current' } as const

/** What is to be deployed where the service runs `web:1`. */
async function planned({ given = {}, source = CURRENT, account, answers = {} }: Case) {
  const aws = handAws(account, { answers })
  const { inputs } = parseInputs(rawInputs({ cluster: 'demo', service: 'web', ...given }), [])
  const findings = new Findings()
  const appSpec = { containerName: 'web', containerPort: 8080, hooks: {}, file: undefined, properties: {} }
  const origin = { name: "'container-name'", port: "'container-port'" }
  const facts = { inputs, world: aws.world, service: serviceOf(), source, appSpec, origin, findings }
  const plan = await planDefinition(facts)
  const { problems, warnings, notes } = findings
  return { plan, problems, notes, reasons: problems.map(({ reason }) => reason), warnings, writes: aws.writes() }
}

function ofFile(image: string, more: TaskDefinition = {}): Sources['definition'] {
  const containerDefinitions = [{ name: 'web', image, portMappings: [{ containerPort: 8080 }] }]
  return { kind: 'file', definition: { family: 'web', containerDefinitions, ...more }, saysTags: 'tags' in more }
}

const DIGEST = `web@sha256:${'a'.repeat(64)}`
const REGISTER = { kind: 'register', definition: expect.anything() }
const reference = (name: string): Sources['definition'] => ({
  kind: 'reference',
  reference: name,
  input: 'task-definition',
})
const revisions = (...numbers: number[]) => ({
  definitions: Object.fromEntries(numbers.map((number) => [`web:${number}`, wireDefinition(number)])),
})
const inactive = (number: number) => ({ [`web:${number}`]: wireDefinition(number, { status: 'INACTIVE' }) })
const image = (name: string, pinned = false) => ({
  containerDefinitions: [
    { name: 'web', image: name, portMappings: [{ containerPort: 8080 }] },
    ...(pinned ? [{ name: 'proxy', image: 'proxy:1' }] : []),
  ],
})

test.each<[string, Case, object]>([
  ['what runs, where nothing is given', {}, { kind: 'use', arn: revision(1) }],
  [
    'what runs, where the image that is given runs already',
    { given: { image: 'web:1' } },
    { kind: 'use', arn: revision(1) },
  ],
  ['a new revision for another image', { given: { image: 'web:9' } }, REGISTER],
  [
    'the newest revision, where that asks for the same already',
    { given: { image: 'web:2' }, account: revisions(1, 2) },
    { kind: 'use', arn: revision(2) },
  ],
  [
    'a new revision, where the one that asks for the same is not ACTIVE',
    { given: { image: 'web:2' }, account: { definitions: { 'web:1': wireDefinition(1), ...inactive(2) } } },
    REGISTER,
  ],
  ['what runs, where a file asks for the same', { source: ofFile('web:1') }, { kind: 'use', arn: revision(1) }],
  ['a new revision for a file that asks for something else', { source: ofFile('web:9') }, REGISTER],
  [
    'a file with the image that is given',
    { source: ofFile('web:9'), given: { image: 'web:1' } },
    { kind: 'use', arn: revision(1) },
  ],
  [
    'the revision that is named',
    { source: reference('web:2'), account: revisions(1, 2, 3) },
    { kind: 'use', arn: revision(2) },
  ],
  [
    'the newest of the family that is named',
    { source: reference('web'), account: revisions(1, 2, 3) },
    { kind: 'use', arn: revision(3) },
  ],
  [
    'the revision that is named with another image, registered',
    { source: reference('web:2'), given: { image: 'web:9' }, account: revisions(1, 2) },
    REGISTER,
  ],
])('what is deployed is %s', async (_name, playing, expected) => {
  const { plan, problems, writes } = await planned(playing)
  expect(problems).toEqual([])
  expect(plan?.definition).toEqual(expected)
  expect(writes).toEqual([])
})

test('what changes is told of all but the image that stays', async () => {
  const { plan } = await planned({ given: { image: 'web:9' } })
  expect(plan?.differences).toHaveLength(1)
  expect((await planned({})).plan?.differences).toEqual([])
})

test.each<[string, boolean, Case]>([
  ['what runs is pinned by digest', true, { account: { definitions: { 'web:1': wireDefinition(1, image(DIGEST)) } } }],
  ['what runs is a tag', false, {}],
  [
    'one image of two is a tag',
    false,
    { account: { definitions: { 'web:1': wireDefinition(1, image(DIGEST, true)) } } },
  ],
  ['another digest is given', false, { given: { image: DIGEST } }],
])('whether exactly this serves already, when %s: %s', async (_name, servesAlready, playing) => {
  expect((await planned(playing)).plan?.servesAlready).toBe(servesAlready)
})

test.each<[string, unknown[], Case]>([
  [
    'an image is a tag',
    [expect.stringContaining("cannot skip this release: 'web:9' may be new code")],
    { given: { image: 'web:9' } },
  ],
  ['every image is pinned by digest', [], { given: { image: DIGEST } }],
])('if-unchanged: skip is told when it cannot skip, where %s', async (_name, expected, playing) => {
  const skipping = { ...playing, given: { ...playing.given, 'if-unchanged': 'skip' } }
  expect((await planned(skipping)).notes).toEqual(expected)
  expect((await planned(playing)).notes).toEqual([])
})

describe('the tags of what runs', () => {
  const tags = [{ key: 'team', value: 'web' }]
  const account = { definitions: { 'web:1': wireDefinition(1, { tags }) } }

  test('stay when the file has no tags, which is noted', async () => {
    const { plan, notes } = await planned({ source: ofFile('web:9'), account })
    expect(plan?.wanted['tags']).toEqual(tags)
    expect(notes).toEqual([
      "The task definition file has no 'tags', so those of web:1 are kept; set 'tags: []' in it to remove them.",
    ])
  })

  test.each([[[]], [[{ key: 'stage', value: 'prod' }]]])('give way to those of the file: %j', async (given) => {
    const { plan, notes } = await planned({ source: ofFile('web:9', { tags: given }), account })
    expect(plan?.wanted['tags']).toEqual(given)
    expect(notes).toEqual([])
  })
})

describe('a placeholder that was left in a file', () => {
  const file = ofFile('<IMAGE1_NAME>', { taskRoleArn: 'arn:aws:iam::<ACCOUNT_ID>:role/web' })
  const given = { 'task-definition': 'td.json' } as const

  test('is told with its place, each in one sentence', async () => {
    const { problems, plan } = await planned({ source: file, given })
    expect(problems.map(({ sentence }) => sentence)).toEqual([
      "Task definition file 'td.json' still has the placeholder '<IMAGE1_NAME>' at 'containerDefinitions[0].image'. Put it in before this step, or give the image by 'image'.",
      "Task definition file 'td.json' still has the placeholder '<ACCOUNT_ID>' at 'taskRoleArn'. Put it in before this step.",
    ])
    expect(plan).toBeDefined()
  })

  test('is no problem where an input replaces it', async () => {
    const { problems } = await planned({ source: ofFile('<IMAGE1_NAME>'), given: { ...given, image: 'web:9' } })
    expect(problems).toEqual([])
  })
})

describe('a newer revision than the one that runs', () => {
  test('is no warning when it is what is deployed, as when one family serves staging and then production', async () => {
    const { plan, warnings } = await planned({ given: { image: 'web:2' }, account: revisions(1, 2) })
    expect(plan?.definition).toEqual({ kind: 'use', arn: revision(2) })
    expect(warnings).toEqual([])
  })

  test('is told, with what it would have brought', async () => {
    const { warnings } = await planned({ account: revisions(1, 2) })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^Revision web:2 is newer than web:1, .* Set 'task-definition: web' to release it\.$/)
    expect(warnings[0]).not.toContain('nothing different')
    const same = { ...wireDefinition(2), containerDefinitions: wireDefinition(1).containerDefinitions }
    const { warnings: ofSame } = await planned({
      account: { definitions: { 'web:1': wireDefinition(1), 'web:2': same } },
    })
    expect(ofSame[0]).toContain('it would have brought: nothing different')
  })

  test.each<[string, Case]>([
    ['in a lane, which may share its family', { given: { operation: 'preview' }, account: revisions(1, 2) }],
    ['when a file says what is to run', { source: ofFile('web:1'), account: revisions(1, 2) }],
    ['when a revision is named', { source: reference('web:1'), given: { image: 'web:9' }, account: revisions(1, 2) }],
    ['when there is none', {}],
  ])('is not told of %s', async (_name, playing) => {
    expect((await planned(playing)).warnings).toEqual([])
  })
})

describe('what runs may not be looked at', () => {
  const answers = { DescribeTaskDefinition: DENY }

  test('a file is registered when what runs may not be looked at, with one warning that nothing could be compared', async () => {
    const { plan, problems, warnings } = await planned({ source: ofFile('web:1'), answers })
    expect(problems).toEqual([])
    expect(plan).toMatchObject({ definition: REGISTER, differences: undefined, servesAlready: false })
    expect(warnings).toEqual([
      expect.stringMatching(
        /^It could not be seen what changes, which tags to keep, and whether a revision asks for the same already, so it is registered\./,
      ),
    ])
  })

  test('which stops a release that starts from it', async () => {
    const { plan, reasons } = await planned({ given: { image: 'web:2' }, answers })
    expect(plan).toBeUndefined()
    expect(new Set(reasons)).toEqual(new Set(['denied']))
  })
})

test('a newest revision that may not be looked at is warned of, and a new one registered', async () => {
  const answers: WireAnswers = {
    DescribeTaskDefinition: ({ taskDefinition }) =>
      taskDefinition === 'web' ? DENY() : { taskDefinition: wireDefinition(1) },
  }
  const { plan, warnings, problems } = await planned({ given: { image: 'web:2' }, answers })
  expect(problems).toEqual([])
  expect(plan?.definition).toEqual(REGISTER)
  expect(warnings).toEqual([
    expect.stringMatching(
      /^It could not be seen whether a newer revision asks for the same already, so it is registered\./,
    ),
  ])
})

test('a family that is new is registered without a word', async () => {
  const source: Sources['definition'] = {
    kind: 'file',
    saysTags: false,
    definition: { family: 'shop', ...image('web:1') },
  }
  const { plan, warnings, problems } = await planned({ source })
  expect([plan?.definition, warnings, problems]).toEqual([REGISTER, [], []])
})

test.each<[string, Case, string, RegExp]>([
  [
    'is not known',
    { source: reference('web:7'), answers: {} },
    'not-found',
    /^Input 'task-definition': 'web:7' is neither a file of the workspace nor a task definition that ECS knows/,
  ],
  [
    'is not ACTIVE',
    { source: reference('web:2'), account: { definitions: { 'web:1': wireDefinition(1), ...inactive(2) } } },
    'invalid-input',
    /^Task definition 'web:2' is not ACTIVE, so no task can be started from it\./,
  ],
])('a revision that is named and %s is a problem', async (_name, playing, reason, sentence) => {
  const { problems } = await planned(playing)
  expect(problems).toEqual([{ reason, sentence: expect.stringMatching(sentence) }])
})

test('a file that could not be read has been told of, and leaves nothing to plan', async () => {
  const { plan, problems } = await planned({ source: { kind: 'file', definition: undefined, saysTags: false } })
  expect([plan, problems]).toEqual([undefined, []])
})

test('what runs and is not there any more stops the release', async () => {
  const { plan, reasons } = await planned({ answers: { DescribeTaskDefinition: refuse('ClientException') } })
  expect(plan).toBeUndefined()
  expect(reasons.length).toBeGreaterThan(0)
})

test('a definition without the container that takes the traffic is a problem', async () => {
  const { reasons } = await planned({
    source: {
      kind: 'file',
      definition: { family: 'web', containerDefinitions: [{ name: 'other', image: 'x' }] },
      saysTags: false,
    },
  })
  expect(reasons.length).toBeGreaterThan(0)
})
