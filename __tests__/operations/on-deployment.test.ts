import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { operate } from '../../src/operations/operate.ts'
import { DENY, refuse, SECONDS_0, type WireAnswers } from '../support/hand-aws.ts'
import {
  awsWithDeployment,
  type HandDeployment,
  HELD,
  markerOf,
  OURS,
  type Stretch,
  shiftFrom,
} from '../support/hand-deployment.ts'
import { rawInputs } from '../support/simulated-release.ts'

type Given = Partial<Record<InputName, string>>

interface Played extends Omit<HandDeployment, 'course'> {
  course?: Stretch[]
  /** The step is cancelled at this second. */
  cancelAt?: number
}

const INSTALLING: Stretch[] = [{ from: 0, letters: 'SRPPPPPP' }]
const AT_READY: Stretch[] = [{ from: 0, letters: 'SSSSSPPP', status: 'Ready' }]
const SHIFTING: Stretch[] = [{ from: 0, letters: 'SSSSSSRP', percent: 10 }]
const SUCCEEDED: Stretch[] = [{ from: 0, letters: 'SSSSSSSS', status: 'Succeeded', percent: 100 }]
const FAILED: Stretch[] = [{ from: 0, letters: 'SFKKKKKK', status: 'Failed' }]
const SHIFTS: Stretch[] = [...INSTALLING, ...shiftFrom(60)]
const FAILS: Stretch[] = [...INSTALLING, { from: 60, letters: 'SFKKKKKK', status: 'Failed' }]

async function played(given: Given, { course = SHIFTS, cancelAt, world, ...rest }: Played = {}) {
  const cancellation = new AbortController()
  if (cancelAt === 0) cancellation.abort()
  const aws = awsWithDeployment({ course, ...rest, world: { signal: cancellation.signal, ...world } })
  if (cancelAt !== undefined && cancelAt > 0) aws.clock.atSecond(cancelAt, () => cancellation.abort())
  const parsed = parseInputs(rawInputs({ cluster: 'demo', service: 'web', ...given }), [])
  const ended = await operate(parsed, aws.world)
  const { status, problems, deploymentId } = ended
  const inputOf = (name: string) => aws.asked.find(({ operation }) => operation === name)?.input
  return {
    ended,
    status,
    reasons: problems.map(({ reason }) => reason),
    deploymentId,
    writes: aws.writes(),
    second: aws.clock.now() / 1000 - SECONDS_0,
    inputOf,
    continuedAtSecond: aws.asked.find(({ operation }) => operation === 'ContinueDeployment')?.second,
    log: aws.log.join('\n'),
  }
}

const OTHERS = { description: 'by hand' }

describe('watch', () => {
  const WATCH = { operation: 'watch' }

  test.each<[string, Given, Played, string]>([
    ['that succeeds', {}, {}, 'succeeded'],
    ['that has succeeded already', {}, { course: SUCCEEDED }, 'succeeded'],
    ['that fails, to the end of its rollback', {}, { course: FAILS }, 'rolled-back'],
    ['that fails and whose rollback fails', {}, { course: FAILS, rollback: 'Failed' }, 'rollback-failed'],
    [
      'that is not done in time',
      { 'wait-for-minutes': '2', 'on-timeout': 'rollback' },
      { course: INSTALLING },
      'timed-out',
    ],
    ['until the step is cancelled', { 'on-cancel': 'rollback' }, { cancelAt: 30 }, 'cancelled'],
    ['of somebody else that is named', { 'deployment-id': OURS }, OTHERS, 'succeeded'],
    ['of somebody else, as the active one', { 'deployment-id': 'active' }, OTHERS, 'succeeded'],
  ])('follows a deployment %s, and writes nothing', async (_name, given, playing, expected) => {
    const { status, writes, deploymentId } = await played({ ...WATCH, ...given }, playing)
    expect({ status, writes, deploymentId }).toEqual({ status: expected, writes: [], deploymentId: OURS })
  })

  test.each<[string, Given, Played, string]>([
    ['that is not there', { 'deployment-id': 'd-NOBODY001' }, {}, 'not-found'],
    ['of another group', { 'deployment-id': OURS }, { info: { deploymentGroupName: 'other' } }, 'group-mismatch'],
  ])('is refused for a deployment %s', async (_name, given, playing, reason) => {
    const { status, reasons, deploymentId, second } = await played({ ...WATCH, ...given }, playing)
    expect({ status, reasons, deploymentId, second }).toEqual({
      status: 'refused',
      reasons: [reason],
      deploymentId: undefined,
      second: 0,
    })
  })

  test.each<[string, Given, Played, string]>([
    ['the only deployment is of another run', {}, OTHERS, 'No deployment of this run was found'],
    ['none is active', { 'deployment-id': 'active' }, { course: SUCCEEDED }, 'No deployment is active'],
  ])('has nothing to do where %s, and says so', async (_name, given, playing, said) => {
    const { status, reasons, deploymentId, second, log } = await played({ ...WATCH, ...given }, playing)
    expect({ status, reasons, deploymentId, second }).toEqual({
      status: 'unchanged',
      reasons: [],
      deploymentId: undefined,
      second: 0,
    })
    expect(log).toContain(`${said} in deployment group 'DgpECS-demo-web'`)
  })
})

