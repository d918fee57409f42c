import { expect, test } from '@jest/globals'
import { rehearsingHere } from '../support/rehearse-here.ts'

const rehearse = rehearsingHere()

const OLD = 'registry\\.example/web:1\\.0\\.0'
const NEW = 'registry\\.example/web:1\\.1\\.0'

/** Nothing in a log about a service that ECS deploys speaks of these. */
const OF_CODE_DEPLOY = /codedeploy|deployment group|aws deploy |AppSpec|AllowTraffic|lifecycle event/i

test('a service that ECS deploys is released: stages with times, its function asks the replacement, both listeners shift', async () => {
  const { exitCode, printed, left } = await rehearse(['--scenario', 'native'])
  expect(exitCode).toBe(0)
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'succeeded', production: 'web:2' })
  expect(printed).toMatch(/^\d\d:\d\d:\d\dZ {2}POST_TEST_TRAFFIC_SHIFT +succeeded +[\d.]+ (s|min)/m)
  expect(printed).toMatch(/validate: http:\/\/127\.0\.0\.1:\d+\/ answered 200 from web:2/)
  for (const kind of ['production', 'test']) {
    expect(printed).toMatch(new RegExp(`^  ${kind}: ${OLD} \\d+ times?, ${NEW} \\d+ times?; now ${NEW}$`, 'm'))
  }
  expect(printed).not.toMatch(OF_CODE_DEPLOY)
  expect(left('summary.md')).not.toMatch(OF_CODE_DEPLOY)
  expect(left('summary.md')).toContain('validate')
})

test('a function that fails rolls back: its last line, the words of ECS in the summary, production unmoved', async () => {
  const { exitCode, printed, left } = await rehearse(['--scenario', 'native-hook-fails'])
  expect(exitCode).toBe(1)
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  expect(printed).toMatch(/^Error: .*hook validate failed: .* answered 500; expected 200\..*\(it returned FAILED\)/m)
  expect(left('report.json')).toMatch(/:function:validate returned FAILED status/)
  expect(printed).toMatch(new RegExp(`^  production: ${OLD} \\d+ times?; now ${OLD}$`, 'm'))
  expect(printed).toMatch(new RegExp(`^  test: ${OLD} \\d+ times?, HTTP 500 \\d+ times?; now ${OLD}$`, 'm'))
  expect(printed).not.toMatch(OF_CODE_DEPLOY)
  expect(left('summary.md')).not.toMatch(OF_CODE_DEPLOY)
})

test('a pause is waited at until when it says, and promoting continues it', async () => {
  const proposed = rehearse(['--scenario', 'native-pause', '--input', 'wait-for=test-traffic'])
  const promoted = rehearse(['--scenario', 'native-pause', '--operation', 'promote'])
  const first = await proposed
  expect(first.exitCode).toBe(0)
  expect(JSON.parse(first.left('outputs.json'))).toMatchObject({
    status: 'awaiting-promotion',
    'promote-by': expect.stringMatching(/^\d{4}-.*Z$/),
  })
  expect(first.printed).toMatch(new RegExp(`^  production: ${OLD} \\d+ times?; now ${OLD}$`, 'm'))
  expect(first.printed).toMatch(new RegExp(`^  test: .*; now ${NEW}$`, 'm'))
  const second = await promoted
  expect(second.exitCode).toBe(0)
  expect(JSON.parse(second.left('outputs.json'))).toMatchObject({ status: 'succeeded', production: 'web:2' })
  expect(second.printed).toMatch(new RegExp(`^  production: .*; now ${NEW}$`, 'm'))
})
