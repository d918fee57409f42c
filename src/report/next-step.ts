import { functionName } from '../aws/arn.ts'
import { alarmUrl, deploymentsUrl, deploymentUrl, serviceUrl } from '../aws/console-links.ts'
import { hasEnded, replacementOf, type Snapshot } from '../follow/snapshot.ts'
import { type HookLog, mayHaveStarted, type Release, rollbackOf } from '../release-state.ts'
import { paragraph } from '../text/words.ts'
import { type Fault, faultOf } from './fault.ts'
import { hookLogAt, hookReason } from './hook-reason.ts'
import { originalRevision, releasedRevision } from './labels.ts'
import type { Linked } from './markdown-parts.ts'
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
      return `To shift production: 'operation: promote'; to take it back: 'operation: stop'.`
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
  const { service, testUrl, group, region, deploymentId, snapshot } = release
  const fault = snapshot === undefined ? undefined : faultOf(release, snapshot)
  const alarms = fault?.kind === 'alarm' ? fault.names : []
  const { partition = '', region: place = '', clusterName = '', name: serviceName = '' } = service ?? {}
  const inConsole = [
    consoleUrl(release),
    deploymentsUrl(partition, place),
    serviceUrl(partition, place, clusterName, serviceName),
    ...alarms.map((name) => alarmUrl(partition, place, name)),
  ]
  const commands = [
    ...(deploymentId === undefined ? [] : [getDeployment(release)]),
    ...(group === undefined ? [] : [listDeployments(group, region), `${STOP_IT}${region}`]),
    ...(snapshot === undefined ? [] : [whoStopped(snapshot, region)]),
  ]
  const urls = inConsole.filter((url) => url !== undefined && url !== '')
  const links: Linked[] = [
    ...urls.map((url) => ({ url: url ?? '', label: 'in the console' })),
    ...(testUrl === undefined ? [] : [{ url: testUrl, label: undefined }]),
    ...commands.map((command) => ({ command })),
  ]
  return links.sort((one, other) => textOf(other).length - textOf(one).length)
}

