import { buildClients } from './aws/clients.ts'
import { readEndpoint } from './aws/endpoint.ts'
import { systemClock } from './clock.ts'
import { invalidInput } from './errors.ts'
import { githubRun } from './github-run.ts'
import { readRawInputs, readUndeclaredInputs } from './inputs/environment.ts'
import { parseInputs } from './inputs/inputs.ts'
import { release } from './release.ts'
import type { Release } from './release-state.ts'
import { renderAnnotation } from './report/annotation.ts'
import { closingLines } from './report/log-lines.ts'
import { OUTPUT_NAMES, renderOutputs } from './report/outputs.ts'
import { renderReport } from './report/report-json.ts'
import { renderSummary } from './report/summary.ts'
import { stepFiles } from './step/files.ts'
import { firstRequestSent } from './step/first-request.ts'
import { stepLog } from './step/log.ts'
import { laterToolkit } from './step/toolkit.ts'
import { logLine, plainText } from './untrusted.ts'

const NO_REGION = invalidInput(`No AWS region is set. Give 'aws-region', or set AWS_REGION in the environment.`)

const environment = process.env
const toolkit = laterToolkit(() => import('@actions/core'))
const log = stepLog(toolkit)
const files = stepFiles(environment)
const cancellation = new AbortController()

/** The release as it was last told, for when something goes wrong beside it. */
let latest: Release | undefined

for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, () => cancellation.abort())

try {
  const sent = firstRequestSent()
  const releasing = main()
  await Promise.race([sent, releasing])
  await toolkit.load()
  await releasing
} catch (error) {
  await toolkit.load()
  tellBug(error)
}

async function main(): Promise<void> {
  const parsed = parseInputs(readRawInputs(environment), readUndeclaredInputs(environment))
  const endpoint = readEndpoint(environment)
  const region = parsed.inputs.region ?? (environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined)
  const clients = buildClients(region ?? 'not-set', environment)
  const ended = await release(parsed, {
    ...clients,
    clock: systemClock,
    random: Math.random,
    maxAttempts: parsed.inputs.maxRetries,
    signal: cancellation.signal,
    region,
    obstacles: region === undefined ? [NO_REGION, ...endpoint.problems] : endpoint.problems,
    otherEndpoint: endpoint.otherEndpoint,
    run: githubRun(environment),
    log,
    readText: files.readText,
    onRelease: keepTold,
  })
  clients.close()
  tellEnd(ended)
}

/** What is on disk survives a killed step: the summary at each change, the ids as soon as they exist. */
function keepTold(release: Release): void {
  const before = latest
  latest = release
  const { taskDefinition, deploymentId } = release
  if (taskDefinition !== before?.taskDefinition) setOutput('task-definition-arn', taskDefinition?.arn ?? '')
  if (deploymentId !== before?.deploymentId) setOutput('codedeploy-deployment-id', deploymentId ?? '')
  const isTold = before?.timeline === release.timeline && before.deploymentId === deploymentId
  if (!isTold || release.status !== undefined) files.writeSummary(renderSummary(release))
}

function tellEnd(ended: Release): void {
  const outputs = renderOutputs(ended, files.writeReport(renderReport(ended)))
  for (const name of OUTPUT_NAMES) setOutput(name, outputs[name])
  files.writeSummary(renderSummary(ended))
  for (const line of closingLines(ended)) log.line(line)
  const annotation = renderAnnotation(ended)
  if (annotation !== undefined) fail(annotation.title, annotation.message)
}

/** A mistake of ours: its stack is for the issue tracker, the verdict for the user. */
function tellBug(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  for (const line of plainText(stack ?? message).split('\n')) log.line(`| ${line}`)
  const failure = `This is a mistake in the action itself (${message}); please report it.`
  if (latest === undefined) {
    fail('Failed before anything was checked', failure)
    return
  }
  const problems = [...latest.problems, { reason: 'internal-error' as const, sentence: failure }]
  const mayRun = latest.deploymentId !== undefined || latest.taskDefinition !== undefined
  tellEnd({ ...latest, status: mayRun ? 'unknown' : 'refused', failure, problems, endedAtMs: Date.now() })
}

function setOutput(name: string, value: string): void {
  toolkit.use((core) => core.setOutput(name, value))
}

function fail(title: string, message: string): void {
  toolkit.use((core) => core.error(logLine(message), { title: logLine(title) }))
  process.exitCode = 1
}
