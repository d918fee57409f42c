import { inSentence } from '../text/untrusted.ts'
import { parseAssignments } from './assignments.ts'
import type { Fields } from './fields.ts'

/** An image for a container; without a name, for the container behind the load balancer. */
export interface ContainerImage {
  container: string | undefined
  image: string
}

/**
 * `[registry[:port]/]path[:tag][@algorithm:digest]`.
 * Source: distribution/reference, the grammar of image references.
 */
const IMAGE_REFERENCE =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][\w.-]{0,127})?(?:@[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,})?$/

/** Longest image reference that is looked at, in characters; ECS itself takes up to 255 for the name. */
const MAX_IMAGE_LENGTH = 600

const SECRETS_MANAGER_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^\s]+$/
const PARAMETER_ARN = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+$/
const PARAMETER_NAME = /^[\w./-]{1,1011}$/

/** Parses `image` or `expect-image`: one reference, or lines `container=image`. */
export function parseImages(fields: Fields, input: 'image' | 'expect-image' = 'image'): ContainerImage[] {
  const images = fields.lines(input).map((line): ContainerImage => {
    const split = line.indexOf('=')
    if (split < 0) return { container: undefined, image: line }
    return { container: line.slice(0, split).trim(), image: line.slice(split + 1).trim() }
  })
  for (const { container, image } of images) {
    if (container === '') fields.wrong(input, `has a line without a container name before '='.`)
    if (image === '') {
      const name = inSentence(container ?? '', 100)
      fields.wrong(input, `has a line${name === '' ? '' : ` for the container '${name}'`} without an image after '='.`)
    } else if (image.length > MAX_IMAGE_LENGTH || !IMAGE_REFERENCE.test(image)) {
      fields.wrong(
        input,
        `must be an image such as 'registry/app:tag' or 'registry/app@sha256:…', or lines 'container=image'; got '${inSentence(image, 300)}'.`,
      )
    }
  }
  if (images.length > 1 && images.some(({ container }) => container === undefined)) {
    fields.wrong(input, `must name the container on every line ('container=image') when it has several lines.`)
  }
  const named = images.flatMap(({ container }) => container ?? [])
  const doubled = named.find((container, index) => named.indexOf(container) !== index)
  if (doubled !== undefined) fields.wrong(input, `names the container '${inSentence(doubled, 100)}' more than once.`)
  return images
}

/** What to say of images that leave open which build is meant. */
export function imageNotes(images: readonly ContainerImage[]): string[] {
  return images
    .filter(({ image }) => image !== '' && !/[:@]/.test(image.slice(image.lastIndexOf('/') + 1)))
    .map(
      ({ image }) =>
        `Image '${inSentence(image, 300)}' has neither tag nor digest, so the tag 'latest' is deployed, whatever that is by then.`,
    )
}

/** Parses `environment-variables`. Values are kept to the letter and never shown. */
export function parseEnvironmentLines(fields: Fields): Map<string, string> {
  return parseAssignments(fields, { input: 'environment-variables', line: 'NAME=value', noun: 'variable' })
}

/** Parses `secrets`: names and where ECS finds their values. A value that is neither kind of address is not shown. */
export function parseSecretLines(fields: Fields): Map<string, string> {
  const secrets = parseAssignments(fields, { input: 'secrets', line: 'NAME=address', noun: 'variable' })
  for (const [name, value] of secrets) {
    const address = value.trim()
    secrets.set(name, address)
    if (![SECRETS_MANAGER_ARN, PARAMETER_ARN, PARAMETER_NAME].some((pattern) => pattern.test(address))) {
      fields.wrong(
        'secrets',
        `must give '${inSentence(name, 100)}' the ARN of a Secrets Manager secret or the name or ARN of an SSM parameter; what it gives is neither (not shown).`,
      )
    }
  }
  return secrets
}
