import { type Arn, parseArn, shortName } from '../aws/arn.ts'
import { partitionOf } from '../aws/partition.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { TaskDefinitionInput } from '../inputs/task-definition-reference.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import type { ResolvedService } from './service.ts'

type AddressInput = 'cluster' | 'service' | TaskDefinitionInput

/** An ARN of ECS that an input gives. */
interface GivenArn extends Arn {
  input: AddressInput
}

/** Source: ECS API Reference, CreateCluster, CreateService and RegisterTaskDefinition. */
const NAME = /^[A-Za-z0-9_-]{1,255}$/

/** What the resource of an ARN looks like; the ARN of a service did not always name the cluster. */
const TASK_DEFINITION = /^task-definition\/[A-Za-z0-9_-]{1,255}(?::\d{1,10})?$/
const RESOURCES: Record<AddressInput, RegExp> = {
  cluster: /^cluster\/[A-Za-z0-9_-]{1,255}$/,
  service: /^service\/(?:[A-Za-z0-9_-]{1,255}\/)?[A-Za-z0-9_-]{1,255}$/,
  'task-definition': TASK_DEFINITION,
  'task-definition-arn': TASK_DEFINITION,
  'task-definition-family': TASK_DEFINITION,
}

/**
 * Why the inputs cannot mean one service of this region. Nothing may be looked up then: ECS and CodeDeploy could answer
 * for another service than the one that is meant.
 * @param region undefined when none is known
 */
export function addressProblems(inputs: Inputs, region: string | undefined): Problem[] {
  const malformed = [
    ...formProblems('cluster', inputs.cluster),
    ...formProblems('service', inputs.service),
    ...(isArn(inputs.taskDefinition) ? formProblems(inputs.taskDefinitionFrom, inputs.taskDefinition) : []),
  ]
  if (malformed.length > 0) return malformed
  const arns = givenArns(inputs)
  return [
    ...arns.flatMap((arn) => placeProblem(arn, region) ?? []),
    ...ownerProblems(arns.filter(({ region, partition }) => isPossible(region, partition))),
    ...clusterProblems(inputs),
  ]
}

/** Why what ECS answered is not what the inputs name. */
export function answerProblems(inputs: Inputs, service: ResolvedService): Problem[] {
  const isOther =
    !isSameName(shortName(inputs.service), service.name) || !isSameName(shortName(inputs.cluster), service.clusterName)
  const strangers = givenArns(inputs).filter(
    ({ partition, region, account }) =>
      partition !== service.partition || region !== service.region || account !== service.account,
  )
  const wrong = new Set<AddressInput>([
    ...(isOther ? ['service' as const] : []),
    ...strangers.map(({ input }) => input),
  ])
  return [...wrong].map((input) =>
    invalidInput(
      `Input '${input}' is '${inSentence(givenFor(inputs, input), 300)}', but the service that ECS found is ${inSentence(service.arn, 300)}. Check 'cluster', 'service' and the credentials.`,
    ),
  )
}

function formProblems(input: AddressInput, given: string | undefined): Problem[] {
  const arn = parseArn(given ?? '')
  const isGood =
    arn === undefined
      ? NAME.test(given ?? '')
      : arn.service === 'ecs' &&
        arn.region !== '' &&
        /^\d{12}$/.test(arn.account) &&
        RESOURCES[input].test(arn.resource)
  if (isGood) return []
  const expected =
    input === 'cluster' || input === 'service'
      ? `the name (letters, digits, '-' and '_') or ARN of an ECS ${input}`
      : `the ARN of a task definition when it begins with 'arn:'`
  return [invalidInput(`Input '${input}' must be ${expected}; got '${inSentence(given ?? '', 300)}'.`)]
}

/** An ARN of another region, or of another partition than its region's. */
function placeProblem({ input, region, partition }: GivenArn, here: string | undefined): Problem | undefined {
  if (here !== undefined && region !== here) {
    return invalidInput(
      `Input '${input}' is an ARN in ${inSentence(region, 60)}, but this step works in ${here}. Check '${input}', 'aws-region' and AWS_REGION.`,
    )
  }
  if (isPossible(region, partition)) return undefined
  const its = partitionOf(region)
  return invalidInput(
    `Input '${input}' is an ARN of the partition '${inSentence(partition, 60)}', but ${inSentence(region, 60)} is in '${its}', where ARNs begin with 'arn:${its}:'.`,
  )
}

/** Regions that the SDK does not know may be of any partition. */
function isPossible(region: string, partition: string): boolean {
  return [undefined, partition].includes(partitionOf(region))
}

/** Every ARN is compared with the first one. */
function ownerProblems([first, ...others]: GivenArn[]): Problem[] {
  if (first === undefined) return []
  const ownerOf = ({ partition, account }: Arn) => `${partition}, account ${account}`
  return others
    .filter((arn) => ownerOf(arn) !== ownerOf(first))
    .map((arn) =>
      invalidInput(
        `Input '${arn.input}' is an ARN of ${inSentence(ownerOf(arn), 100)}, but '${first.input}' is one of ${inSentence(ownerOf(first), 100)}.`,
      ),
    )
}

function clusterProblems({ cluster, service }: Inputs): Problem[] {
  const [, named] = /^service\/([^/]+)\/[^/]+$/.exec(parseArn(service)?.resource ?? '') ?? []
  if (named === undefined || named === shortName(cluster)) return []
  return [
    invalidInput(
      `Input 'service' is the ARN of a service in cluster '${named}', but 'cluster' says '${shortName(cluster)}'; leave 'cluster' out or correct one of them.`,
    ),
  ]
}

function givenArns(inputs: Inputs): GivenArn[] {
  return (['cluster', 'service', inputs.taskDefinitionFrom] as const).flatMap((input) => {
    const arn = parseArn(givenFor(inputs, input))
    return arn === undefined ? [] : [{ ...arn, input }]
  })
}

function givenFor({ cluster, service, taskDefinition }: Inputs, input: AddressInput): string {
  if (input === 'cluster') return cluster
  return input === 'service' ? service : (taskDefinition ?? '')
}

function isArn(text: string | undefined): boolean {
  return text?.startsWith('arn:') === true
}

/** Whether ECS tells upper from lower case in names is not documented; here they count as the same. */
function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}
