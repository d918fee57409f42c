import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { Findings } from '../../src/plan/findings.ts'
import { readSources } from '../../src/plan/sources.ts'
import type { World } from '../../src/world.ts'
import { rawInputs } from '../support/simulated-release.ts'

const APP_SPEC = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }
`
const DEFINITION = JSON.stringify({ family: 'web', containerDefinitions: [{ name: 'web', image: 'web:1' }] })

/** What these files of the workspace contribute. */
async function sourcesOf(given: Partial<Record<InputName, string>>, files: Record<string, string> = {}) {
  const { inputs } = parseInputs(rawInputs({ service: 'web', ...given }), [])
  const findings = new Findings()
  const read: string[] = []
  const readText = async (path: string) => {
    read.push(path)
    return files[path]
  }
  const sources = await readSources(inputs, { readText } as unknown as World, findings)
  return { ...sources, read, sentences: findings.problems.map(({ sentence }) => sentence), notes: findings.notes }
}

test('the AppSpec of the workspace is where one starts, and a note says so and how to do without', async () => {
  const { appSpecFile, notes } = await sourcesOf({}, { 'appspec.yaml': APP_SPEC })
  expect(appSpecFile).toMatchObject({ containerName: 'web', containerPort: 8080 })
  expect(notes).toEqual([expect.stringContaining("set 'codedeploy-appspec: none'")])
})

test.each<[string, Partial<Record<InputName, string>>, string[]]>([
  ['none', { 'codedeploy-appspec': 'none' }, []],
  ['an ARN', { 'codedeploy-appspec': 'none', 'task-definition': 'arn:aws:ecs:us-east-1:1:task-definition/web:1' }, []],
  ['one that is not named', {}, ['appspec.yaml', 'appspec.yml']],
])('no file is asked for that cannot be meant: %s', async (_, given, read) => {
  const sources = await sourcesOf(given)
  expect(sources.read).toEqual(read)
  expect(sources.sentences).toEqual([])
})

test.each([
  ['YAML', APP_SPEC],
  ['YAML between empty lines, all of it indented', `\n \n${APP_SPEC.replace(/^/gm, '  ')}\n`],
  ['YAML with Windows line ends', APP_SPEC.replaceAll('\n', '\r\n')],
  [
    'JSON on one line',
    '{"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": "x", "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 8080}}}}]}',
  ],
])('an AppSpec may be the input itself, and no file is read: %s', async (_, text) => {
  const given = { 'codedeploy-appspec': text }
  const { appSpecFile, appSpecLabel, read, notes, sentences } = await sourcesOf(given, { 'appspec.yaml': 'never' })
  expect({ sentences, read }).toEqual({ sentences: [], read: [] })
  expect(appSpecFile).toMatchObject({ containerName: 'web', containerPort: 8080 })
  expect(notes).toEqual(["Starting from the AppSpec of 'codedeploy-appspec'."])
  expect(appSpecLabel).toBe("the AppSpec of 'codedeploy-appspec'")
})

test('what is wrong in an AppSpec that is the input itself is told by the input', async () => {
  const { sentences } = await sourcesOf({ 'codedeploy-appspec': 'version: 0.0\nResources: []\nHooks: {}' })
  expect(sentences).toEqual([
    "Input 'codedeploy-appspec' must have 'Resources' with exactly one resource; it has 0.",
    "Input 'codedeploy-appspec' must have 'Hooks' as a list of 'Event: function', not a mapping.",
  ])
})

test('an appspec.yml, which is not the name of the default, is mentioned with the input that would use it', async () => {
  const { appSpecFile, notes, sentences } = await sourcesOf({}, { 'appspec.yml': APP_SPEC })
  expect({ appSpecFile, sentences }).toEqual({ appSpecFile: undefined, sentences: [] })
  expect(notes).toEqual([expect.stringContaining("set 'codedeploy-appspec: appspec.yml' to start from it")])
  expect((await sourcesOf({ 'codedeploy-appspec': 'none' }, { 'appspec.yml': APP_SPEC })).notes).toEqual([])
})

test.each<[string, object]>([
  ['web', { kind: 'reference', reference: 'web', input: 'task-definition' }],
  ['web:7', { kind: 'reference', reference: 'web:7', input: 'task-definition' }],
  ['task.json', { kind: 'file', definition: expect.objectContaining({ family: 'web' }), saysTags: false }],
])('the task definition %s is %j', async (given, definition) => {
  const sources = await sourcesOf({ 'task-definition': given }, { 'task.json': DEFINITION })
  expect(sources.definition).toEqual(definition)
})

test('a file that has the name of a family is the file, unless the family is given as one', async () => {
  const { definition } = await sourcesOf({ 'task-definition': 'web' }, { web: DEFINITION })
  expect(definition).toMatchObject({ kind: 'file' })
  const named = await sourcesOf({ 'task-definition-family': 'web' }, { web: DEFINITION })
  expect(named.definition).toEqual({ kind: 'reference', reference: 'web', input: 'task-definition-family' })
})

test('what is wrong in the AppSpec and in the task definition is told together', async () => {
  const files = { 'appspec.yaml': 'version: 0.0\nResources: []\n', 'task.json': '{"family": "web"' }
  const { sentences } = await sourcesOf({ 'task-definition': 'task.json' }, files)
  expect(sentences.filter((sentence) => sentence.includes('appspec.yaml'))).not.toEqual([])
  expect(sentences.filter((sentence) => sentence.includes('task.json'))).not.toEqual([])
})

test('without a task definition it is what the service runs', async () => {
  expect((await sourcesOf({})).definition).toEqual({ kind: 'current' })
})

test.each<[Partial<Record<InputName, string>>, string[]]>([
  [
    { 'codedeploy-appspec': 'deploy/appspec.yml', 'task-definition': 'deploy/task.json' },
    [
      "Input 'codedeploy-appspec' names the file 'deploy/appspec.yml', which cannot be read in the workspace. Check the path, and that actions/checkout ran before.",
      "Input 'task-definition' names the file 'deploy/task.json', which cannot be read in the workspace. Check the path, and that actions/checkout ran before.",
    ],
  ],
  [
    { 'task-definition': 'deploy/task' },
    [
      "Input 'task-definition' must be a file of the workspace, a family, 'family:revision' or an ARN; got 'deploy/task'.",
    ],
  ],
])('files that are not there are told together: %j', async (given, sentences) => {
  const sources = await sourcesOf(given)
  expect(sources.sentences).toEqual(sentences)
})
