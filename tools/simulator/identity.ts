import { hash } from 'node:crypto'

/**
 * Ids that look like AWS's and are the same in every run: each is computed from what it names, never counted up or
 * drawn, so that they do not depend on when somebody looked.
 */

/** What every id begins with that is not made from another one; empty for seed 0. */
export type IdSeed = readonly string[]

export function idSeedOf(seed: number): IdSeed {
  return seed === 0 ? [] : [`seed ${seed}`]
}

const DEPLOYMENT_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const IAM_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Lower-case hexadecimal digest of the parts; `length` up to 64. */
export function hexOf(length: number, ...parts: (string | number)[]): string {
  return digestOf(parts).toString('hex').slice(0, length)
}

/** `d-` and nine upper-case letters or digits (observed). */
export function deploymentIdOf(...parts: (string | number)[]): string {
  const digest = digestOf(['deployment', ...parts])
  return `d-${Array.from(digest.subarray(0, 9), (byte) => DEPLOYMENT_ALPHABET[byte % 36]).join('')}`
}

/** `ecs-svc/` and 19 digits, as CodeDeploy and ECS both show a task set (observed). */
export function taskSetIdOf(...parts: (string | number)[]): string {
  const number = digestOf(['task set', ...parts]).readBigUInt64BE() % 8_000_000_000_000_000_000n
  return `ecs-svc/${number + 1_000_000_000_000_000_000n}`
}

export function uuidOf(...parts: (string | number)[]): string {
  const hex = hexOf(32, 'uuid', ...parts)
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** The opaque text that a hook hands back with its verdict: Base64 of JSON, some hundred characters (observed). */
export function hookExecutionIdOf(...parts: (string | number)[]): string {
  const encryptedData = Array.from({ length: 4 }, (_, i) => digestOf(['hook', i, ...parts]).toString('base64')).join('')
  const ivParameterSpec = digestOf(['iv', ...parts])
    .toString('base64')
    .slice(0, 16)
  return Buffer.from(JSON.stringify({ encryptedData, ivParameterSpec, materialSetSerial: 1 })).toString('base64')
}

/** What CodeDeploy calls the sha256 of an AppSpec: lower-case hexadecimal of its UTF-8 bytes. */
export function sha256Of(text: string): string {
  return hash('sha256', text, 'hex')
}

/** A private address, and which of two subnets it is in. */
export function ipAddressOf(...parts: (string | number)[]): { ip: string; subnet: 0 | 1 } {
  const [first = 0, second = 0, third = 0] = digestOf(['ip', ...parts])
  const subnet = (first % 2) as 0 | 1
  return { ip: `10.0.${subnet * 16 + (second % 16)}.${4 + (third % 250)}`, subnet }
}

/** As IAM makes them: a prefix that says what it is of, e.g. `ASIA`, then upper-case letters and digits. */
export function iamIdOf(prefix: string, length: number, ...parts: (string | number)[]): string {
  const letters = Array.from(digestOf([prefix, ...parts]), (byte) => IAM_ALPHABET[byte % 32]).join('')
  return `${prefix}${letters}`.slice(0, length)
}

/** Base64 text that looks like a secret and is none. */
export function secretOf(length: number, ...parts: (string | number)[]): string {
  const blocks = Array.from({ length: Math.ceil(length / 40) }, (_, i) => digestOf(['secret', i, ...parts]))
  return Buffer.concat(blocks).toString('base64').slice(0, length)
}

function digestOf(parts: (string | number)[]): Buffer {
  return hash('sha256', parts.join('\n'), 'buffer')
}
