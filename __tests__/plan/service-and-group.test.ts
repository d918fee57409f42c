import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { Findings } from '../../src/plan/findings.ts'
import { addIfMissing, readNamedGroup, readService, readShift } from '../../src/plan/service-and-group.ts'
import { DENY, handAws, refuse, type WireAnswers } from '../support/hand-aws.ts'
import { rawInputs } from '../support/simulated-release.ts'

type Given = Partial<Record<InputName, string>>

function inputsOf(given: Given) {
  return parseInputs(rawInputs({ cluster: 'demo', service: 'web', ...given }), []).inputs
}

async function shiftOf(name: string | undefined, answers: WireAnswers = {}) {
  const findings = new Findings()
  const { world, asked } = handAws({}, { answers })
  const shift = await readShift(name, world, findings)
  return { kind: shift?.kind, problems: findings.problems, warnings: findings.warnings, asked: asked.length }
}

const CANARY = 'CodeDeployDefault.ECSCanary10Percent5Minutes'

test.each<[string, string | undefined, WireAnswers, string | undefined, RegExp | undefined]>([
  ['that is named', CANARY, {}, 'all-at-once', undefined],
  [
    'that may not be seen, by its name',
    CANARY,
    { GetDeploymentConfig: DENY },
    'canary',
    /its name says how traffic shifts/,
  ],
  ['that may not be seen', 'Mine', { GetDeploymentConfig: DENY }, 'unknown', /how long traffic shifts is not known/],
  ['that is not named', undefined, {}, undefined, undefined],
])('the shift is that of a configuration %s', async (_name, name, answers, kind, warning) => {
  const seen = await shiftOf(name, answers)
  expect([seen.kind, seen.problems]).toEqual([kind, []])
  expect(seen.warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
  expect(seen.asked).toBe(name === undefined ? 0 : 1)
})

test.each<[string, WireAnswers, string, RegExp]>([
  [
    'is not there',
    { GetDeploymentConfig: refuse('DeploymentConfigDoesNotExistException') },
    'not-found',
    /^Deployment configuration 'Mine' was not found\. Check 'codedeploy-deployment-config' and the region\.$/,
  ],
  [
    'has no possible name',
    { GetDeploymentConfig: refuse('InvalidDeploymentConfigNameException') },
    'not-found',
    /^Deployment configuration 'Mine' was not found\./,
  ],
  [
    'is for servers',
    { GetDeploymentConfig: () => ({ deploymentConfigInfo: { computePlatform: 'Server' } }) },
    'invalid-input',
    /^Deployment configuration 'Mine' is for Server, not for ECS\.$/,
  ],
])('a configuration that %s is a problem', async (_name, answers, reason, sentence) => {
  const { kind, problems, warnings } = await shiftOf('Mine', answers)
  expect([kind, warnings]).toEqual([undefined, []])
  expect(problems).toEqual([{ reason, sentence: expect.stringMatching(sentence) }])
})

test('the tags of a service are asked for only where they are needed, to know a lane', async () => {
  const askedFor = async (operation: string) => {
    const { world, asked } = handAws()
    await readService(inputsOf({ operation }), world, new Findings())
    return asked[0]?.input['include']
  }
  expect(await askedFor('preview')).toEqual(['TAGS'])
  expect(await askedFor('release')).not.toEqual(['TAGS'])
})

test('a cluster that is not there is named', async () => {
  const findings = new Findings()
  const { world } = handAws({}, { answers: { DescribeServices: refuse('ClusterNotFoundException') } })
  expect(await readService(inputsOf({}), world, findings)).toBeUndefined()
  expect(findings.problems).toEqual([
    { reason: 'not-found', sentence: "Cluster 'demo' was not found. Check 'cluster' and the region." },
  ])
})

const LONG = 'a'.repeat(100)
const NAMED: Given = { 'codedeploy-application': LONG, 'codedeploy-deployment-group': LONG }

test.each<[string, string, string]>([
  [
    'application',
    'ApplicationDoesNotExistException',
    `CodeDeploy application '${LONG}' was not found. Check 'codedeploy-application' and the region.`,
  ],
  [
    'group',
    'DeploymentGroupDoesNotExistException',
    `Deployment group '${LONG}' was not found in application '${LONG}'. Check 'codedeploy-deployment-group'.`,
  ],
])('the %s that is named and is not there is told by its whole name', async (_name, code, sentence) => {
  const findings = new Findings()
  const { world } = handAws({}, { answers: { GetDeploymentGroup: refuse(code) } })
  const named = await readNamedGroup(inputsOf(NAMED), world, findings)
  expect(findings.problems).toEqual([])
  addIfMissing(named, findings)
  expect(findings.problems).toEqual([{ reason: 'not-found', sentence }])
})

test.each<[string, Given]>([
  ['the group', { 'codedeploy-application': 'shop' }],
  ['the application', { 'codedeploy-deployment-group': 'web' }],
])('a group is not asked for by name without %s', async (_name, given) => {
  const { world, asked } = handAws()
  expect(await readNamedGroup(inputsOf(given), world, new Findings())).toBeUndefined()
  expect(asked).toEqual([])
})
