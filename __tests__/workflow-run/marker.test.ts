import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type GithubRun, githubRun } from '../../src/workflow-run/github-run.ts'
import {
  buildDescription,
  buildMarker,
  isSameJob,
  isSameRepository,
  isSameWorkflow,
  type Marker,
  ownMarker,
  parseMarker,
} from '../../src/workflow-run/marker.ts'

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

const MARKER =
  '[ecs-release repo=example/shop id=1296269 wf=release.yml run=1658821493.2 n=42 job=release op=release pr=7]'

test('names the run, its attempt, number, job, operation and pull request', () => {
  expect(buildMarker(RUN, 'release')).toBe(MARKER)
})

test.each<[string, Partial<GithubRun>, string]>([
  ['leaves out what the runner did not tell', githubRun({}), '[ecs-release op=stop]'],
  ['takes the first attempt when none is told', { ...githubRun({}), runId: '5' }, '[ecs-release run=5.1 op=stop]'],
  [
    'names a long repository by its id alone',
    { ...githubRun({}), repository: `o/${'r'.repeat(79)}`, repositoryId: '99' },
    '[ecs-release id=99 op=stop]',
  ],
  [
    'keeps a repository of 80 characters by name',
    { ...githubRun({}), repository: `o/${'r'.repeat(78)}`, repositoryId: '99' },
    `[ecs-release repo=o/${'r'.repeat(78)} id=99 op=stop]`,
  ],
  [
    'has no delimiter inside a value, and a checksum where one was',
    { ...githubRun({}), workflowFile: 'my [old] flow=1\n.yml' },
    '[ecs-release wf=my__old__flow_1_.yml~b5a29ae7 op=stop]',
  ],
  [
    'has a name of 32 characters whole',
    { ...githubRun({}), job: 'j'.repeat(32) },
    `[ecs-release job=${'j'.repeat(32)} op=stop]`,
  ],
  [
    'has the beginning and a checksum of a longer name',
    { ...githubRun({}), job: 'j'.repeat(33) },
    `[ecs-release job=${'j'.repeat(23)}~31198378 op=stop]`,
  ],
  [
    'has no id that is no number',
    { ...githubRun({}), repository: 'o/r', repositoryId: 'x' },
    '[ecs-release repo=o/r op=stop]',
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
    repositoryId: digits(20),
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
  repositoryId: '1296269',
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
  '[ecs-release repo=a/b id=x op=release]',
  '[ecs-release id=1 repo=a/b op=release]',
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
  expect(isSameJob(READ, { ...READ, repositoryId: '1' })).toBe(false)
  expect(isSameJob(READ, { ...READ, repositoryId: '', repository: 'example/other' })).toBe(false)
  expect(isSameJob(READ, { ...READ, operation: 'rollback' })).toBe(false)
})

test('runs that the runner did not name are never the same', () => {
  expect(isSameJob({ ...READ, runId: '' }, { ...READ, runId: '' })).toBe(false)
})

test('a repository is the same by its id after a rename or a transfer, and another one that has taken its name is not', () => {
  const shop = { repository: 'example/shop', repositoryId: '1296269' }
  expect(isSameRepository(shop, { repository: 'other/store', repositoryId: '1296269' })).toBe(true)
  expect(isSameRepository(shop, { repository: 'example/shop', repositoryId: '7' })).toBe(false)
})

test('a repository is the same by its name where one of two markers tells no id', () => {
  const shop = { repository: 'example/shop', repositoryId: '1296269' }
  const nobody = { repository: '', repositoryId: '' }
  expect(isSameRepository(shop, { repository: 'example/shop', repositoryId: '' })).toBe(true)
  expect(isSameRepository({ repository: 'example/shop', repositoryId: '' }, shop)).toBe(true)
  expect(isSameRepository(shop, { repository: 'example/other', repositoryId: '' })).toBe(false)
  expect(isSameRepository(nobody, nobody)).toBe(false)
})

test('a marker of an earlier version, without an id, is read', () => {
  const earlier = '[ecs-release repo=example/shop wf=release.yml run=1658821493.2 n=42 job=release op=release pr=7]'
  expect(parseMarker(earlier)).toEqual({ ...READ, repositoryId: '' })
  expect(isSameJob(READ, parseMarker(earlier) as Marker)).toBe(true)
})

test('a marker of an earlier version names a repository with a long name by its id', () => {
  const own = ownMarker({ ...RUN, repository: `o/${'r'.repeat(79)}` }, 'release')
  expect(own).toMatchObject({ repository: '1296269', repositoryId: '1296269' })
  const earlier = parseMarker('[ecs-release repo=1296269 op=release]')
  expect(earlier).toMatchObject({ repository: '1296269', repositoryId: '1296269' })
  expect(isSameRepository(own, earlier as Marker)).toBe(true)
})

test.each([
  ['the first 40 characters in common', `${'w'.repeat(40)}-web.yml`, `${'w'.repeat(40)}-api.yml`],
  ['the same letters but for a blank', 'my flow.yml', 'my_flow.yml'],
])('two workflow files with %s are not the same', (_, one, other) => {
  const marker = (workflowFile: string) => ownMarker({ ...RUN, workflowFile }, 'release')
  expect(isSameWorkflow(marker(one), marker(other))).toBe(false)
  expect(isSameWorkflow(marker(one), marker(one))).toBe(true)
})

test('two jobs with the first 40 characters in common are not the same', () => {
  const marker = (job: string) => ownMarker({ ...RUN, job }, 'release')
  expect(isSameJob(marker(`${'j'.repeat(40)}1`), marker(`${'j'.repeat(40)}2`))).toBe(false)
})

test.each([33, 39])('a name of %d characters, which earlier versions told whole, is known again', (length) => {
  const job = 'j'.repeat(length)
  const earlier = parseMarker(`[ecs-release repo=example/shop wf=${job} run=1658821493.1 n=42 job=${job} op=release]`)
  const own = ownMarker({ ...RUN, job, workflowFile: job }, 'release')
  expect(isSameJob(own, earlier as Marker)).toBe(true)
  expect(isSameWorkflow(own, earlier as Marker)).toBe(true)
})

test('a name that an earlier version may have cut is not taken for the whole one', () => {
  const cut = 'j'.repeat(40)
  const earlier = parseMarker(`[ecs-release repo=example/shop run=1658821493.1 n=42 job=${cut} op=release]`)
  expect(isSameJob(ownMarker({ ...RUN, job: `${cut}1` }, 'release'), earlier as Marker)).toBe(false)
})