describe('stop', () => {
  const STOP = { operation: 'stop' }
  const AT_READY_ONLY = { ...STOP, 'only-at-ready': 'true' }

  test.each<[string, Given, Played]>([
    ['that is being installed', STOP, { course: INSTALLING }],
    ['that shifts production', STOP, { course: SHIFTING }],
    ['that waits at Ready', AT_READY_ONLY, { course: AT_READY, group: HELD }],
    [
      'at its test hook, after which it will wait',
      AT_READY_ONLY,
      { course: [{ from: 0, letters: 'SSSSRPPP' }], group: HELD },
    ],
    ['of somebody else that is named', { ...STOP, 'deployment-id': OURS }, { ...OTHERS, course: SHIFTING }],
  ])('takes back a deployment %s with one request', async (_name, given, playing) => {
    const { status, writes, reasons, deploymentId, inputOf } = await played(given, playing)
    expect({ status, reasons, deploymentId }).toEqual({ status: 'stopped', reasons: [], deploymentId: OURS })
    expect(writes).toEqual(['StopDeployment'])
    expect(inputOf('StopDeployment')).toEqual({ deploymentId: OURS, autoRollbackEnabled: true })
  })

  test.each<[string, Played]>([
    ['has succeeded', { course: SUCCEEDED }],
    ['has failed and is rolled back', { course: FAILED }],
    ['is of another run', OTHERS],
  ])('has nothing to do where the deployment %s', async (_name, playing) => {
    const { status, writes, reasons } = await played(STOP, playing)
    expect({ status, writes, reasons }).toEqual({ status: 'unchanged', writes: [], reasons: [] })
  })

  test('of a deployment whose rollback failed says so', async () => {
    const { status, writes } = await played(STOP, { course: FAILED, rollback: 'Failed' })
    expect({ status, writes }).toEqual({ status: 'rollback-failed', writes: [] })
  })

  test.each([
    ['is being installed', INSTALLING],
    ['has been continued', SHIFTING],
  ])('with only-at-ready is refused where the deployment %s', async (_name, course) => {
    const { status, writes, reasons } = await played(AT_READY_ONLY, { course, group: HELD })
    expect({ status, writes, reasons }).toEqual({ status: 'refused', writes: [], reasons: ['not-held'] })
  })

  test('a stop that was cancelled before it looked stops nothing', async () => {
    const { status, writes } = await played(STOP, { cancelAt: 0 })
    expect({ status, writes }).toEqual({ status: 'cancelled', writes: [] })
  })

  test('a stop that came too late is refused, as the deployment succeeded', async () => {
    const course: Stretch[] = [...SHIFTING, { from: 3, letters: 'SSSSSSSS', status: 'Succeeded', percent: 100 }]
    const { status, writes, ended } = await played(STOP, { course })
    expect({ status, writes }).toEqual({ status: 'refused', writes: ['StopDeployment'] })
    expect(ended.problems).toEqual([
      { reason: 'rejected', sentence: `Deployment ${OURS} succeeded before it could be stopped.` },
    ])
  })

  test('whose request is denied takes nothing back and tells why', async () => {
    const course: Stretch[] = [...SHIFTING, { from: 600, letters: 'SSSSSSSS', status: 'Succeeded', percent: 100 }]
    const { status, reasons, writes } = await played(STOP, { course, answers: { StopDeployment: DENY } })
    expect({ status, reasons, writes }).toEqual({ status: 'refused', reasons: ['denied'], writes: ['StopDeployment'] })
  })

  test('of a deployment that was taken back without a rollback of its own does not say that it is back', async () => {
    const { status } = await played(STOP, { course: SHIFTING, rollback: 'none' })
    expect(['stopped', 'succeeded', 'rolled-back', 'unchanged']).not.toContain(status)
  })
})

