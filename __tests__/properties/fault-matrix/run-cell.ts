import { assumeRole } from '../../../src/aws/assume-role.ts'
import { signedBy } from '../../../src/aws/clients.ts'
import { loadFunctions } from '../../../src/aws/functions.ts'
import { loadLoadBalancing } from '../../../src/aws/load-balancing.ts'
import { OwnSession } from '../../../src/aws/session.ts'
import { callerOf, loadSts, readCaller } from '../../../src/aws/sts.ts'
import { wrapUp } from '../../../src/operations/wrap-up.ts'
import type { ReleaseWorld } from '../../../src/release/release-world.ts'
import { needsSomebody } from '../../../src/release/resume.ts'
import type { Release } from '../../../src/release-state.ts'
import { renderOutputs } from '../../../src/report/outputs.ts'
import { verdictSentences } from '../../../src/report/sentences.ts'
import { stepLog } from '../../../src/step/log.ts'
import { annotate } from '../../../src/step/reporters.ts'
import { restoreRelease, saveRelease } from '../../../src/step/saved-release.ts'
import { MainStepReporters, postStepReporters } from '../../../src/step/step-reporters.ts'
import type { LaterToolkit, Toolkit } from '../../../src/step/toolkit.ts'
import { momentOf } from '../../../src/time/clock.ts'
import { tokenFor } from '../../../tools/rehearsal/token-issuer.ts'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import type { Lane } from '../../../tools/simulator/model/lane.ts'
import type { RecordedCall } from '../../../tools/simulator/recorded-call.ts'
import type { Fault } from '../../../tools/simulator/scenario.ts'
import { type Simulator, startSimulator } from '../../../tools/simulator/simulator.ts'
import { clientsFor, simulateRelease } from '../../support/simulated-release.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'
import { FAULTS, type FaultName, type Lasts } from './faults.ts'
import { HeldAnswers } from './held-answers.ts'
import type { Story } from './stories.ts'

/** What a release came to, and what it left in AWS by the simulator's own model. */
export interface Verdict {
  status: string
  reason: string
  rollback: string
  exitCode: number
  /** Deployments of this run. */
  deployments: number
  /** Revisions that this run registered. */
  revisions: number
  /** What serves production. */
  production: string
}

export interface CellRun {
  verdict: Verdict
  release: Release
  /** Everything that people see: log lines, annotations, outputs, summary, report. */
  log: string[]
  annotations: string[]
  outputs: Record<string, string>
  summary: string
  report: string
  calls: RecordedCall[]
  /** Operations called from when faults were to begin. */
  called: Set<string>
  lane: Lane
}

export interface CellFault {
  operation: string
  fault: FaultName
  /** In seconds of the simulator's clock when it is a number. */
  lasts: Lasts | number
}

const SERVICE = 'demo:web'
const DESCRIBES_US = /\brun=7\./

/** What a step has shown to a runner. */
function recordingToolkit() {
  const shown = { log: [] as string[], annotations: [] as string[], outputs: {} as Record<string, string> }
  const core: Toolkit = {
    info: (text) => void shown.log.push(text),
    error: (text, { title }) => void shown.annotations.push(`${title}: ${text}`),
    warning: (text, { title }) => void shown.annotations.push(`${title}: ${text}`),
    startGroup: (title) => void shown.log.push(title),
    endGroup: () => {},
    setOutput: (name, value) => {
      shown.outputs[name] = value
    },
    saveState: () => {},
    setSecret: () => {},
    getIDToken: async () => tokenFor('repo:example/shop:ref:refs/heads/main'),
  }
  const toolkit: LaterToolkit = { use: (action) => action(core), load: async () => core }
  return { shown, toolkit }
}

