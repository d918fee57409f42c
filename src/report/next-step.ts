import { functionName } from '../aws/arn.ts'
import { alarmUrl, logGroupUrl, serviceUrl } from '../aws/console-links.ts'
import { hasEnded, replacementOf, type Snapshot } from '../follow/snapshot.ts'
import type { Fault, HookFault } from '../lifecycle/fault.ts'
import { type HookLog, mayHaveStarted, type Release, rollbackOf } from '../release-state.ts'
import { paragraph } from '../text/words.ts'
import { hookFactsOf, isSuperseded } from './end-cause.ts'
import { faultOf } from './fault.ts'
import { hookLogAt } from './hook-reason.ts'
import { deploymentLink, originalRevision, releasedRevision, wordsFor } from './labels.ts'
import { type Linked, textOf } from './markdown-parts.ts'
import { shortOfTasks } from './short-of-tasks.ts'
import { trafficNow } from './traffic.ts'

/** What to do now, most important first; empty when there is nothing to do. */
export function nextStep(release: Release): string {
  const { deploymentId, status, snapshot } = release
  if (mayHaveStarted(release) && (status === 'unknown' || status === 'cancelled')) return lookForDeployment(release)
  if (deploymentId === undefined || status === undefined) return ''
  switch (status) {
    case 'rollback-failed':
      return bringBack(release)
    case 'awaiting-promotion':
      return `To shift production: 'operation: promote'${byHand(release)}; to take it back: 'operation: stop'.`
    case 'succeeded':
      if (shortOfTasks(release) === undefined) return ''
      return paragraph(release.operation === 'rollback' ? '' : bringBack(release), mendTasks(release))
    case 'timed-out':
    case 'cancelled':
      if (snapshot !== undefined && hasEnded(snapshot)) return afterEnd(release, snapshot)
      return paragraph(endIt(release), waysToWatch(release))
    case 'unknown':
      return waysToWatch(release)
    case 'failed':
    case 'stopped':
    case 'rolled-back':
      return snapshot === undefined ? '' : afterEnd(release, snapshot)
    default:
      return ''
  }
}

/** Addresses and commands that a sentence of ours may hold, the longest first. */
export function linksIn(release: Release): Linked[] {
  const { service, testUrl, deploymentId, snapshot } = release
  const { ways } = wordsFor(release)
  const fault = snapshot === undefined ? undefined : faultOf(release, snapshot)
  const alarms = fault?.kind === 'alarm' ? fault.names : []
  const { partition = '', region: place = '', clusterName = '', name: serviceName = '' } = service ?? {}
  const inConsole = [
    deploymentLink(release),
    ways.deploymentsUrl(release),
    serviceUrl(partition, place, clusterName, serviceName),
    ...alarms.map((name) => alarmUrl(partition, place, name)),
  ]
  const commands = [
    ...(deploymentId === undefined ? [] : [ways.look(deploymentId, release), ways.goOn(deploymentId, release) ?? '']),
    ways.list(release) ?? '',
    ways.stop(ways.unknownId.slot, release),
    ...(snapshot === undefined ? [] : [whoStopped(snapshot, release)]),
  ].filter((command) => command !== '')
  const urls = inConsole.filter((url) => url !== undefined && url !== '')
  const links: Linked[] = [
    ...urls.map((url) => ({ url: url ?? '', label: 'in the console' })),
    ...(testUrl === undefined ? [] : [{ url: testUrl, label: undefined }]),
    ...logGroupOf(fault, release),
    ...commands.map((command) => ({ command })),
  ]
  return links.sort((one, other) => textOf(other).length - textOf(one).length)
}

/** The log group that a sentence about a hook names. */
function logGroupOf(fault: Fault | undefined, release: Release): Linked[] {
  const { service } = release
  if (service === undefined || fault === undefined || !('hookFunction' in fault)) return []
  const log = hookLogAt(release, fault)
  if (log?.state === 'no-group') return []
  const name = log?.logGroup ?? defaultLogGroup(fault.hookFunction)
  const url = logGroupUrl(service.partition, service.region, name)
  return url === undefined ? [] : [{ name, url }]
}

