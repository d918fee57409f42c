import { invalidInput, type Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'

/**
 * `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: words and a number. It becomes a part of a host name, so anything else
 * would be sent elsewhere or nowhere. Source: the region patterns of the SDK's endpoint rules.
 */
const REGION = /^[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/

/** Where the SDK and the AWS CLI look for a region, in this order. */
const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION']

/** The region to work in. */
export interface RegionChoice {
  /** Undefined when none is told, or none that can be one. */
  region: string | undefined
  /** Why nothing may be called. */
  problems: Problem[]
}

/** The region of the input, else of the environment. */
export function readRegion(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): RegionChoice {
  const sources = [
    ["Input 'aws-region'", given] as const,
    ...REGION_VARIABLES.map((name) => [name, environment[name]] as const),
  ]
  for (const [source, value] of sources) {
    const region = value?.trim() ?? ''
    if (region === '') continue
    if (REGION.test(region)) return { region, problems: [] }
    return refused(
      `${source} must be the name of an AWS region such as 'eu-central-1'; got '${inSentence(region, 100)}'.`,
    )
  }
  return refused(`No AWS region is set. Give 'aws-region', or set AWS_REGION in the environment.`)
}

function refused(sentence: string): RegionChoice {
  return { region: undefined, problems: [invalidInput(sentence)] }
}
