import { inSentence } from '../text/untrusted.ts'
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

/** What cannot be a name is a line of another kind: a comment, a command, a piece of a value of several lines. */
const VARIABLE_NAME = /^[^\s\p{Cc}"'#=]+$/u

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
  return parseAssignments(fields, 'environment-variables', 'NAME=value')
}

/** Parses `secrets`: names and where ECS finds their values. A value that is neither kind of address is not shown. */
export function parseSecretLines(fields: Fields): Map<string, string> {
  const secrets = parseAssignments(fields, 'secrets', 'NAME=address')
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

/** Only the first `=` splits; nothing after it is trimmed; an empty value stays. */
function parseAssignments(
  fields: Fields,
  input: 'environment-variables' | 'secrets',
  form: string,
): Map<string, string> {
  const assigned = new Map<string, string>()
  const lines = fields.verbatim(input).split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const split = line.indexOf('=')
    const name = line.slice(0, Math.max(split, 0)).trim()
    if (endsBase64(line, lines[index - 1] ?? '')) {
      const rest = `line ${index + 1} goes on with the value of the line before (not shown); a value has one line.`
      fields.wrong(input, `must have lines '${form}'; ${rest}`)
    } else if (!VARIABLE_NAME.test(name)) {
      fields.wrong(input, `must have lines '${form}'; line ${index + 1} ${whatIsWrong(name, split)} (not shown).`)
    } else if (assigned.has(name)) {
      fields.wrong(input, `sets '${inSentence(name, 100)}' more than once.`)
    } else {
      assigned.set(name, line.slice(split + 1))
    }
  }
  return assigned
}

/** Tools wrap base64 after so many characters. Source: RFC 2045, RFC 7468, and the defaults of Ruby's and macOS's. */
const WRAPPED_BASE64 = /(?:^|=)[A-Za-z0-9+/]*$/
const WRAP_COLUMNS = new Set([60, 64, 76])

/** The padded end of base64 looks like a variable; what it ends is the line before, which is exactly full. */
function endsBase64(line: string, before: string): boolean {
  const full = WRAPPED_BASE64.exec(before)?.[0].replace(/^=/, '') ?? ''
  const isWrapped = WRAP_COLUMNS.has(full.length) && /[a-z]/.test(full) && /[A-Z]/.test(full)
  const end = line.trim()
  const isEnd = end.length % 4 === 0 && /^[A-Za-z0-9+/]+={1,2}$/.test(end)
  return isWrapped && isEnd && !/^[A-Z][A-Z0-9]*=$/.test(end)
}

function whatIsWrong(name: string, split: number): string {
  if (split < 0) return `has no '='`
  if (name === '') return `has no name before '='`
  return `has a name that no variable can have before '='`
}
