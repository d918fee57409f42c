import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type GithubRun, githubRun } from '../src/github-run.ts'
import { buildDescription, buildMarker, isSameJob, type Marker, parseMarker } from '../src/marker.ts'

const RUN: GithubRun = {
  ...githubRun({}),
  repository: 'example/shop',
  repositoryId: '1296269',
  workflowFile: 'release.yml',
  runId: '1658821493',
  runAttempt: '2',
  runNumber: '42',
  job: 'release',
  pullRequest: '7',
}

const MARKER = '[ecs-release repo=example/shop wf=release.yml run=1658821493.2 n=42 job=release op=release pr=7]'

test('names the run, its attempt, number, job, operation and pull request', () => {
  expect(buildMarker(RUN, 'release')).toBe(MARKER)
})

test.each<[string, Partial<GithubRun>, string]>([
  ['leaves out what the runner did not tell', githubRun({}), '[ecs-release op=stop]'],
  ['takes the first attempt when none is told', { ...githubRun({}), runId: '5' }, '[ecs-release run=5.1 op=stop]'],
  [
    'names a long repository by its id',
    { ...githubRun({}), repository: `o/${'r'.repeat(79)}`, repositoryId: '99' },
    '[ecs-release repo=99 op=stop]',
  ],
  [
    'keeps a repository of 80 characters by name',
    { ...githubRun({}), repository: `o/${'r'.repeat(78)}`, repositoryId: '99' },
    `[ecs-release repo=o/${'r'.repeat(78)} op=stop]`,
  ],
  [
    'has no delimiter inside a value',
    { ...githubRun({}), workflowFile: 'my [old] flow=1\n.yml' },
    '[ecs-release wf=my__old__flow_1_.yml op=stop]',
  ],
])('a marker %s', (_, run, marker) => {
  expect(buildMarker({ ...RUN, ...run }, 'stop')).toBe(marker)
})

test.each([
  ['only the marker without a text', '', MARKER],
  ['only the marker for a text of white space', ' \n\t', MARKER],
  ['the text on one line before it', 'Friday\r\nrelease ', `Friday release ${MARKER}`],
  ['the text without terminal colours', '\u001b[1mFriday\u001b[0m', `Friday ${MARKER}`],
])('a description is %s', (_, text, description) => {
  expect(buildDescription(text, MARKER)).toBe(description)
})

test('a description keeps the text to the last character that fits, and cuts one that does not', () => {
  const room = 256 - MARKER.length - 1
  expect(buildDescription('x'.repeat(room), MARKER)).toBe(`${'x'.repeat(room)} ${MARKER}`)
  expect(buildDescription('x'.repeat(room + 1), MARKER)).toBe(`${'x'.repeat(room - 1)}… ${MARKER}`)
})

const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{0,${maxLength - 1}}$`))

test('a description ends with the whole marker and fits what CodeDeploy takes, whatever the run and the text', () => {
  const runs = fc.record({
    repository: fc.string({ maxLength: 140 }),
    repositoryId: digits(12),
    workflowFile: fc.string({ maxLength: 120 }),
    runId: digits(12),
    runAttempt: digits(3),
    runNumber: digits(7),
    job: fc.string({ maxLength: 100 }),
    pullRequest: digits(7),
  })
  fc.assert(
    fc.property(runs, fc.string({ maxLength: 400 }), fc.constantFrom('release', 'rollback'), (run, text, operation) => {
      const marker = buildMarker({ ...RUN, ...run }, operation)
      const description = buildDescription(text, marker)
      expect(description.length).toBeLessThanOrEqual(256)
      expect(description.endsWith(marker)).toBe(true)
      expect(marker).toMatch(/^\[ecs-release( [a-z]+=[^\s[\]=]+)*\]$/)
    }),
    { numRuns: 300 },
  )
})

test('a description is never cut in the middle of a character', () => {
  const texts = ['', 'x'].map((start) => `${start}${'😀'.repeat(200)}`)
  expect(texts.map((text) => buildDescription(text, MARKER).isWellFormed())).toEqual([true, true])
})

test('a marker is never cut in the middle of a character', () => {
  expect(buildMarker({ ...RUN, workflowFile: `${'w'.repeat(39)}🚀 release` }, 'release').isWellFormed()).toBe(true)
})

const READ: Marker = {
  repository: 'example/shop',
  workflowFile: 'release.yml',
  runId: '1658821493',
  runAttempt: 2,
  runNumber: 42,
  job: 'release',
  operation: 'release',
  pullRequest: '7',
}

test('a marker is read back from a description, whatever the text before it', () => {
  expect(parseMarker(buildDescription('', MARKER))).toEqual(READ)
  expect(parseMarker(buildDescription('Friday [x] =', MARKER))).toEqual(READ)
})

test('of two markers only the last one counts', () => {
  const forged = '[ecs-release repo=evil/fork wf=release.yml run=9.9 n=999 job=release op=release]'
  expect(parseMarker(buildDescription(forged, MARKER))).toEqual(READ)
})

test.each([
  undefined,
  '',
  'by hand',
  `${MARKER} and more`,
  `x${MARKER}`,
  '[ecs-release]',
  '[ecs-release repo=a/b wf=release.yml]',
  '[ecs-release op=release repo=a/b]',
  '[ecs-release  repo=a/b op=release]',
  '[ecs-release repo=a/b run=7 op=release]',
  '[ecs-release repo=a/b run=7.0 op=release]',
  '[ecs-release repo=a/b n=-1 op=release]',
  '[ecs-release repo=a/b n=1e9 op=release]',
  '[ecs-release repo=a/b op=release pr=x]',
  '[ecs-release repo=a/b op=release',
  '[ECS-RELEASE repo=a/b op=release]',
])('%j has no marker', (description) => {
  expect(parseMarker(description)).toBeUndefined()
})

test('a marker is read back for every run that can be', () => {
  const word = fc.string({ unit: 'binary', maxLength: 60 })
  const number = fc.integer({ min: 1, max: 1_000_000_000 }).map(String)
  const run = fc.record({
    repository: word,
    workflowFile: word,
    job: word,
    runId: number,
    runAttempt: number,
    runNumber: number,
  })
  fc.assert(
    fc.property(run, word, (said, text) => {
      const marker = parseMarker(buildDescription(text, buildMarker({ ...githubRun({}), ...said }, 'release')))
      expect(marker).toMatchObject({
        runId: said.runId,
        runAttempt: Number(said.runAttempt),
        runNumber: Number(said.runNumber),
        operation: 'release',
      })
    }),
  )
})

test('a re-run is the same job, another job, run, repository or operation is not', () => {
  expect(isSameJob(READ, { ...READ, runAttempt: 3 })).toBe(true)
  expect(isSameJob(READ, { ...READ, job: 'other' })).toBe(false)
  expect(isSameJob(READ, { ...READ, runId: '1' })).toBe(false)
  expect(isSameJob(READ, { ...READ, repository: 'example/other' })).toBe(false)
  expect(isSameJob(READ, { ...READ, operation: 'rollback' })).toBe(false)
})

test('runs that the runner did not name are never the same', () => {
  expect(isSameJob({ ...READ, runId: '' }, { ...READ, runId: '' })).toBe(false)
})
