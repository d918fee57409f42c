import { type AppSpecFile, parseAppSpecFile, parseAppSpecText, type ReadAppSpec } from '../app-spec/app-spec-file.ts'
import { isAppSpecText } from '../inputs/app-spec.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { TaskDefinitionInput } from '../inputs/task-definition-reference.ts'
import { invalidInput } from '../problem.ts'
import { parseTaskDefinitionFile, type TaskDefinition } from '../task-definition/definition.ts'
import { inSentence } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'

/** The file that the official action uses when none is named. */
const DEFAULT_APP_SPEC_PATH = 'appspec.yaml'

/** How people call it too. */
const OTHER_APP_SPEC_PATH = 'appspec.yml'
const OTHER_NOT_USED = `The workspace has an '${OTHER_APP_SPEC_PATH}', which is not used, nor are its hooks: set 'codedeploy-appspec: ${OTHER_APP_SPEC_PATH}' to start from it, or 'codedeploy-appspec: none' to say that it is not meant.`

const IS_FILE_NAME = /\.(jsonc?|ya?ml)$/i

/** Source: ECS API Reference, RegisterTaskDefinition and DescribeTaskDefinition. */
const FAMILY = /^[A-Za-z0-9_-]{1,255}(?::\d{1,10})?$/

/** What the workspace contributes to a release. */
export interface Sources {
  appSpecFile: AppSpecFile | undefined
  /** The AppSpec in a sentence, whether or not there is one: "the AppSpec 'appspec.yaml'". */
  appSpecLabel: string
  /** From a file, or the reference of a revision, or nothing: what the service runs now. */
  definition:
    | { kind: 'file'; definition: TaskDefinition | undefined; saysTags: boolean }
    | { kind: 'reference'; reference: string; input: TaskDefinitionInput }
    | { kind: 'current' }
}

const UNREADABLE = { kind: 'file', definition: undefined, saysTags: false } as const

/**
 * Reads the files that the inputs name.
 * @param ofAppSpec takes what is found of the AppSpec, which matters only where one is used
 */
export async function readSources(
  inputs: Inputs,
  world: World,
  findings: Findings,
  ofAppSpec: Findings = findings,
): Promise<Sources> {
  return {
    appSpecFile: await readAppSpec(inputs, world, ofAppSpec),
    appSpecLabel: labelOf(inputs),
    definition: await readDefinition(inputs, world, findings),
  }
}

function labelOf({ appSpec }: Inputs): string {
  if (appSpec !== undefined && isAppSpecText(appSpec)) return "the AppSpec of 'codedeploy-appspec'"
  return `the AppSpec '${inSentence(appSpec ?? DEFAULT_APP_SPEC_PATH, 200)}'`
}

async function readAppSpec(inputs: Inputs, world: World, findings: Findings): Promise<AppSpecFile | undefined> {
  if (inputs.appSpec === 'none') return undefined
  if (inputs.appSpec !== undefined && isAppSpecText(inputs.appSpec)) {
    return found(parseAppSpecText(inputs.appSpec), inputs, findings)
  }
  const path = inputs.appSpec ?? DEFAULT_APP_SPEC_PATH
  const text = await world.readText(path)
  if (text === undefined) {
    if (inputs.appSpec !== undefined) findings.add(invalidInput(notInWorkspace('codedeploy-appspec', path)))
    else if ((await world.readText(OTHER_APP_SPEC_PATH)) !== undefined) findings.notes.push(OTHER_NOT_USED)
    return undefined
  }
  return found(parseAppSpecFile(path, text), inputs, findings)
}

function found({ file, problems, warnings, notes }: ReadAppSpec, inputs: Inputs, findings: Findings) {
  findings.add(...problems)
  findings.warnings.push(...warnings)
  findings.notes.push(
    ...notes,
    inputs.appSpec === undefined
      ? `Starting from '${DEFAULT_APP_SPEC_PATH}' of the workspace; set 'codedeploy-appspec: none' to build the AppSpec without it.`
      : `Starting from ${labelOf(inputs)}.`,
  )
  return file
}

async function readDefinition(inputs: Inputs, world: World, findings: Findings): Promise<Sources['definition']> {
  const given = inputs.taskDefinition
  if (given === undefined) return { kind: 'current' }
  const input = inputs.taskDefinitionFrom
  const isNoFile = given.startsWith('arn:') || input !== 'task-definition'
  const text = isNoFile ? undefined : await world.readText(given)
  if (text !== undefined) {
    const { definition, saysTags, problems, notes } = parseTaskDefinitionFile(given, text)
    findings.add(...problems)
    findings.notes.push(...notes)
    return { kind: 'file', definition, saysTags }
  }
  if (isNoFile || FAMILY.test(given)) return { kind: 'reference', reference: given, input }
  if (!IS_FILE_NAME.test(given)) {
    const got = inSentence(given, 200)
    findings.add(
      invalidInput(
        `Input 'task-definition' must be a file of the workspace, a family, 'family:revision' or an ARN; got '${got}'.`,
      ),
    )
    return UNREADABLE
  }
  findings.add(invalidInput(notInWorkspace('task-definition', given)))
  return UNREADABLE
}

function notInWorkspace(input: string, path: string): string {
  return `Input '${input}' names the file '${inSentence(path, 200)}', which cannot be read in the workspace. Check the path, and that actions/checkout ran before.`
}
