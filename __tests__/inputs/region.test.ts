import { describe, expect, test } from '@jest/globals'
import { readRegion } from '../../src/inputs/region.ts'

describe('the region', () => {
  test.each<[string, string | undefined, Record<string, string>, string]>([
    ['is that of the input', 'eu-west-1', { AWS_REGION: 'us-east-1' }, 'eu-west-1'],
    ['is that of the environment without one', undefined, { AWS_REGION: 'us-east-1' }, 'us-east-1'],
    ['skips a blank variable', undefined, { AWS_REGION: ' ', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-2'],
    ['has no white space around it', undefined, { AWS_REGION: ' us-east-1\n' }, 'us-east-1'],
    ['may be of a government', 'us-gov-west-1', {}, 'us-gov-west-1'],
    ['may be isolated', 'us-isob-east-1', {}, 'us-isob-east-1'],
    ['may be the European sovereign one', 'eusc-de-east-1', {}, 'eusc-de-east-1'],
    ['may be newer than this action', 'mx-central-1', {}, 'mx-central-1'],
  ])('%s', (_, given, environment, region) => {
    expect(readRegion(given, environment)).toEqual({ region, problems: [] })
  })

  test.each([
    ['a path', '../evil host'],
    ['another host', 'us-east-1.example.com/'],
    ['a host with credentials', 'x@example.com'],
    ['two lines', 'us-east-1\nus-east-2'],
    ['upper case', 'US-EAST-1'],
    ['an availability zone', 'us-east-1a'],
    ['no number', 'us-east'],
    ['letters of another script', 'us-eаst-1'],
    ['a hundred thousand characters', 'a-'.repeat(50_000)],
  ])('a region that is %s is refused, from input and environment alike', (_, value) => {
    const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value.replace('\n', ' ')
    const rest = `must be the name of an AWS region such as 'eu-central-1'; got '${shown}'.`
    const refused = (source: string) => ({
      region: undefined,
      problems: [{ reason: 'invalid-input', sentence: `${source} ${rest}` }],
    })
    expect(readRegion(value, { AWS_REGION: 'us-east-1' })).toEqual(refused("Input 'aws-region'"))
    expect(readRegion(undefined, { AWS_REGION: value })).toEqual(refused('AWS_REGION'))
    expect(readRegion(undefined, { AWS_DEFAULT_REGION: value })).toEqual(refused('AWS_DEFAULT_REGION'))
  })

  test.each([{}, { AWS_REGION: '' }, { AWS_DEFAULT_REGION: ' \n' }])(
    'that is not told is asked for: %j',
    (environment) => {
      expect(readRegion(undefined, environment).problems).toEqual([
        {
          reason: 'invalid-input',
          sentence: "No AWS region is set. Give 'aws-region', or set AWS_REGION in the environment.",
        },
      ])
    },
  )
})
