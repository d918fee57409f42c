import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { wrapUp } from '../../src/operations/wrap-up.ts'
import { type FreedLane, isAtRest, type Release } from '../../src/release-state.ts'
import { closingLines } from '../../src/report/log-lines.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { restoreRelease, saveRelease } from '../../src/step/saved-release.ts'
import { momentOf } from '../../src/time/clock.ts'
import { pullRequest, scheduled } from '../support/preview-events.ts'
import { laneOwners, laneStates, preview, scenarioWithLanes } from '../support/previews.ts'
import { clientsFor, inOneAccount, type Staging } from '../support/simulated-release.ts'

test('a pull request is put on a free lane, which runs its tasks from then on', () =>
  inOneAccount(scenarioWithLanes(2), async (account) => {
    const { outputs, log, writes, summary } = await preview(account, pullRequest({ number: 7 }))
    expect(outputs).toMatchObject({
      status: 'succeeded',
      'test-url': 'https://p1.example.org',
      'task-definition': 'web:2',
    })
    expect(writes).toEqual(['UpdateService', 'RegisterTaskDefinition', 'CreateDeployment'])
    expect(await laneStates(account)).toEqual(['1 of web:2', '0 of web:1'])
    expect(log).toContain('Lane web-preview-1 is taken for pull request 7: it is free.')
    expect(summary).toContain('## ✅ Preview released: web pr-7 → demo/web-preview-1\n')
  }))

test('a push updates the lane of its pull request, another pull request gets the next one, a third is told who has them', () =>
  inOneAccount(scenarioWithLanes(2), async (account) => {
    await preview(account, pullRequest({ number: 7 }))
    const push = await preview(account, pullRequest({ number: 7, action: 'synchronize', run: 120 }))
    expect(push.outputs).toMatchObject({ status: 'succeeded', 'test-url': 'https://p1.example.org' })
    const other = await preview(account, pullRequest({ number: 8 }))
    expect(other.outputs).toMatchObject({ status: 'succeeded', 'test-url': 'https://p2.example.org' })
    const third = await preview(account, pullRequest({ number: 9 }))
    expect(third.outputs).toMatchObject({ status: 'unchanged', reason: 'no-lane', 'test-url': '' })
    expect(third).toMatchObject({ writes: [], annotation: undefined })
    expect(third.summary).not.toContain('Took')
    expect(third.summary).toContain('## No preview: pull request 9\n\n> [!WARNING]\n> No lane is free')
    expect(closingLines(third.release)[0]).toMatch(
      /^No preview\. No lane is free for pull request 9\. web-preview-1: pull request 7 of example\/shop \(d-\w+, 4 min 20 s ago\); web-preview-2: pull request 8/,
    )
  }))

test('with on-no-lane: fail a pull request that gets no lane is red, with the same reason', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    const inputs = { 'on-no-lane': 'fail' }
    const { outputs, writes, annotation } = await preview(account, pullRequest({ number: 8 }), { lanes: 1, inputs })
    expect({ ...outputs, writes }).toMatchObject({ status: 'refused', reason: 'no-lane', writes: [] })
    expect(annotation?.message).toContain('No lane is free for pull request 8. web-preview-1: pull request 7')
  }))

test('a preview of nothing is refused before a lane is taken, and closing a pull request needs no image', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const inputs = { image: '' }
    const { outputs, writes } = await preview(account, pullRequest({ number: 7 }), { lanes: 1, inputs })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
    expect(writes).toEqual([])
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    const closed = await preview(account, pullRequest({ number: 7, action: 'closed', run: 130 }), { lanes: 1, inputs })
    expect(closed.outputs).toMatchObject({ status: 'succeeded' })
  }))

test('closing a pull request frees its lane, which the next one takes', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    const closed = await preview(account, pullRequest({ number: 7, action: 'closed', run: 130 }), { lanes: 1 })
    expect(closed.outputs).toMatchObject({ status: 'succeeded' })
    expect(closed.writes).toEqual(['UpdateService'])
    expect(await laneStates(account, 1)).toEqual(['0 of web:2'])
    const again = await preview(account, pullRequest({ number: 7, action: 'closed', run: 131 }), { lanes: 1 })
    expect(again.outputs).toMatchObject({ status: 'unchanged' })
    expect(again.writes).toEqual([])
    const next = await preview(account, pullRequest({ number: 8 }), { lanes: 1 })
    expect(next.outputs).toMatchObject({ status: 'succeeded', 'test-url': 'https://p1.example.org' })
  }))