/** Plays a story in an account of its own, in virtual time. */
export async function runCell(story: Story, cell: CellFault | undefined): Promise<CellRun> {
  const clock = virtualClock()
  const held = new HeldAnswers(clock)
  const simulator = await startSimulator({ scenario: story.scenario, clock: held.movable(), complain: fail })
  const exitCodeBefore = process.exitCode
  const closing: { close(): void }[] = []
  try {
    await story.before?.({ simulator, clock })
    const { shown, toolkit } = recordingToolkit()
    const kept = { summary: '', report: '' }
    const keep = (name: 'summary' | 'report') => (text: string) => {
      kept[name] = text
      return true
    }
    const files = {
      reportPath: '/report.json',
      writeSummary: keep('summary'),
      writeReport: keep('report'),
      readText: async () => undefined,
    }
    const log = stepLog(toolkit)
    const reporters = new MainStepReporters(toolkit, files, log)

    let beginsAtCall: number | undefined
    const begin = () => {
      if (beginsAtCall !== undefined) return
      beginsAtCall = simulator.calls.length
      if (story.losesAnswer === true) {
        simulator.addFault({ operation: 'CreateDeployment', count: 1, kind: FAULTS['reset after'] })
      }
      if (cell !== undefined) simulator.addFault(faultOf(cell, (clock.now() - SIMULATION_START_MS) / 1000))
    }
    const mayBegin = (release: Release) => story.isKilled !== true && (story.faultsBegin?.(release) ?? true)
    const onRelease = (release: Release) => {
      reporters.update(release)
      if (mayBegin(release)) begin()
    }

    let killed: { run(): Promise<Release> } | undefined
    process.exitCode = 0
    const { release, calls } = await simulateRelease({
      scenario: story.scenario,
      account: { simulator, clock },
      inputs: { ...story.inputs, ...(story.isKilled === true ? { 'on-cancel': 'leave' } : {}) },
      world: { ...story.world, log, onRelease, readText: files.readText },
      connect: () => connect(story, simulator, clock, held, toolkit, closing),
      prepare: ({ abort }) => {
        if (story.isKilled !== true && story.faultsBegin === undefined) begin()
        if (story.cancelAtSecond !== undefined) clock.atSecond(story.cancelAtSecond, abort)
      },
      afterwards: async ({ ended, parsed, world }) => {
        if (story.isKilled !== true) return
        const lost = story.losesId === true ? { deploymentId: undefined, snapshot: undefined } : {}
        const saved = restoreRelease(
          saveRelease({ ...ended, ...lost, settlement: undefined, status: undefined, outcome: undefined }),
          momentOf(world.clock),
        )
        if (saved === undefined) throw new Error('nothing was saved')
        shown.log.splice(0)
        begin()
        const onCancel = 'rollback' as const
        const given = { ...parsed, inputs: { ...parsed.inputs, onCancel } }
        const wrapped = await wrapUp({ ...saved, wasLost: true }, given, {
          ...world,
          signal: new AbortController().signal,
        })
        killed = { run: async () => wrapped }
      },
    })
    const last = (await killed?.run()) ?? release
    if (killed === undefined) reporters.finish(last)
    else {
      // As the post step tells it.
      postStepReporters(files, log).finish(last)
      Object.assign(shown.outputs, renderOutputs(last, files.reportPath))
      const { title, cause, production } = verdictSentences(last)
      if (needsSomebody(last)) annotate(toolkit, title, `${cause} ${production}`)
    }
    const exitCode = Number(process.exitCode ?? 0)

    const { lane: key = SERVICE } = story
    const lane = simulator.lane(key)
    if (lane === undefined) throw new Error(`the simulator has no lane ${key}`)
    const outputs = renderOutputs(last, files.reportPath)
    return {
      verdict: {
        status: outputs.status,
        reason: outputs.reason,
        rollback: outputs['rollback-status'],
        exitCode,
        deployments: ownDeployments(lane).length,
        revisions: calls.filter((call) => call.operation === 'RegisterTaskDefinition' && wasAccepted(call)).length,
        production: productionOf(lane),
      },
      release: last,
      ...shown,
      ...kept,
      calls,
      called: new Set(simulator.calls.slice(beginsAtCall ?? 0).map(({ operation }) => operation)),
      lane,
    }
  } finally {
    process.exitCode = exitCodeBefore
    for (const one of closing) one.close()
    await simulator.close()
  }
}

function faultOf({ operation, fault, lasts }: CellFault, sinceStartSeconds: number): Fault {
  const ends = typeof lasts === 'number' ? { untilSeconds: sinceStartSeconds + lasts } : {}
  return { operation, ...ends, ...(lasts === 'once' ? { count: 1 } : {}), kind: FAULTS[fault] }
}

/** The calls of the action as its entry connects them, counted. */
function connect(
  story: Story,
  simulator: Simulator,
  clock: VirtualClock,
  held: HeldAnswers,
  toolkit: LaterToolkit,
  closing: { close(): void }[],
): Partial<ReleaseWorld> {
  const { url } = simulator
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' }
  let loading: ReturnType<typeof loadSts> | undefined
  const sts = async () => {
    const { requestHandler } = clients.ecs.config
    loading ??= loadSts({ region: 'us-east-1', endpoint: url, credentials, requestHandler })
    return await loading
  }
  const functions = async () => {
    const { requestHandler } = clients.ecs.config
    const options = { region: 'us-east-1', endpoint: url, credentials, requestHandler, maxAttempts: 1 }
    const logs = await loadFunctions(options, options)
    closing.push(logs)
    return logs
  }
  const loadBalancing = async () => {
    const { requestHandler } = clients.ecs.config
    return await loadLoadBalancing({ region: 'us-east-1', endpoint: url, credentials, requestHandler, maxAttempts: 1 })
  }
  const session = new OwnSession(clock, async () => {
    const taken = await assumeRole({
      clock,
      roleArn: String(story.inputs?.['role-to-assume']),
      audience: 'sts.amazonaws.com',
      sessionName: 'example-shop-7.1',
      askForToken: async () => await (await toolkit.load()).getIDToken('sts.amazonaws.com'),
      sts,
      onSecret: () => {},
    })
    return { ...taken, lastsMs: story.sessionLastsMs ?? taken.lastsMs }
  })
  const clients = clientsFor(simulator, story.hasRole === true ? signedBy(session) : undefined)
  for (const client of Object.values(clients)) {
    held.watch(client.config.requestHandler)
    closing.push({ close: () => client.destroy() })
  }
  const world = { ...clients, functions, loadBalancing }
  if (story.hasRole !== true) return { ...world, readCaller: async (attempts) => await readCaller(attempts, sts) }
  return {
    ...world,
    readCaller: async () => callerOf((await session.current()).callerArn),
    renewCredentials: () => {
      session.expire()
      return true
    },
  }
}

/** The request was carried out, whatever became of the answer. */
export function wasAccepted({ error, output }: RecordedCall): boolean {
  return error === undefined && output !== undefined
}

export function ownDeployments(lane: Lane) {
  return lane.deployments.filter(({ kind, order }) => kind === 'release' && DESCRIBES_US.test(order.description ?? ''))
}

/** As the output `production` would tell it. */
function productionOf({ service }: Lane): string {
  if (service === undefined) return ''
  const shares = service.taskSets
    .map(({ taskDefinitionArn, targetGroup }) => ({
      name: taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1),
      percent: service.production[targetGroup] ?? 0,
    }))
    .filter(({ percent }) => percent > 0)
    .sort((left, right) => right.percent - left.percent)
  return shares.length === 1
    ? (shares[0]?.name ?? '')
    : shares.map(({ name, percent }) => `${name} ${percent}%`).join(' / ')
}

function fail(line: string): never {
  throw new Error(line)
}
