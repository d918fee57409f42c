import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type GithubRun, githubRun } from '../src/github-run.ts'
import { buildDescription, buildMarker } from '../src/marker.ts'

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
