import type { ServiceSeed } from '../scenario.ts'

type Strategy = NonNullable<ServiceSeed['capacityProviders']>

/** A launch type, or a strategy of capacity providers and none (documented). */
export function capacityOf(
  { launchType = 'FARGATE', capacityProviders }: ServiceSeed,
  own?: Strategy,
): { launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' } | { capacityProviderStrategy: Strategy } {
  const strategy = own ?? capacityProviders
  return strategy ? { capacityProviderStrategy: strategy } : { launchType }
}

/** Whether tasks run on Fargate, whose members nothing else has. */
export function isOnFargate({ launchType = 'FARGATE', capacityProviders }: ServiceSeed, own?: Strategy): boolean {
  const [first] = own ?? capacityProviders ?? []
  return first === undefined ? launchType === 'FARGATE' : first.capacityProvider.startsWith('FARGATE')
}

/** What a task shows of it: the providers take turns by their weights (simplified: the first with a weight takes all). */
export function capacityOfTask(
  seed: ServiceSeed,
  own?: Strategy,
): { launchType?: 'FARGATE' | 'EC2' | 'EXTERNAL'; capacityProviderName?: string } {
  const strategy = own ?? seed.capacityProviders
  const provider = strategy?.find(({ weight = 0, base = 0 }) => weight > 0 || base > 0) ?? strategy?.[0]
  if (provider === undefined) return { launchType: seed.launchType ?? 'FARGATE' }
  return {
    launchType: isOnFargate(seed, own) ? 'FARGATE' : 'EC2',
    capacityProviderName: provider.capacityProvider,
  }
}