function textOf(link: Linked): string {
  return 'url' in link ? link.url : link.command
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
  const percent = trafficNow(release)
  const isBack = rollbackOf(release)?.status === 'succeeded' || percent === 0
  const look = percent === undefined ? 'Look at the production listener: it may reach both task sets.' : ''
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
      return mendHook(fault, release)
    case 'alarm':
      return mendAlarm(fault.names, release)
    case 'tasks':
      return mendTasks(release)
    case 'app-spec':
      return `Next: correct the AppSpec ('codedeploy-appspec', or the hook inputs when there is no file), then ${again(release)}.`
    case 'stop-request':
      if (outcome?.kind === 'stop-asked' || stopAccepted || settlement?.stop !== undefined) return ''
      return `Next: ask who stopped it, then ${again(release)}. CodeDeploy does not say; CloudTrail does (${whoStopped(snapshot, release.region)}).`
    case 'ready-wait':
      return `Next: ${again(release)} and continue it in time ('operation: promote'), or have it continued ('auto-promote: true').`
    case 'other': {
      const url = consoleUrl(release)
      return `Next: put that right${url === '' ? '' : ` (${url})`}, then ${again(release)}.`
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
  return `Next: see why ${which} went off${urls.length === 0 ? '' : ` (${urls.join(' ')})`}, and ${again(release)} when it is OK; while it is in ALARM, CodeDeploy stops the next deployment too.`
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

/** What a hook must be allowed to report. Source: CodeDeploy API Reference, PutLifecycleEventHookExecutionStatus. */
const REPORT_ACTION = 'codedeploy:PutLifecycleEventHookExecutionStatus'

function mendHook({ kind, event, hookFunction }: Extract<Fault, { event: string }>, release: Release): string {
  if (kind === 'hook-not-invoked') return mendRole(hookFunction, release)
  const log = hookLogAt(release, event)
  const said = hookReason(release, event)
  const where = logSentence(hookFunction, log)
  if (kind === 'hook-silent') {
    const isDenied = said?.includes(REPORT_ACTION.split(':')[1] ?? '') === true && /denied|not authorized/i.test(said)
    return isDenied
      ? `Next: allow the function's role ${REPORT_ACTION}, then ${again(release)}. ${where}`
      : `Next: see why the function did not report (${REPORT_ACTION}), which it must in every case, then ${again(release)}. ${where}`
  }
  const what = said === undefined ? 'see why the hook failed' : 'mend what the hook found'
  return paragraph(
    `Next: ${what}, then ${again(release)}. ${where}`,
    isLeftRunning(release) ? "The replacement stays until then; 'rollback-on: failure' takes it down." : '',
  )
}

/** The deployment was not rolled back, and nothing takes the replacement down. */
function isLeftRunning({ snapshot, settlement }: Release): boolean {
  const replacement = replacementOf(snapshot)
  const { status, wasDue } = settlement?.rollback ?? {}
  return status === 'none' && wasDue === false && replacement !== undefined && replacement.state !== 'draining'
}

/** Source: AWS managed policies AWSCodeDeployRoleForECS and AWSCodeDeployRoleForECSLimited. */
function mendRole(hookFunction: string, { hookFunctionExists }: Release): string {
  const name = functionName(hookFunction)
  if (hookFunctionExists === false) return `Next: correct the name of the hook, or create the function ${name}.`
  const isCovered = name.startsWith('CodeDeployHook_')
  const allow = isCovered
    ? 'attach the managed policy AWSCodeDeployRoleForECS to the role of the deployment group, or allow it lambda:InvokeFunction on the function'
    : `allow the role of the deployment group lambda:InvokeFunction on the function (managed policy AWSCodeDeployRoleForECS), or call the function CodeDeployHook_${name}, which AWSCodeDeployRoleForECSLimited covers`
  const check = hookFunctionExists === undefined ? `check that the function ${name} exists; if it does, ` : ''
  return `Next: ${check}${allow}.`
}

function logSentence(hookFunction: string, log: HookLog | undefined): string {
  if (log === undefined) {
    return `Its log is in the log group /aws/lambda/${functionName(hookFunction)}, unless the function has another.`
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
  const ways = [getDeployment(release), consoleUrl(release)].filter((way) => way !== '').join(' or ')
  return `To see what became of it: ${ways} (running this job again takes it up where it is by then).`
}

function getDeployment({ deploymentId, region }: Release): string {
  return `aws deploy get-deployment --deployment-id ${deploymentId} --region ${region}`
}

function listDeployments({ application, name }: { application: string; name: string }, region: string | undefined) {
  return `aws deploy list-deployments --application-name ${application} --deployment-group-name ${name} --region ${region}`
}

const STOP_IT = 'aws deploy stop-deployment --deployment-id ID --auto-rollback-enabled --region '

/** Source: CloudTrail User Guide, "Viewing recent management events with the AWS CLI"; times are UTC. */
function whoStopped({ endedAtMs, statusReadAt }: Snapshot, region: string | undefined): string {
  const atMs = endedAtMs ?? statusReadAt.atMs
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  return `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopDeployment --start-time ${time(atMs - 600_000)} --end-time ${time(atMs + 60_000)} --region ${region}`
}

function consoleUrl({ service, deploymentId }: Release): string {
  if (service === undefined || deploymentId === undefined) return ''
  return deploymentUrl(service.partition, service.region, deploymentId) ?? ''
}

/** How to find out whether there is a deployment that this step has no id of, and what to do with it. */
function lookForDeployment({ group, region, service }: Release): string {
  if (group === undefined) return ''
  const list = listDeployments(group, region)
  const url = service && deploymentsUrl(service.partition, service.region)
  const ways = url === undefined ? list : `${list} or ${url}`
  return `To see whether there is one: ${ways} (its description names this run). To stop it: ${STOP_IT}${region} (ID: its id).`
}