test('the sweep frees the lane of a pull request whose closing was missed, and one that stood too long', () =>
  inOneAccount(scenarioWithLanes(2), async (account) => {
    await preview(account, pullRequest({ number: 7 }))
    await account.clock.sleep(80 * 3_600_000)
    await preview(account, pullRequest({ number: 8 }))
    const isPullRequestClosed = async (number: string) => number === '8'
    const swept = await preview(account, { ...scheduled(), isPullRequestClosed })
    expect(swept.outputs).toMatchObject({ status: 'succeeded' })
    expect(await laneStates(account)).toEqual(['0 of web:2', '0 of web:3'])
    const again = await preview(account, { ...scheduled(), isPullRequestClosed })
    expect(again.outputs).toMatchObject({ status: 'unchanged' })
  }))

test('a service without the tag is refused before any write', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const lanes = 'web=https://www.example.org\nweb-preview-1=https://p1.example.org'
    for (const world of [pullRequest({ number: 7 }), pullRequest({ number: 7, action: 'closed' }), scheduled()]) {
      const { outputs, writes, annotation } = await preview(account, world, { inputs: { 'preview-services': lanes } })
      expect(outputs).toMatchObject({ status: 'refused', reason: 'not-a-lane' })
      expect(annotation?.message).toContain("Service 'demo/web' is not a lane for previews")
      expect(writes).toEqual([])
    }
  }))

test('a pull request from a fork gets one sentence and no call', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const { outputs, calls, annotation, summary } = await preview(
      account,
      pullRequest({ number: 7, head: 'someone/shop' }),
    )
    expect(outputs).toMatchObject({ status: 'unchanged' })
    expect(calls).toEqual([])
    expect(annotation).toBeUndefined()
    expect(summary).toContain('Pull request 7 comes from another repository')
  }))

test('a lane that was taken for a release that fails runs no tasks again, and one that the pull request had goes on', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const failing = { 'after-allow-test-traffic-hook': 'CodeDeployHook_refuse' }
    const first = await preview(account, pullRequest({ number: 7 }), { lanes: 1, inputs: failing })
    expect(first.outputs).toMatchObject({ status: 'rolled-back' })
    expect(await laneStates(account, 1)).toEqual(['0 of web:1'])
    expect(first.log).toContain('Lane web-preview-1 is free again: it runs no tasks any more.')

    await preview(account, pullRequest({ number: 7, run: 108 }), { lanes: 1 })
    const push = await preview(account, pullRequest({ number: 7, run: 109 }), {
      lanes: 1,
      inputs: { ...failing, image: 'registry.example/web:pr-7b' },
    })
    expect(push.outputs).toMatchObject({ status: 'rolled-back' })
    expect(await laneStates(account, 1)).toEqual(['1 of web:2'])
  }))

test('nothing is written for a release that is refused', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const inputs = { 'after-allow-test-traffic-hook': 'not a function' }
    const { outputs, writes } = await preview(account, pullRequest({ number: 7 }), { lanes: 1, inputs })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
    expect(writes).toEqual([])
  }))

test('a pull request that is closed while its preview is made has its lane freed', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const answers = [false, true]
    const isPullRequestClosed = async () => answers.shift()
    const late = await preview(account, { ...pullRequest({ number: 7 }), isPullRequestClosed }, { lanes: 1 })
    expect(late.outputs).toMatchObject({ status: 'succeeded', 'test-url': '', production: '' })
    expect(late.summary).toContain('## ✅ Preview gone: web pr-7 → demo/web-preview-1\n')
    expect(late.summary).toContain('Pull request 7 was closed meanwhile, so it has lane web-preview-1 no more.')
    expect(late.summary).not.toContain('serves pull request 7')
    expect(late.summary).not.toContain('The lane runs')
    expect(late.release.warnings).toEqual(['Pull request 7 was closed meanwhile; the lane was freed again.'])
    expect(await laneStates(account, 1)).toEqual(['0 of web:2'])
  }))

test('a run for a pull request that is closed by now takes no lane', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const isPullRequestClosed = async () => true
    const late = await preview(account, { ...pullRequest({ number: 7 }), isPullRequestClosed }, { lanes: 1 })
    expect(late.outputs).toMatchObject({ status: 'unchanged' })
    expect(late.writes).toEqual([])
    expect(late.log).toContain('Pull request 7 is closed by now, so it is put on no lane.')
  }))

test('an event of a pull request that is closed already takes no lane, whatever happened to it', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const { event, run } = pullRequest({ number: 7 })
    const payload = event.read()
    const labeled = { ...payload, action: 'labeled', pull_request: { ...payload.pull_request, state: 'closed' } }
    const world = { run, event: { name: 'pull_request', read: () => labeled } }
    const { outputs, writes } = await preview(account, world, { lanes: 1 })
    expect(outputs).toMatchObject({ status: 'unchanged' })
    expect(writes).toEqual([])
  }))

