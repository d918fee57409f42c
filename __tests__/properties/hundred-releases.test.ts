import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Fate, type ManyReleases, releaseAtOnce } from '../support/hundred-releases.ts'
import { expectValidReport } from '../support/report-schema.ts'

const PER_SECOND = 10

const VERDICTS: Record<Fate, object> = {
  succeeds: { status: 'succeeded', 'rollback-status': 'none', 'replacement-traffic': '100' },
  'hook fails': { status: 'rolled-back', 'rollback-status': 'succeeded', 'replacement-traffic': '0' },
  alarm: { status: 'rolled-back', 'rollback-status': 'succeeded', 'replacement-traffic': '0' },
  'never healthy': { status: 'rolled-back', 'rollback-status': 'succeeded', 'replacement-traffic': '0' },
}

const CAUSES: Record<Fate, RegExp> = {
  succeeds: /^$/,
  'hook fails': /failed at AfterAllowTestTraffic: hook CodeDeployHook_refuse/,
  alarm: /alarm.*web-\d+-5xx/i,
  'never healthy': /replacement tasks stopped for the same reason/,
}

describe('a hundred releases that begin at once in an account that allows ten requests a second', () => {
  let many: ManyReleases

  beforeAll(async () => {
    many = await releaseAtOnce(100, PER_SECOND)
  })

  test('all end with the verdict and the cause of their own fate', () => {
    for (const { service, fate, outputs, annotation, release } of many.releases) {
      expect({ service, ...outputs }).toMatchObject({ service, ...VERDICTS[fate] })
      expect(annotation?.message ?? '').toMatch(CAUSES[fate])
      expectValidReport(release)
    }
  })

  test('each has made one deployment and one revision', () => {
    const accepted = (operation: string) =>
      many.calls.filter((call) => call.operation === operation && call.httpStatus === 200).length
    expect(accepted('CreateDeployment')).toBe(100)
    expect(accepted('RegisterTaskDefinition')).toBe(100)
    // Only those that were never healthy were stopped by their step.
    expect(accepted('StopDeployment')).toBe(20)
  })

  test('a hundred releases use what the account allows for as long as it is too little, and come back spread out', () => {
    const startMs = many.calls[0]?.atMs ?? 0
    const minute = (number: number) => many.calls.filter(({ atMs }) => Math.floor((atMs - startMs) / 60_000) === number)
    const accepted = (number: number) => minute(number).filter(({ httpStatus }) => httpStatus === 200).length
    for (const number of [0, 1, 2, 3]) expect(accepted(number)).toBeGreaterThan(0.95 * 60 * PER_SECOND)
    const bySecond = Map.groupBy(many.calls, ({ atMs }) => Math.floor((atMs - startMs) / 1000))
    const later = [...bySecond].filter(([second]) => second >= 10).map(([, calls]) => calls.length)
    expect(Math.max(...later)).toBeLessThan(8 * PER_SECOND)
    expect(many.calls.length).toBeLessThan(12_000)
    expect(many.tookMs).toBeLessThan(15 * 60_000)
  })
})
