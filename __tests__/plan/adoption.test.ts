import { expect, test } from '@jest/globals'
import { buildAppSpec } from '../../src/app-spec/app-spec.ts'
import { type AdoptionFacts, findAdoptable } from '../../src/plan/adoption.ts'
import { Findings } from '../../src/plan/findings.ts'
import type { Marker } from '../../src/workflow-run/marker.ts'
import { OWN, REVISION, ServiceFailure, serviceOf } from '../support/group-parts.ts'
import { handAws } from '../support/hand-aws.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const APP_SPEC = { containerName: 'web', containerPort: 8080, hooks: {}, file: undefined, properties: {} }
const WANTED = { family: 'web', containerDefinitions: [{ name: 'web', image: 'web:2' }] }
const NEWER = REVISION.replace(/1$/, '2')
const SENT = buildAppSpec(APP_SPEC, NEWER).sha256

/** With an ECS that knows no revision. */
function facts(change: Partial<AdoptionFacts> = {}): AdoptionFacts {
  const send = async () => {
    throw new ServiceFailure('ClientException')
  }
  const aws = { ecs: { send }, clock: virtualClock(), random: () => 0.5, maxAttempts: 1 }
  return {
    world: aws as never,
    service: serviceOf(),
    own: OWN,
    appSpec: APP_SPEC,
    definition: { kind: 'use', arn: NEWER },
    wanted: WANTED,
    findings: new Findings(),
    ...change,
  }
}

const found = { deploymentId: 'd-1', taskDefinitionArn: NEWER, runAttempt: 1 }
const ATTEMPT_1: Marker = { ...OWN, runAttempt: 1 }

test.each<[string, Marker | undefined, string | undefined, object | undefined]>([
  ['an earlier attempt of this job has made', ATTEMPT_1, SENT, found],
  [
    'an earlier attempt has made in a repository that had another name',
    { ...ATTEMPT_1, repository: 'example/other' },
    SENT,
    undefined,
  ],
  ['another run has made', { ...ATTEMPT_1, runId: '5' }, SENT, undefined],
  ['another job has made', { ...ATTEMPT_1, job: 'other' }, SENT, undefined],
  ['another operation has made', { ...ATTEMPT_1, operation: 'rollback' }, SENT, undefined],
  ['names no run', undefined, SENT, undefined],
  ['has another AppSpec', ATTEMPT_1, buildAppSpec(APP_SPEC, REVISION).sha256, undefined],
  ['has an AppSpec that is not told', ATTEMPT_1, undefined, undefined],
])('a deployment that %s: whether it is followed', async (_name, marker, appSpecSha256, expected) => {
  expect(await findAdoptable([{ id: 'd-1', marker, appSpecSha256 }], facts())).toEqual(expected)
})

test('a deployment in a renamed repository is followed when both markers tell its id', async () => {
  const marker = { ...ATTEMPT_1, repository: 'example/other', repositoryId: '9' }
  const own = { ...OWN, repositoryId: '9' }
  expect(await findAdoptable([{ id: 'd-1', marker, appSpecSha256: SENT }], facts({ own }))).toEqual(found)
})

test('the first of several that is our own is followed', async () => {
  const candidates = [
    { id: 'd-0', marker: { ...ATTEMPT_1, runId: '5' }, appSpecSha256: SENT },
    { id: 'd-1', marker: ATTEMPT_1, appSpecSha256: SENT },
    { id: 'd-2', marker: ATTEMPT_1, appSpecSha256: SENT },
  ]
  expect(await findAdoptable(candidates, facts())).toEqual(found)
})

/** Its task set runs a revision; this attempt would register another one. */
const counts = { status: 'ACTIVE', running: 2, pending: 0, desired: 2 }
const DEPLOYING = serviceOf({
  taskSets: [{ id: 'ecs-svc/2', taskDefinitionArn: NEWER, deploymentId: 'd-1', ...counts }],
})
const REGISTERS = { service: DEPLOYING, definition: { kind: 'register', definition: WANTED } } as const
const CANDIDATE = { id: 'd-1', marker: ATTEMPT_1, appSpecSha256: SENT }

test('a deployment whose revision cannot be read is not followed, and that is a problem', async () => {
  const given = facts(REGISTERS)
  expect(await findAdoptable([CANDIDATE], given)).toBeUndefined()
  expect(given.findings.problems).toHaveLength(1)
})

test('a deployment of an older revision than the one that is asked for is followed only if that says the same', async () => {
  const older = { ...CANDIDATE, appSpecSha256: buildAppSpec(APP_SPEC, REVISION).sha256 }
  const runs = serviceOf({
    taskSets: [{ id: 'ecs-svc/2', taskDefinitionArn: REVISION, deploymentId: 'd-1', ...counts }],
  })
  const wanting = (image: string) => {
    const containerDefinitions = [{ name: 'web', image, portMappings: [{ containerPort: 8080 }] }]
    return facts({ service: runs, world: handAws().world, wanted: { family: 'web', containerDefinitions } })
  }
  expect(await findAdoptable([older], wanting('web:1'))).toEqual({ ...found, taskDefinitionArn: REVISION })
  expect(await findAdoptable([older], wanting('web:2'))).toBeUndefined()
})

test('a deployment without a task set is not followed when this attempt would register a revision', async () => {
  const given = facts({ ...REGISTERS, service: serviceOf() })
  expect(await findAdoptable([CANDIDATE], given)).toBeUndefined()
})
