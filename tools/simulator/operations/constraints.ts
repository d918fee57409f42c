import { AwsError } from '../protocol/aws-error.ts'

/** What a service demands of a member before it looks at what the request means. */
export interface Constraint {
  member: string
  value: string | number | undefined
  isMet: boolean
  /** E.g. `have length greater than or equal to 4`. */
  must: string
}

/** Refuses a request with `code` when a constraint is not met; the sentence names all that are not (observed). */
export function requireConstraints(code: string, constraints: Constraint[]): void {
  const broken = constraints.filter(({ isMet }) => !isMet)
  if (broken.length === 0) return
  const texts = broken.map(({ member, value, must }) => {
    const shown = value === undefined ? 'null' : `'${value}'`
    const wanted = value === undefined ? 'not be null' : must
    return `Value ${shown} at '${member}' failed to satisfy constraint: Member must ${wanted}`
  })
  const count = `${broken.length} validation error${broken.length === 1 ? '' : 's'} detected`
  throw new AwsError(code, `${count}: ${texts.join('; ')}`)
}

export function lengthAtLeast(member: string, value: string | undefined, least: number): Constraint {
  const isMet = value !== undefined && value.length >= least
  return { member, value, isMet, must: `have length greater than or equal to ${least}` }
}

export function matches(member: string, value: string | undefined, pattern: RegExp): Constraint {
  const isMet = value !== undefined && new RegExp(`^(?:${pattern.source})$`).test(value)
  return { member, value, isMet, must: `satisfy regular expression pattern: ${pattern.source}` }
}

/** A number that is absent is fine. */
export function between(member: string, value: number | undefined, least: number, most: number): Constraint[] {
  const given = value ?? least
  return [
    { member, value: given, isMet: given >= least, must: `have value greater than or equal to ${least}` },
    { member, value: given, isMet: given <= most, must: `have value less than or equal to ${most}` },
  ]
}