test('a lane whose tags ask for more tasks gets them', () => {
  const scenario = scenarioWithLanes(1)
  const services = scenario.world.services.map((seed) =>
    seed.tags === undefined ? seed : { ...seed, tags: [...seed.tags, { key: 'preview-desired-count', value: '3' }] },
  )
  return inOneAccount({ ...scenario, world: { ...scenario.world, services } }, async (account) => {
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    expect(await laneStates(account, 1)).toEqual(['3 of web:2'])
  })
})

test.each([
  ['push', {}],
  ['pull_request_target', { pull_request: {} }],
  ['pull_request', {}],
  ['pull_request', null],
])('an event that asks nothing of a preview is refused: %s %j', (name, payload) =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const { outputs, writes, annotation } = await preview(
      account,
      { event: { name, read: () => payload } },
      { lanes: 1 },
    )
    expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
    expect(annotation?.message).toContain(`this run was started by '${name}'`)
    expect(writes).toEqual([])
  }),
)

test('an older run does not take the lane of its pull request back, and what another pull request left is no order', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    await preview(account, pullRequest({ number: 7, run: 120 }), { lanes: 1 })
    const older = await preview(account, pullRequest({ number: 7, run: 110 }), { lanes: 1 })
    expect(older.outputs).toMatchObject({ status: 'refused', reason: 'older-run' })
    await preview(account, pullRequest({ number: 7, action: 'closed', run: 121 }), { lanes: 1 })
    const other = await preview(account, pullRequest({ number: 8, run: 111 }), { lanes: 1 })
    expect(other.outputs).toMatchObject({ status: 'succeeded' })
  }))

test('a run that is run again after its lane was freed makes its preview again', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const opened = pullRequest({ number: 7 })
    await preview(account, opened, { lanes: 1 })
    await preview(account, pullRequest({ number: 7, action: 'closed', run: 121 }), { lanes: 1 })
    const again = await preview(account, opened, { lanes: 1 })
    expect(again.outputs).toMatchObject({ status: 'succeeded' })
    expect(again.writes).toContain('CreateDeployment')
    expect(await laneStates(account, 1)).toEqual(['1 of web:2'])
  }))

test('a run that is cancelled gives the lane back once its deployment is undone', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    let last: Release | undefined
    const { outputs } = await preview(account, pullRequest({ number: 7 }), {
      lanes: 1,
      prepare: ({ clock, abort }) => clock.atSecond(60, abort),
      afterwards: async ({ ended, parsed, world }) => {
        const saved = restoreRelease(saveRelease(ended), momentOf(world.clock))
        if (saved === undefined) throw new Error('nothing was saved')
        last = await wrapUp(saved, parsed, { ...world, signal: new AbortController().signal })
      },
    })
    expect(outputs).toMatchObject({ status: 'cancelled' })
    expect(last).toMatchObject({ status: 'cancelled' })
    expect(await laneStates(account, 1)).toEqual(['0 of web:1'])
  }))

test('what a freed lane still names, or runs for another pull request, is not unchanged', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const inputs = { image: `registry.example/web@sha256:${'a'.repeat(64)}`, 'if-unchanged': 'skip' }
    await preview(account, pullRequest({ number: 7 }), { lanes: 1, inputs })
    const same = await preview(account, pullRequest({ number: 7, run: 120 }), { lanes: 1, inputs })
    expect(same.outputs).toMatchObject({ status: 'unchanged', 'test-url': 'https://p1.example.org' })
    await preview(account, pullRequest({ number: 7, action: 'closed', run: 121 }), { lanes: 1 })
    const reopened = pullRequest({ number: 7, action: 'reopened', run: 122 })
    expect((await preview(account, reopened, { lanes: 1, inputs })).outputs).toMatchObject({ status: 'succeeded' })
    expect(await laneStates(account, 1)).toEqual(['1 of web:2'])

    const isPullRequestClosed = async (number: string) => number === '7'
    const other = { ...pullRequest({ number: 8, run: 123 }), isPullRequestClosed }
    expect((await preview(account, other, { lanes: 1, inputs })).outputs).toMatchObject({ status: 'succeeded' })
    expect(await laneOwners(account, 1)).toEqual([expect.objectContaining({ pullRequest: '8', desiredCount: 1 })])
  }))