describe('promote', () => {
  const PROMOTE = { operation: 'promote' }
  const AT_HOOK: Stretch[] = [
    { from: 0, letters: 'SSSSRPPP' },
    { from: 90, letters: 'SSSSSPPP', status: 'Ready' },
  ]

  test.each<[string, Stretch[]]>([
    ['that waits at Ready', AT_READY],
    ['once its test hook has passed', AT_HOOK],
    [
      'that shows Ready once its test hook has passed',
      [{ from: 0, letters: 'SSSSRPPP', status: 'Ready' }, ...AT_HOOK.slice(1)],
    ],
    [
      'that comes to Ready a moment later',
      [
        { from: 0, letters: 'SSSSSPPP' },
        { from: 8, letters: 'SSSSSPPP', status: 'Ready' },
      ],
    ],
  ])('continues a deployment %s with one request, and follows it', async (_name, course) => {
    const { status, writes, reasons, inputOf } = await played(PROMOTE, { course, group: HELD })
    expect({ status, writes, reasons }).toEqual({ status: 'succeeded', writes: ['ContinueDeployment'], reasons: [] })
    expect(inputOf('ContinueDeployment')).toEqual({ deploymentId: OURS, deploymentWaitType: 'READY_WAIT' })
  })

  test.each<[string, Stretch[]]>([
    ['is shifting', [...SHIFTING, ...shiftFrom(20)]],
    ['has succeeded', SUCCEEDED],
  ])('follows a deployment that %s already, and writes nothing', async (_name, course) => {
    const { status, writes } = await played(PROMOTE, { course, group: HELD })
    expect({ status, writes }).toEqual({ status: 'succeeded', writes: [] })
  })

  const BESIDE_READY: Stretch = { from: 0, letters: 'SSSSSPPP' }
  const readyFrom = (second: number): Stretch => ({ from: second, letters: 'SSSSSPPP', status: 'Ready' })

  test.each([
    [3, 5],
    [8, 10],
    [29, 30],
  ])(
    'looks every five seconds until a deployment about to wait at Ready does: after %i s, it is continued at %i s',
    async (readyAt, continuedAt) => {
      const course = [BESIDE_READY, readyFrom(readyAt)]
      const { status, continuedAtSecond } = await played(PROMOTE, { course, group: HELD })
      expect({ status, continuedAtSecond }).toEqual({ status: 'succeeded', continuedAtSecond: continuedAt })
    },
  )

  test('is refused after half a minute where a deployment about to wait at Ready does not come to it', async () => {
    const course = [BESIDE_READY, readyFrom(31)]
    const { status, writes, reasons, second } = await played(PROMOTE, { course, group: HELD })
    expect({ status, writes, reasons, second }).toEqual({
      status: 'refused',
      writes: [],
      reasons: ['not-held'],
      second: 30,
    })
  })

  test('a promote that is cancelled while it looks for Ready ends at once and continues nothing', async () => {
    const course = [BESIDE_READY, readyFrom(8)]
    const { status, writes, second } = await played(PROMOTE, { course, group: HELD, cancelAt: 7 })
    expect({ status, writes, second }).toEqual({ status: 'cancelled', writes: [], second: 7 })
  })

  test('waits for the test hook in the log, then says that it continued', async () => {
    const { log } = await played(PROMOTE, { course: AT_HOOK, group: HELD })
    const waits = `Deployment ${OURS} is still at AfterAllowTestTraffic; it is continued once that has succeeded and it waits at Ready.`
    expect(log).toContain(waits)
    expect(log.indexOf(`Continued deployment ${OURS}, which waited at Ready.`)).toBeGreaterThan(log.indexOf(waits))
  })

  test('follows a deployment that somebody else continued as soon as its test hook had passed, and writes nothing', async () => {
    const course = [...AT_HOOK.slice(0, 1), ...shiftFrom(50)]
    const { status, writes, log } = await played(PROMOTE, { course, group: HELD })
    expect({ status, writes }).toEqual({ status: 'succeeded', writes: [] })
    expect(log).not.toContain('Continued deployment')
  })

  test('whose request is denied after the test hook is refused', async () => {
    const answers: WireAnswers = { ContinueDeployment: DENY }
    const { status, reasons } = await played(PROMOTE, { course: AT_HOOK, group: HELD, answers })
    expect({ status, reasons }).toEqual({ status: 'refused', reasons: ['denied'] })
  })

  test('whose request comes after that of somebody else says so and follows', async () => {
    const course: Stretch[] = [...AT_READY, ...shiftFrom(1)]
    const answers: WireAnswers = { ContinueDeployment: refuse('DeploymentIsNotInReadyStateException') }
    const { status, reasons, log } = await played(PROMOTE, { course, group: HELD, answers })
    expect({ status, reasons }).toEqual({ status: 'succeeded', reasons: [] })
    expect(log).toContain(`Deployment ${OURS} does not wait at Ready any more; following it.`)
    expect(log).not.toContain('Continued deployment')
  })

  test.each<[string, Played, string]>([
    ['is being installed', { course: INSTALLING }, 'refused'],
    ['has failed', { course: FAILED }, 'refused'],
    ['has failed, as its rollback has', { course: FAILED, rollback: 'Failed' }, 'rollback-failed'],
  ])('continues no deployment that %s', async (_name, playing, expected) => {
    const { status, writes } = await played(PROMOTE, { group: HELD, ...playing })
    expect({ status, writes }).toEqual({ status: expected, writes: [] })
  })

  test.each([
    ['is what was approved', 'web:2', 'succeeded', []],
    ['is not what was approved', 'web:3', 'refused', ['other-image']],
  ])('of an image that %s', async (_name, image, expected, problems) => {
    const { status, writes, reasons } = await played(
      { ...PROMOTE, 'expect-image': image },
      { course: AT_READY, group: HELD },
    )
    expect({ status, reasons }).toEqual({ status: expected, reasons: problems })
    expect(writes).toEqual(problems.length === 0 ? ['ContinueDeployment'] : [])
  })

  test('of a deployment that does not wait yet is refused at once', async () => {
    const { status, reasons, second } = await played(PROMOTE, { course: INSTALLING, group: HELD })
    expect({ status, reasons, second }).toEqual({ status: 'refused', reasons: ['not-held'], second: 0 })
  })

  test('of a deployment that fails at its test hook continues nothing and tells of its rollback', async () => {
    const course: Stretch[] = [
      { from: 0, letters: 'SSSSRPPP' },
      { from: 90, letters: 'SSSSFKKK', status: 'Failed' },
    ]
    const { status, writes } = await played(PROMOTE, { course, group: HELD })
    expect({ status, writes }).toEqual({ status: 'rolled-back', writes: [] })
  })

  test('a promote that was cancelled before it looked continues nothing', async () => {
    const { status, writes } = await played(PROMOTE, { course: AT_READY, group: HELD, cancelAt: 0 })
    expect({ status, writes }).toEqual({ status: 'cancelled', writes: [] })
  })

  test('whose request is denied is refused', async () => {
    const { status, reasons } = await played(PROMOTE, { course: AT_READY, answers: { ContinueDeployment: DENY } })
    expect({ status, reasons }).toEqual({ status: 'refused', reasons: ['denied'] })
  })

  const cut = (): never => {
    throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
  }

  test('whose request nobody answered is refused as long as the deployment waits', async () => {
    const answers: WireAnswers = { ContinueDeployment: cut }
    const { status, reasons, second } = await played(PROMOTE, { course: AT_READY, answers })
    expect({ status, reasons, second }).toEqual({ status: 'refused', reasons: ['unreachable'], second: 5 })
  })

  test.each<[string, Stretch[]]>([
    ['', [...AT_READY, ...shiftFrom(4)]],
    [', also after the test hook', [...AT_HOOK, ...shiftFrom(93)]],
  ])('whose request was carried out without an answer is followed%s', async (_name, course) => {
    const { status, reasons, log } = await played(PROMOTE, {
      course,
      group: HELD,
      answers: { ContinueDeployment: cut },
    })
    expect({ status, reasons }).toEqual({ status: 'succeeded', reasons: [] })
    expect(log).toContain(`The request may have been carried out, so deployment ${OURS} is followed.`)
  })
})

