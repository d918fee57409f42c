import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { OptionError } from '../../tools/rehearsal/options.ts'
import { namedScenarios } from '../../tools/simulator/named-scenarios.ts'
import { commandsIn } from '../support/runner-grammar.ts'
import { rehearsingHere } from './support/rehearse-here.ts'

const ROOT = join(import.meta.dirname, '..', '..')

interface Rehearsed {
  exitCode: number | null
  printed: string
}

/** No shift in two steps, where a rehearsal is about something else. */
const AT_ONCE = ['--input', 'codedeploy-deployment-config=CodeDeployDefault.ECSAllAtOnce']

const rehearseHere = rehearsingHere()

/** Runs what `npm run rehearse` runs, which leaves its results in the repository. */
function rehearse(args: string[], onOutput?: (printed: string, kill: () => void) => void): Promise<Rehearsed> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'tools', 'rehearse.ts'), ...args], { cwd: ROOT })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk
        onOutput?.(printed, () => child.kill('SIGINT'))
      })
    }
    child.on('error', reject)
    // A rehearsal can run on a runner too, where it must show commands and give none.
    child.on('close', (exitCode) => {
      if (commandsIn(printed).length > 0) reject(new Error(`It gave commands: ${JSON.stringify(commandsIn(printed))}`))
      else resolve({ exitCode, printed })
    })
  })
}

function left(name: string): string {
  return readFileSync(join(ROOT, 'rehearsal', name), 'utf8')
}

test('shows the log, runs a hook that really asks the replacement, and leaves page, report and outputs', async () => {
  const { exitCode, printed } = await rehearse(['--speed', '30', '--image', 'registry.example/web:1.2.3'])
  expect(exitCode).toBe(0)
  expect(printed).toMatch(/Open while it runs: production http:\/\/127\.0\.0\.1:\d+, test http:\/\/127\.0\.0\.1:\d+/)
  expect(printed).toMatch(
    /\| CodeDeployHook_validate: http:\/\/127\.0\.0\.1:\d+\/ answered 200 from web:2: .*registry\.example\/web:1\.2\.3/,
  )
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
  expect(JSON.parse(left('report.json'))).toMatchObject({ status: 'succeeded' })
  expect(left('summary.md')).toContain('CodeDeployHook_validate')
  expect(left('summary.html')).toContain('<article class="markdown-body">')
})

test('tells a GitHub of its own what it is asked to tell, and leaves the comment', async () => {
  const asked = ['pull-request-comment=true', 'github-environment=staging', 'wait-for=nothing']
  const inputs = asked.flatMap((input) => ['--input', input])
  const { exitCode, printed, left } = await rehearseHere(['--scenario', 'no-hooks', '--speed', '5', ...inputs])
  expect(exitCode).toBe(0)
  expect(printed).toMatch(/was told in \d+ requests: 1 comment on pull request 12; a deployment to 'staging' \(/)
  expect(printed).not.toContain('Not as GitHub describes')
  expect(left('comment.md')).toContain('| demo/web | ✅ Started: web 1.1.0 |')
})

test('a hook that prints commands, colours, pages and megabytes changes nothing but its own part of the log', async () => {
  const args = ['--speed', '20', '--hook', '__tests__/fixtures/hostile-hook.mjs', ...AT_ONCE]
  const { exitCode, printed, left } = await rehearseHere(args)
  expect(exitCode).toBe(0)
  expect(printed).not.toContain('\u001b')
  expect(printed.length).toBeLessThan(100_000)
  expect(printed).toContain('| CodeDeployHook_validate: ::set-output name=status::succeeded')
  expect(printed).toMatch(/\(\d+ more lines of \d{7,} characters are left out\.\)/)
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'succeeded', 'rollback-status': 'none' })
  expect(left('summary.md')).not.toMatch(/octocat|evil|onerror/)
})

test('ends with the exit code of the action, and takes any input', async () => {
  const { exitCode, printed, left } = await rehearseHere(['--input', 'service=wobble', '--input', 'cluster=prod'])
  expect(exitCode).toBe(1)
  expect(printed).toContain("Error: Cluster 'prod' was not found.")
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'refused', reason: 'not-found' })
})

test('warns of inputs that there are not, as a runner does', async () => {
  const { exitCode, printed } = await rehearseHere(['--input', 'bogus-input=1', '--input', 'service=wobble'])
  expect(exitCode).toBe(1)
  expect(printed).toContain("Warning: Unexpected input(s) 'bogus-input', valid inputs are ['operation', 'cluster', ")
})

test('refuses inputs of the official action that cannot apply', async () => {
  const { exitCode, printed } = await rehearseHere(['--input', 'desired-count=3'])
  expect(exitCode).toBe(1)
  expect(printed).toContain("Error: Input 'desired-count' cannot apply to a release through CodeDeploy")
})

