import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import { type DescribedDefinition, describeTaskDefinition } from '../aws/ecs.ts'
import { describeServiceError, type ServiceError } from '../aws/service-error.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { invalidInput, type Problem } from '../problem.ts'
import type { ResolvedService } from '../service/service.ts'
import { isSameDefinition } from '../task-definition/canonical.ts'
import { containersOf } from '../task-definition/containers.ts'
import type { TaskDefinition } from '../task-definition/definition.ts'
import { type Difference, differencesBetween, summarizeDifferences } from '../task-definition/difference.ts'
import { applyOverrides, hasOverrides } from '../task-definition/overrides.ts'
import { type Placeholder, placeholdersIn } from '../task-definition/placeholders.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList } from '../text/words.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import type { DefinitionPlan } from './plan.ts'
import { type ContainerOrigin, containerProblems, roleProblems } from './preflight.ts'
import type { Sources } from './sources.ts'
import { withTrafficContainer } from './traffic-container.ts'

export interface PlannedDefinition {
  definition: DefinitionPlan
  /** With the container that gets the traffic. */
  appSpec: AppSpecPlan
  /** Undefined: what runs now could not be seen. */
  differences: Difference[] | undefined
  /** What serves now; undefined when it could not be seen. */
  current: DescribedDefinition | undefined
  /** What is to run, whichever revision it has. */
  wanted: TaskDefinition
  /** Production runs exactly this, and every image is pinned by digest, so that the same words mean the same code. */
  servesAlready: boolean
}

export interface DefinitionFacts {
  inputs: Inputs
  world: World
  service: ResolvedService
  source: Sources['definition']
  appSpec: AppSpecPlan
  /** What says the container of the AppSpec. */
  origin: ContainerOrigin
  findings: Findings
}

/** Which revision to deploy: one that exists when it asks for the same, else a new one. Undefined with problems added. */
export async function planDefinition(facts: DefinitionFacts): Promise<PlannedDefinition | undefined> {
  const { inputs, world, service, source, origin, findings } = facts
  const seen = await seeCurrent(facts)
  const current = seen === 'denied' ? undefined : seen
  const base = await baseDefinition(source, current, world, findings)
  if (seen === undefined || base === undefined) return undefined

  const appSpec = withTrafficContainer(base.definition, facts)
  const { definition, problems, notes } = applyOverrides(base.definition, inputs, appSpec.containerName)
  findings.add(...problems)
  findings.notes.push(...notes)
  if (service.container.name !== '') {
    findings.add(...containerProblems(definition, appSpec.containerName, appSpec.containerPort, origin))
  }
  const placeholders = source.kind === 'file' ? placeholdersIn(definition) : []
  findings.add(...placeholders.map((placeholder) => placeholderProblem(placeholder, inputs)))
  if (placeholders.length === 0) findings.add(...roleProblems(definition, service))
  findings.warnings.push(...(base.revision?.notes ?? []))
  const differences = current && differencesBetween(current.definition, definition)
  const isSame = current !== undefined && isSameDefinition(definition, current.definition)
  const unpinned = imagesByTag(definition)
  const servesAlready = isSame && unpinned.length === 0
  if (inputs.ifUnchanged === 'skip' && unpinned.length > 0) findings.notes.push(cannotSkipNote(unpinned))
  if (source.kind === 'reference' && base.revision !== undefined && !hasOverrides(inputs)) {
    findings.add(...inactiveProblems(base.revision))
    const choice: DefinitionPlan = { kind: 'use', arn: base.revision.arn }
    return { definition: choice, appSpec, current, wanted: definition, differences, servesAlready }
  }

  const newest = await newestRevision(definition, world, findings, seen === 'denied')
  // Lanes may share a family, whose newest revision is then of another pull request.
  const isOwnFamily = inputs.operation !== 'preview'
  const candidates = [current, newest].filter((one) => one?.isActive === true)
  const same = candidates.find((one) => one !== undefined && isSameDefinition(definition, one.definition))
  if (source.kind === 'current' && isOwnFamily && current && newest && newest !== same) {
    // Revisions of two families cannot be compared.
    if (newest.family === current.family && newest.revision > current.revision)
      findings.warnings.push(leftBehindWarning(current, newest))
  }
  const choice: DefinitionPlan = same === undefined ? { kind: 'register', definition } : { kind: 'use', arn: same.arn }
  return { definition: choice, appSpec, current, wanted: definition, differences, servesAlready }
}

function placeholderProblem({ path, text }: Placeholder, { taskDefinition = '' }: Inputs): Problem {
  const name = `Task definition file '${inSentence(taskDefinition, 200)}'`
  const advice = path.endsWith('.image')
    ? "Put it in before this step, or give the image by 'image'."
    : 'Put it in before this step.'
  return invalidInput(`${name} still has the placeholder '${text}' at '${path}'. ${advice}`)
}