test.each(['watch', 'stop', 'promote'])('%s is refused where the deployment cannot be read', async (operation) => {
  const answers: WireAnswers = { GetDeployment: DENY }
  const { status, reasons, writes } = await played({ operation, 'deployment-id': OURS }, { answers })
  expect({ status, reasons, writes }).toEqual({ status: 'refused', reasons: ['denied'], writes: [] })
})

test.each(['stop', 'promote'])(
  '%s is refused where the credentials end before the deployment is looked at',
  async (operation) => {
    const answers: WireAnswers = { GetDeploymentTarget: refuse('ExpiredTokenException') }
    const { status, reasons, writes } = await played(
      { operation, 'deployment-id': OURS },
      { course: AT_READY, group: HELD, answers },
    )
    expect({ status, reasons, writes }).toEqual({ status: 'refused', reasons: ['credentials'], writes: [] })
  },
)

test('the deployments of other jobs of the run are its own too, those of other runs are not', async () => {
  const own = await played({ operation: 'stop' }, { course: INSTALLING, description: `of ours ${markerOf(42)}` })
  expect(own.writes).toEqual(['StopDeployment'])
  const other = await played({ operation: 'stop' }, { course: INSTALLING, description: markerOf(41) })
  expect([other.status, other.writes]).toEqual(['unchanged', []])
})