test('a lane that a lost run left running for nobody runs no tasks after the sweep', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const { ecs } = clientsFor(account.simulator.url)
    await ecs.send(new UpdateServiceCommand({ cluster: 'demo', service: 'web-preview-1', desiredCount: 1 }))
    ecs.destroy()
    const swept = await preview(account, scheduled(), { lanes: 1 })
    expect(swept.outputs).toMatchObject({ status: 'succeeded' })
    expect(swept.summary).toContain('web-preview-1 (it ran tasks for nobody)')
    expect(await laneStates(account, 1)).toEqual(['0 of web:1'])
  }))

test('a pull request shows on its idle lane still when a release that was to take it comes to nothing', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const freed: string[] = []
    const onLaneFreed = ({ pullRequest: number }: FreedLane) => void freed.push(number)
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    await account.clock.sleep(80 * 3_600_000)
    const failing = { 'after-allow-test-traffic-hook': 'CodeDeployHook_refuse' }
    const other = await preview(account, { ...pullRequest({ number: 8 }), onLaneFreed }, { lanes: 1, inputs: failing })
    expect(other.outputs).toMatchObject({ status: 'rolled-back' })
    expect(freed).toEqual([])
    expect(await laneStates(account, 1)).toEqual(['1 of web:2'])
  }))

test('the report says what a run was for, and what became of each lane', () =>
  inOneAccount(scenarioWithLanes(2), async (account) => {
    await preview(account, pullRequest({ number: 7 }))
    const { release } = await preview(account, pullRequest({ number: 7, action: 'closed', run: 120 }))
    expect(JSON.parse(renderReport(release)).preview).toEqual({
      errand: 'free',
      pullRequest: 7,
      lanes: [
        expect.objectContaining({ name: 'web-preview-1', became: 'freed: pull request 7 is closed' }),
        { name: 'web-preview-2', url: 'https://p2.example.org', was: 'free', became: null },
      ],
    })
  }))

test('a lane whose deployment is forgotten is nobody to wait for once it runs no tasks', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const first = await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    const forgotten = first.outputs['codedeploy-deployment-id']
    const prepare = ({ codeDeploy }: Staging) => {
      const stack: { add(middleware: unknown, options: unknown): void } = codeDeploy.middlewareStack
      stack.add(
        (next: (args: unknown) => unknown) => async (args: { input: { deploymentId?: string } }) => {
          if (args.input.deploymentId !== forgotten) return await next(args)
          throw Object.assign(new Error('none'), {
            name: 'DeploymentDoesNotExistException',
            $metadata: { httpStatusCode: 400 },
          })
        },
        { step: 'initialize' },
      )
    }
    const held = await preview(account, pullRequest({ number: 8 }), { lanes: 1, prepare })
    expect(held.outputs).toMatchObject({ status: 'unchanged', reason: 'no-lane' })
    await preview(account, pullRequest({ number: 7, action: 'closed', run: 120 }), { lanes: 1 })
    const next = await preview(account, pullRequest({ number: 8, run: 121 }), { lanes: 1, prepare })
    expect(next.outputs).toMatchObject({ status: 'succeeded' })
  }))

test('the post step gives a lane back that was taken by a step that was lost before it registered anything', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const told: Release[] = []
    const onRelease = (release: Release) => void told.push(release)
    await preview(
      account,
      { ...pullRequest({ number: 7 }), onRelease },
      {
        lanes: 1,
        prepare: ({ ecs, abort }) => {
          // Cancelled while the lane is being taken, the step itself gives it back.
          const stack: { add(middleware: unknown, options: unknown): void } = ecs.middlewareStack
          const next = (go: (args: unknown) => unknown, { commandName }: { commandName?: string }) => {
            return async (args: unknown) => {
              if (commandName === 'UpdateServiceCommand') abort()
              return await go(args)
            }
          }
          stack.add(next, { step: 'initialize' })
        },
        afterwards: async ({ ended, parsed, world }) => {
          expect(ended.status).toBe('cancelled')
          expect(isAtRest(ended)).toBe(true)
          expect(await laneStates(account, 1)).toEqual(['0 of web:1'])

          const lost = told.find((release) => release.preview?.taking !== undefined)
          if (lost === undefined) throw new Error('it was never told that the lane is being taken')
          expect(lost.taskDefinition).toBeUndefined()
          expect(isAtRest({ ...lost, status: 'cancelled' })).toBe(false)
          await world.ecs.send(new UpdateServiceCommand({ cluster: 'demo', service: 'web-preview-1', desiredCount: 1 }))
          const saved = restoreRelease(saveRelease(lost), momentOf(world.clock))
          if (saved === undefined) throw new Error('nothing was saved')
          await wrapUp(saved, parsed, { ...world, signal: new AbortController().signal })
          expect(await laneStates(account, 1)).toEqual(['0 of web:1'])
        },
      },
    )
  }))
