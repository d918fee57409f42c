import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { loadWorldFile, parseWorldFile, WorldFileError } from '../../../../tools/simulator/world-file/world-file.ts'
import { expectCourse, withNativeRehearsal } from './support/native-rehearsal.ts'

const EXAMPLES = fileURLToPath(new URL('../../../../examples/worlds/', import.meta.url))

function problemsOf(text: string): readonly string[] {
  try {
    parseWorldFile(text, resolve(EXAMPLES, 'test.yaml'))
    return []
  } catch (error) {
    if (error instanceof WorldFileError) return error.sentences
    throw error
  }
}

test('the native example can be deployed as it says', () => {
  const scenario = loadWorldFile(resolve(EXAMPLES, 'native.yaml'))
  return withNativeRehearsal(scenario, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [31.1, 'IN_PROGRESS POST_SCALE_UP 100/0 100/0'],
      [32.1, 'IN_PROGRESS TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [62.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [103.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
    ])
    const [pause] = (await rehearsal.deployment(arn)).lifecycleHookDetails ?? []
    expect(pause).toMatchObject({ targetType: 'PAUSE', status: 'AWAITING_ACTION' })
    await rehearsal.proceed(arn, pause?.hookId)
    rehearsal.to(110)
    expect(await rehearsal.row(arn)).toBe('IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 90/10 0/100')
  })
})

test('what is wrong with a native service is said with its place', () => {
  const service = (native: string) => `services: [{ name: web, image: 'web:1', native: ${native} }]`
  expect(problemsOf(service('{ strategy: ROLLING }'))).toEqual([
    "services[0].native.strategy: must be one of BLUE_GREEN, LINEAR, CANARY; got 'ROLLING'.",
  ])
  expect(problemsOf(service('{ steps: { percent: 10 } }'))).toEqual([
    'services[0].native.steps: is for LINEAR and CANARY only.',
  ])
  expect(problemsOf(service('{ hooks: [{ stages: [PRE_SCALE_UP] }] }'))).toEqual([
    "services[0].native.hooks[0]: must have either 'function' or 'pause: true'.",
  ])
  expect(problemsOf(service('{ earlier: [web:7] }'))).toEqual([
    "services[0].native: there is no task definition 'web:7'; did you mean 'web:1'?",
  ])
  expect(problemsOf('native: { timings: { scaleUpp: 1 }, assumptions: { abort: never } }')).toEqual([
    "native.timings.scaleUpp: is not known here; did you mean 'scaleUp'?",
    "native.assumptions.abort: must be one of accepted, refused; got 'never'.",
  ])
})
