import { partition } from '@aws-sdk/core/client'
import { describe, expect, test } from '@jest/globals'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { parseWorldFile } from '../../tools/simulator/world-file/world-file.ts'
import { simulateRelease } from '../support/simulated-release.ts'

const HOOK = 'CodeDeployHook_validate'

/** A region of each partition that the SDK knows, where its console is, and what its addresses end with. */
const PLACES = [
  ['us-east-1', 'console.aws.amazon.com'],
  ['cn-northwest-1', 'console.amazonaws.cn'],
  ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['eusc-de-east-1', 'console.amazonaws-eusc.eu'],
  ['us-iso-east-1', undefined],
  ['us-isob-east-1', undefined],
  ['eu-isoe-west-1', undefined],
  ['us-isof-south-1', undefined],
] as const

/** An account of a region whose service runs an image of its own registry, on a clock that stands still. */
function accountIn(region: string): Scenario {
  const { name, dnsSuffix } = partition(region)
  const text = `
region: ${region}
services:
  - name: web
    task-definition: web:1
task-definitions:
  - revision: 1
    definition:
      family: web
      networkMode: awsvpc
      requiresCompatibilities: [FARGATE]
      cpu: '256'
      memory: '512'
      executionRoleArn: arn:${name}:iam::123456789012:role/ecsTaskExecutionRole
      containerDefinitions:
        - name: web
          image: 123456789012.dkr.ecr.${region}.${dnsSuffix}/web:1.0.0
          portMappings: [{ containerPort: 8080 }]
hooks:
  - name: ${HOOK}
    plan: { answer: Succeeded }
`
  return parseWorldFile(text, 'world.yaml')
}

function partitionsIn(value: unknown): Set<string> {
  return new Set(Array.from(JSON.stringify(value).matchAll(/\barn:([\w-]+):/g), ([, name = '']) => name))
}

describe.each(PLACES)('in %s', (region, consoleHost) => {
  const { name: here, dnsSuffix } = partition(region)
  const hook = `arn:${here}:lambda:${region}:123456789012:function:${HOOK}`

  test('a release goes well, and every ARN on the way is of the partition', async () => {
    const { outputs, calls, summary } = await simulateRelease({
      scenario: accountIn(region),
      inputs: {
        image: `123456789012.dkr.ecr.${region}.${dnsSuffix}/web:1.1.0`,
        'after-allow-test-traffic-hook': hook,
      },
      world: { region },
    })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    expect(partitionsIn(calls.map(({ input, output }) => [input, output]))).toEqual(new Set([here]))
    const link = outputs['console-url']
    expect(link === '' ? undefined : new URL(link).hostname).toBe(consoleHost)
    const consoles = [...summary.matchAll(/https:\/\/([\w.-]*console[\w.-]*)/g)].map(([, host = '']) => host)
    for (const host of consoles) expect(host.endsWith(consoleHost ?? 'none')).toBe(true)
    expect(consoles.length > 0).toBe(consoleHost !== undefined)
  })

  test('a service that is named by its ARN is released to, and one of another partition is refused before any call', async () => {
    const scenario = parseWorldFile(
      `{ region: ${region}, services: [{ name: web, image: registry.example/web:1.0.0 }] }`,
      '',
    )
    const service = `arn:${here}:ecs:${region}:123456789012:service/demo/web`
    const good = await simulateRelease({ scenario, inputs: { service }, world: { region } })
    expect(good.outputs.status).toBe('succeeded')
    const elsewhere = here === 'aws' ? 'aws-cn' : 'aws'
    const inputs = { service: service.replace(here, elsewhere) }
    const { outputs, release, calls } = await simulateRelease({ scenario, inputs, world: { region } })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
    expect(release.problems.map(({ sentence }) => sentence)).toEqual([
      `Input 'service' is an ARN of the partition '${elsewhere}', but ${region} is in '${here}', where ARNs begin with 'arn:${here}:'.`,
    ])
    expect(calls).toEqual([])
  })

  test('a hook of another partition is refused before anything is written', async () => {
    const elsewhere = here === 'aws' ? 'aws-cn' : 'aws'
    const { outputs, release, writes } = await simulateRelease({
      scenario: accountIn(region),
      inputs: { 'after-allow-test-traffic-hook': hook.replace(here, elsewhere) },
      world: { region },
    })
    expect(outputs.status).toBe('refused')
    expect(release.problems.map(({ sentence }) => sentence).join()).toContain(`${elsewhere}/${region}`)
    expect(writes).toEqual([])
  })
})
