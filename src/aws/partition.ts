import { partition } from '@aws-sdk/core/client'

/**
 * The partition of a region, e.g. `aws-cn`; undefined of a region that the SDK does not know, which it counts as one of
 * `aws`. Source: the SDK's partitions.
 */
export function partitionOf(region: string): string | undefined {
  const found = partition(region)
  const isListed = 'description' in found
  return isListed || found.name !== 'aws' ? found.name : undefined
}

/** What the addresses of services in a region end with; without a region those of `aws`, which alone has such ones. */
export function dnsSuffixes(region: string | undefined): string[] {
  const { dnsSuffix, dualStackDnsSuffix } = partition(region ?? 'aws-global')
  return [dnsSuffix, dualStackDnsSuffix]
}