/** What the service runs now. A file is enough to go on with when that may not be looked at. */
async function seeCurrent({ world, service, source, findings }: DefinitionFacts) {
  let wasDenied = false
  const call = describeTaskDefinition(world, service.primary.taskDefinitionArn)
  const current = await findings.answerOf(call, (error) => {
    if (error.kind !== 'denied' || source.kind !== 'file') return undefined
    wasDenied = true
    findings.warnings.push(
      unseenWarning('what changes, which tags to keep, and whether a revision asks for the same already,', error),
    )
    return 'ignore'
  })
  return wasDenied ? 'denied' : current
}

function unseenWarning(what: string, error: ServiceError): string {
  return `It could not be seen ${what} so it is registered. ${describeServiceError('ecs:DescribeTaskDefinition', error)}`
}

interface BaseDefinition {
  definition: TaskDefinition
  /** The revision it comes from; undefined when it comes from a file. */
  revision: DescribedDefinition | undefined
}

async function baseDefinition(
  source: Sources['definition'],
  current: DescribedDefinition | undefined,
  world: World,
  findings: Findings,
): Promise<BaseDefinition | undefined> {
  if (source.kind === 'file') {
    if (source.definition === undefined) return undefined
    return { definition: withTags(source.definition, source.saysTags, current, findings), revision: undefined }
  }
  const revision = source.kind === 'current' ? current : await describeReference(source, world, findings)
  return revision === undefined ? undefined : { definition: revision.definition, revision }
}

/** A file that says nothing of tags takes none away from what runs. */
function withTags(
  definition: TaskDefinition,
  saysTags: boolean,
  current: DescribedDefinition | undefined,
  findings: Findings,
): TaskDefinition {
  const tags = current?.definition['tags']
  if (saysTags || current === undefined || tags === undefined) return definition
  findings.notes.push(
    `The task definition file has no 'tags', so those of ${current.family}:${current.revision} are kept; set 'tags: []' in it to remove them.`,
  )
  return { ...definition, tags }
}

async function describeReference(
  { reference, input }: Extract<Sources['definition'], { kind: 'reference' }>,
  world: World,
  findings: Findings,
): Promise<DescribedDefinition | undefined> {
  const known = input === 'task-definition' ? 'neither a file of the workspace nor a' : 'no'
  return await findings.answerOf(describeTaskDefinition(world, reference), ({ kind, message }) =>
    kind === 'answered'
      ? {
          reason: 'not-found',
          sentence: `Input '${input}': '${inSentence(reference, 300)}' is ${known} task definition that ECS knows (${message}).`,
        }
      : undefined,
  )
}

function inactiveProblems({ isActive, family, revision }: DescribedDefinition): Problem[] {
  if (isActive) return []
  const sentence = `Task definition '${family}:${revision}' is not ACTIVE, so no task can be started from it. Name an ACTIVE revision.`
  return [invalidInput(sentence)]
}

/** The newest ACTIVE revision of the family; undefined when the family is new or may not be looked at. */
async function newestRevision(
  definition: TaskDefinition,
  world: World,
  findings: Findings,
  isWarned: boolean,
): Promise<DescribedDefinition | undefined> {
  const family = definition['family']
  if (typeof family !== 'string') return undefined
  return await findings.answerOf(describeTaskDefinition(world, family), (error) => {
    if (error.kind === 'denied' && !isWarned) {
      findings.warnings.push(unseenWarning('whether a newer revision asks for the same already,', error))
    }
    return error.kind === 'answered' || error.kind === 'denied' ? 'ignore' : undefined
  })
}

function leftBehindWarning(current: DescribedDefinition, newest: DescribedDefinition): string {
  const brings = summarizeDifferences(differencesBetween(current.definition, newest.definition))
  return (
    `Revision ${newest.family}:${newest.revision} is newer than ${current.family}:${current.revision}, which the service runs and this release starts from; ` +
    `it would have brought: ${brings === '' ? 'nothing different' : inSentence(brings, 500)}. Set 'task-definition: ${newest.family}' to release it.`
  )
}

/** Images that are not pinned by digest, so that the same words may mean other code. */
function imagesByTag(definition: TaskDefinition): string[] {
  const images = containersOf(definition).map((container) => String(container['image'] ?? ''))
  return images.length === 0 ? [''] : images.filter((image) => !image.includes('@sha256:'))
}

function cannotSkipNote(images: readonly string[]): string {
  const named = andList(images.slice(0, 3).map((image) => `'${inSentence(image, 300)}'`))
  return `'if-unchanged: skip' cannot skip this release: ${named} may be new code under the same name. Give images by digest, as 'registry/app@sha256:…'.`
}