/** Where a function logs unless it says otherwise. Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs". */
function defaultLogGroup(hookFunction: string): string {
  return `/aws/lambda/${functionName(hookFunction)}`
}

/**
 * Nothing moves production back by itself once a deployment has ended without a rollback, or with one that failed. The
 * revision is named, because `operation: rollback` by itself looks for one older than what is PRIMARY.
 */
function bringBack(release: Release): string {
  const isAskedBack = release.operation === 'rollback' && !release.madeEarlier
  const name = isAskedBack ? releasedRevision(release) : originalRevision(release)
  if (release.operation === 'preview') return 'Run the job again to bring the lane back.'
  const revision = name === '' ? '' : ` with 'task-definition: ${name}'`
  return `To bring production back: 'operation: rollback'${revision}.`
}

/** The deployment has ended badly. */
function afterEnd(release: Release, snapshot: Snapshot): string {
  if (isSuperseded(release)) return mend(release, snapshot)
  const percent = trafficNow(release)
  const isBack = rollbackOf(release)?.status === 'succeeded' || percent === 0
  const look =
    percent === undefined ? `Look at the production listener: it may reach ${wordsFor(release).bothSides}.` : ''
  return paragraph(isBack ? '' : paragraph(look, bringBack(release)), mend(release, snapshot))
}

/** What is to be put right before it is released again. */
function mend(release: Release, snapshot: Snapshot): string {
  const { outcome, stopAccepted, settlement } = release
  if (outcome?.kind === 'given-up') return mendTasks(release)
  const fault = faultOf(release, snapshot)
  switch (fault.kind) {
    case 'hook-failed':
    case 'hook-silent':
    case 'hook-not-invoked':
      return mendHook(fault, release, snapshot)
    case 'alarm':
      return mendAlarm(fault.names, release)
    case 'tasks':
      return mendTasks(release)
    case 'stop-request':
      if (outcome?.kind === 'stop-asked' || stopAccepted || settlement?.stop !== undefined) return ''
      return `Next: ask who stopped it, then ${again(release)}. ${wordsFor(release).service} does not say; CloudTrail does (${whoStopped(snapshot, release)}).`
    case 'ready-wait':
      return `Next: ${again(release)} and continue it in time ('operation: promote'), or have it continued ('auto-promote: true').`
    case 'superseded': {
      const list = wordsFor(release).ways.list(release)
      return `Next: see what the newer deployment brings${list === undefined ? '' : ` (${list})`}, and ${again(release)} if this is wanted all the same.`
    }
    case 'other': {
      const url = deploymentLink(release)
      const what = fault.advice ?? `put that right${url === undefined ? '' : ` (${url})`}`
      return `Next: ${what}, then ${again(release)}.`
    }
  }
}

/** What was asked for is asked for once more. */
function again({ operation }: Release): string {
  return operation === 'rollback' ? 'roll back again' : 'release again'
}

function mendAlarm(names: readonly string[], release: Release): string {
  const { service } = release
  const urls = names.flatMap((name) => {
    const url = service === undefined ? undefined : alarmUrl(service.partition, service.region, name)
    return url === undefined ? [] : [url]
  })
  const which = names.length === 0 ? 'the alarm' : names.length === 1 ? `alarm ${names[0]}` : 'these alarms'
  return `Next: see why ${which} went off${urls.length === 0 ? '' : ` (${urls.join(' ')})`}, and ${again(release)} when it is OK; while it is in ALARM, ${wordsFor(release).whileInAlarm}.`
}

function mendTasks(release: Release): string {
  const { service } = release
  // What never started has printed nothing.
  const hasRun = !release.taskStops.some((reason) => /^(?:TaskFailedToStart|CannotPull|ResourceInit)/.test(reason))
  const url =
    hasRun && service ? serviceUrl(service.partition, service.region, service.clusterName, service.name) : undefined
  const where = url === undefined ? '' : ` What they printed is in their own logs (${url}).`
  const what = release.taskStops.length === 0 ? 'see why the tasks of' : 'mend what stops the tasks of'
  const end = release.taskStops.length === 0 ? ' do not get or stay healthy' : ''
  return `Next: ${what} ${releasedRevision(release)}${end}, then ${again(release)}.${where}`
}

