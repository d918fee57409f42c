import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import type { EndReason } from '../follow/snapshot.ts'
import { ECS_STAGES, type EcsStage } from '../lifecycle/step.ts'

/**
 * Why ECS ended a deployment, in its own words; of one that is rolled back, why that was begun, not how it went. Undefined
 * while nothing is said.
 */
export function endText({ status, statusReason, rollback }: ServiceDeployment): string | undefined {
  const reason = rollback?.reason ?? (status === 'ROLLBACK_FAILED' ? undefined : statusReason)
  return reason === undefined || reason.trim() === '' ? undefined : reason
}

/**
 * Who or what ended a deployment: by the words between `because` and the first full stop, else by what its monitors and
 * hooks show. A text that is new is a failure. Source of the texts: ECS Developer Guide, "Troubleshooting Amazon ECS
 * blue/green deployments"; those of a stop and of a pause that was answered with a rollback are not documented.
 */
export function endReasonOf(deployment: ServiceDeployment): EndReason {
  const text = endText(deployment)
  return (text === undefined ? undefined : byText(causeIn(text))) ?? byState(deployment, text)
}

/** The words between `because` and the first full stop that ends a sentence; without it all of the text. */
function causeIn(text: string): string {
  return /\bbecause\b(.*?)(?:\.(?:\s|$)|$)/is.exec(text)?.[1] ?? text
}

function byText(cause: string): EndReason | undefined {
  if (/\bpause hook\b/i.test(cause)) return /\btimed[ -]out\b/i.test(cause) ? 'ready-wait-over' : 'stop-request'
  if (/\blifecycle hook|\bcircuit breaker\b|\bnetworking\b/i.test(cause)) return 'failure'
  if (/\balarms?\b/i.test(cause)) return 'alarm'
  return WANTED.test(cause) ? 'stop-request' : undefined
}

/** Somebody stopped it, or has ECS deploy something else instead. */
const WANTED =
  /\bstopped by\b|\bStopServiceDeployment\b|\bby (?:an? |the )?user\b|\bstop(?:ped)?\b.*\brequest|\brequest.*\bstop|\b(?:replaced|superseded)\b|\bnew(?:er)? (?:service )?deployment\b/i

function byState(deployment: ServiceDeployment, text: string | undefined): EndReason {
  const { alarms, deploymentCircuitBreaker: breaker, lifecycleHookDetails: hooks = [], status } = deployment
  if (alarms?.status === 'TRIGGERED') return 'alarm'
  if (breaker?.status === 'TRIGGERED') return 'failure'
  // Whatever else fails is rolled back, so that one that stays as it is was asked to.
  if (status === 'STOPPED') return 'stop-request'
  if (text !== undefined || status === 'ROLLBACK_FAILED') return 'failure'
  // Whatever ends a deployment ends the hooks that run; a pause that ends alone was answered.
  const hasEnded = (kind: 'PAUSE' | 'function', how: string) =>
    hooks.some((hook) => (hook.targetType === 'PAUSE' ? 'PAUSE' : 'function') === kind && hook.status === how)
  if (hasEnded('function', 'FAILED') || hasEnded('function', 'TIMED_OUT')) return 'failure'
  return hasEnded('PAUSE', 'TIMED_OUT') ? 'ready-wait-over' : 'stop-request'
}

/** The stage that the text names as the one whose hook ended the deployment. */
export function stageInText(text: string | undefined): EcsStage | undefined {
  const word = /\b([A-Z][A-Z_]+) (?:lifecycle|pause) hook/.exec(text ?? '')?.[1]
  return ECS_STAGES.find((stage) => stage === word)
}

/** What ECS says of the hook beyond that it failed: the text after `hook(s) failed.`. */
export function hookTextIn(text: string | undefined): string | undefined {
  const said = /\bhook\(s\) failed\.\s*(.+)$/is.exec(text ?? '')?.[1]?.trim()
  return said === undefined || said === '' ? undefined : said
}