test('ends cleanly and leaves its results when it is interrupted', async () => {
  let isInterrupted = false
  const { exitCode, printed } = await rehearse(['--speed', '20'], (soFar, kill) => {
    if (isInterrupted || !/Install +started/.test(soFar)) return
    isInterrupted = true
    kill()
  })
  expect(exitCode).toBe(1)
  expect(printed).toContain('Left in rehearsal/')
  expect(printed).not.toMatch(/\n\s+at /)
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'cancelled' })
})

test('renews the session of a role as often as the wait needs, with tokens of the job', async () => {
  const { exitCode, printed } = await rehearseHere(['--scenario', 'expired-with-role', '--speed', '25'])
  expect(exitCode).toBe(0)
  expect(printed).toContain('As arn:aws:sts::123456789012:assumed-role/release-web/example-shop-1658821493.1.')
  const [, taken] = /Sessions of the role that were taken with the job's OIDC token: (\d+)\./.exec(printed) ?? []
  expect(Number(taken)).toBeGreaterThan(1)
})

test('makes room where another deployment waits at Ready, and releases', async () => {
  const args = ['--scenario', 'busy-ready', '--input', 'on-active-deployment=replace', '--speed', '25', ...AT_ONCE]
  const { exitCode, printed, left } = await rehearseHere(args)
  expect(exitCode).toBe(0)
  expect(printed).toMatch(/Stopping with rollback, .*run 7 of nightly\.yml in example\/base/)
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'succeeded', 'task-definition': 'web:3' })
})

test.each([
  ['Install', '10'],
  ['AfterAllowTestTraffic', '12'],
  ['AllowTraffic', '20'],
])('cancelled at %s it stops the deployment, and the rollback is followed to its end', async (event, speed) => {
  const { exitCode, printed, left } = await rehearseHere(['--cancel-at', event, '--speed', speed])
  expect(exitCode).toBe(1)
  const order = [
    `(Here the rehearsal cancels the workflow run, at ${event}.)`,
    'The workflow run was cancelled; stopping deployment d-',
    'Deployment              Stopped',
    'Rollback d-',
  ].map((text) => printed.indexOf(text))
  expect(order).toEqual(order.toSorted((one, other) => one - other))
  expect(order).not.toContain(-1)
  // On a busy machine the step's ten seconds are over before it has seen the end; its post step then tells it.
  expect(printed).toMatch(/eployment d-\w+ was stopped.*\. Rollback d-\w+ succeeded\. .*Production /)
  expect(JSON.parse(left('outputs.json'))).toMatchObject({ status: 'cancelled' })
  expect(JSON.parse(left('report.json'))).toMatchObject({ status: 'cancelled', rollback: { status: 'succeeded' } })
})

test('cancelled with on-cancel: leave the deployment goes on, and the log says how to watch it', async () => {
  const args = ['--cancel-at', 'AfterAllowTestTraffic', '--input', 'on-cancel=leave', '--speed', '20']
  const { printed, left } = await rehearseHere(args)
  const { 'codedeploy-deployment-id': id, ...outputs } = JSON.parse(left('outputs.json'))
  expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'none' })
  expect(printed).toContain(`deployment ${id} goes on without this step.`)
  expect(printed).toContain(`To see what became of it: aws deploy get-deployment --deployment-id ${id}`)
  expect(printed).not.toContain('Stopped')
})

test('lists every scenario with what happens in it', async () => {
  const { exitCode, printed } = await rehearse(['--list'])
  expect(exitCode).toBe(0)
  for (const [name, { description }] of Object.entries(namedScenarios)) {
    expect(printed).toMatch(new RegExp(`^${name} +${description.slice(0, 20)}`, 'm'))
  }
})

const MISTAKES: [string[], string | RegExp][] = [
  [['--scenario', 'nope'], "Option '--scenario' must be one of success,"],
  [['--speed', 'fast'], "Option '--speed' must be a number"],
  [['--input', 'service'], "Option '--input' must be NAME=VALUE"],
  [['--hook', 'missing.mjs'], "Option '--hook' names 'missing.mjs', which does not exist."],
  [['--hook', 'src'], "Option '--hook' names 'src', which is a directory; name the module of the handler."],
  [
    ['--hook', 'README.md'],
    "Option '--hook' names 'README.md', which is no module (.mjs, .cjs, .js, .mts, .cts, .ts).",
  ],
  [
    ['--hook', 'jest.config.js'],
    /'jest\.config\.js', which cannot be loaded: Error: .* exports no function 'handler'\.$/,
  ],
]

test.each(MISTAKES)('says in one sentence what is wrong with %j', async (args, sentence) => {
  const wrong = await rehearseHere(args).catch((error: unknown) => error)
  expect(wrong).toBeInstanceOf(OptionError)
  const { message } = wrong as OptionError
  expect(message).toEqual(
    typeof sentence === 'string' ? expect.stringContaining(sentence) : expect.stringMatching(sentence),
  )
  expect(message.trim().split('\n')).toHaveLength(1)
})

test('prints the sentence about a mistake alone and ends with 2', async () => {
  const { exitCode, printed } = await rehearse(['--wrong'])
  expect(exitCode).toBe(2)
  expect(printed).toContain('Unknown option')
  expect(printed.trim().split('\n')).toHaveLength(1)
})