function mendHook(fault: HookFault, release: Release, snapshot: Snapshot): string {
  const facts = hookFactsOf(fault, release, snapshot)
  const log = logSentence(fault.hookFunction, hookLogAt(release, fault))
  if (fault.kind !== 'hook-failed') {
    return wordsFor(release).faults.mendHook(fault, { ...facts, again: again(release), log })
  }
  const what = facts.said === undefined ? 'see why the hook failed' : 'mend what the hook found'
  return paragraph(
    `Next: ${what}, then ${again(release)}. ${log}`,
    isLeftRunning(release) ? "The replacement stays until then; 'rollback-on: failure' takes it down." : '',
  )
}

/** The deployment was not rolled back, and nothing takes the replacement down. */
function isLeftRunning({ snapshot, settlement }: Release): boolean {
  const replacement = replacementOf(snapshot)
  const { status, wasDue } = settlement?.rollback ?? {}
  return status === 'none' && wasDue === false && replacement !== undefined && replacement.state !== 'draining'
}

function logSentence(hookFunction: string, log: HookLog | undefined): string {
  if (log === undefined) {
    return `Its log is in the log group ${defaultLogGroup(hookFunction)}, unless the function has another.`
  }
  switch (log.state) {
    case 'no-group':
      return `It has no log: there is no log group ${log.logGroup}, so its role may not write one (managed policy AWSLambdaBasicExecutionRole).`
    case 'empty':
      return `Nothing of this run was found in its log group ${log.logGroup}.`
    default:
      return `All of its log is in the log group ${log.logGroup}.`
  }
}

/** A deployment that is known not to get on, and that nobody has stopped. */
function endIt({ outcome, settlement, stopAccepted, deploymentId, taskStops, serviceTroubles }: Release): string {
  const isStuck = taskStops.length > 0 || serviceTroubles.length > 0
  if (outcome?.kind !== 'timed-out' || !isStuck || stopAccepted || settlement?.stop !== undefined) return ''
  return `To end it: 'operation: stop' with 'deployment-id: ${deploymentId}'.`
}

/** What goes on without this step can be watched. */
function waysToWatch(release: Release): string {
  const { deploymentId = '' } = release
  const known = [wordsFor(release).ways.look(deploymentId, release), deploymentLink(release)]
  const ways = known.filter((way) => way !== undefined).join(' or ')
  return `To see what became of it: ${ways} (running this job again takes it up where it is by then).`
}

/** How else a deployment that waits is continued, where its own command is told. */
function byHand(release: Release): string {
  const { deploymentId = '' } = release
  const { ways } = wordsFor(release)
  const command = ways.goOn(deploymentId, release)
  return command === undefined
    ? ''
    : ` or ${command} (HOOK: the id of the hook that ${ways.look(deploymentId, release)} shows)`
}

/** Source: CloudTrail User Guide, "Viewing recent management events with the AWS CLI"; times are UTC. */
function whoStopped({ endedAtMs, statusReadAt }: Snapshot, release: Release): string {
  const atMs = endedAtMs ?? statusReadAt.atMs
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  return `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=${wordsFor(release).stopCall} --start-time ${time(atMs - 600_000)} --end-time ${time(atMs + 60_000)} --region ${release.region}`
}

/** How to find out whether there is a deployment that this step has no id of, and what to do with it. */
function lookForDeployment(release: Release): string {
  const { ways } = wordsFor(release)
  const list = ways.list(release)
  if (release.group === undefined || list === undefined) return ''
  const url = ways.deploymentsUrl(release)
  const where = url === undefined ? list : `${list} or ${url}`
  const { slot, meaning } = ways.unknownId
  return `To see whether there is one: ${where} (${ways.knownBy}). To stop it: ${ways.stop(slot, release)} (${slot}: ${meaning}).`
}
