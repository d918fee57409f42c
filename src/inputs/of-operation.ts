import { invalidInput } from '../problem.ts'
import type { EarlyEndAction, FinishLine } from './choices.ts'
import { type ContainerImage, parseImages } from './container-lines.ts'
import type { Fields } from './fields.ts'
import type { Inputs } from './inputs.ts'
import { canStopDeployment, isRelease, needsDeployment, type Operation } from './operation.ts'

const EARLY_END_ACTIONS: readonly EarlyEndAction[] = ['leave', 'rollback']

/** An operation that ends nothing takes these inputs and does as if they said so. */
export function endingsOf(fields: Fields, operation: Operation): Pick<Inputs, 'onTimeout' | 'onCancel' | 'failFast'> {
  const onTimeout = fields.choice('on-timeout', EARLY_END_ACTIONS) ?? 'leave'
  const onCancel = fields.choice('on-cancel', EARLY_END_ACTIONS) ?? 'rollback'
  const failFast = fields.wholeNumber('fail-fast', 0, 100) ?? 3
  return canStopDeployment(operation)
    ? { onTimeout, onCancel, failFast }
    : { onTimeout: 'leave', onCancel: 'leave', failFast: 0 }
}

/**
 * Ids of deployments of CodeDeploy are observed to have nine letters and digits. Source: API Reference, GetDeployment:
 * `d-…`. Those of ECS are the end of an ARN, observed with 21 and 22 characters.
 */
const DEPLOYMENT_ID =
  /^(?:active|d-[A-Z0-9]{1,30}|[A-Za-z0-9_-]{16,64}|arn:[\w-]+:ecs:[\w-]+:\d{12}:service-deployment\/[\w-]{1,255}\/[\w-]{1,255}\/[\w-]{16,64})$/

export function deploymentIdOf(fields: Fields, operation: Operation): string | undefined {
  const given = fields.matching('deployment-id', DEPLOYMENT_ID, `an id such as 'd-ABCDEF123', or 'active'`)
  if (given !== undefined && !needsDeployment(operation)) {
    fields.wrong(
      'deployment-id',
      `does not apply to 'operation: ${operation}', which is not about an earlier deployment.`,
    )
  }
  return given
}

export function expectedImages(fields: Fields, operation: Operation): ContainerImage[] {
  const images = parseImages(fields, 'expect-image')
  if (images.length > 0 && operation !== 'promote')
    fields.wrong('expect-image', `applies to 'operation: promote' only.`)
  return images
}

export function onlyAtReadyOf(fields: Fields, operation: Operation): boolean {
  const given = fields.trueOrFalse('only-at-ready') ?? false
  if (given && operation !== 'stop') fields.wrong('only-at-ready', `applies to 'operation: stop' only.`)
  return given
}

/** Inputs that say what to release. */
const SOMETHING_TO_RELEASE = [
  'image',
  'task-definition',
  'task-definition-arn',
  'task-definition-family',
  'environment-variables',
  'secrets',
  'env-files',
  'docker-labels',
  'command',
  'log-configuration-log-driver',
  'log-configuration-options',
  'cpu',
  'memory',
  'task-role-arn',
  'execution-role-arn',
  'family',
  'tags',
  'codedeploy-appspec',
] as const

/** What a release of nothing is refused with: an output that arrives empty must not be a green release of what runs. */
export const NOTHING_TO_RELEASE =
  "There is nothing to release: 'image' is empty, and so is every other input that says what to release, such as 'task-definition', 'environment-variables' or 'tags'. If it comes from the output of another step or job, check that output: GitHub empties one that contains a secret. To deploy the running revision once more, set 'redeploy: true'."

/** Whether the inputs leave open what to release. A preview needs none of them when a pull request was closed. */
export function namesNothing(fields: Fields, operation: Operation): boolean {
  const redeploy = fields.trueOrFalse('redeploy') ?? false
  if (redeploy && !isRelease(operation) && operation !== 'plan') {
    fields.wrong('redeploy', `does not apply to 'operation: ${operation}'.`)
  }
  const given = SOMETHING_TO_RELEASE.flatMap((name) => fields.text(name) ?? [])
  // An AppSpec that is to be built whole says nothing of what is in it.
  const isNothing = !redeploy && given.every((text) => text === 'none') && fields.text('image') === undefined
  if (isNothing && (operation === 'release' || operation === 'plan')) {
    fields.problems.push(invalidInput(NOTHING_TO_RELEASE))
  }
  return isNothing
}

export function waitFor(fields: Fields, operation: Operation, notes: string[]): FinishLine {
  const chosen = fields.choice('wait-for', ['test-traffic', 'production-traffic', 'completion', 'nothing'])
  const stability = fields.trueOrFalse('wait-for-service-stability')
  if (stability !== undefined) {
    notes.push(
      `Input 'wait-for-service-stability' is deprecated. Use 'wait-for': 'production-traffic' (the default) waits, 'nothing' does not.`,
    )
    if (chosen !== undefined && (chosen === 'nothing') === stability) {
      fields.wrong(
        'wait-for-service-stability',
        `says '${stability}' and 'wait-for' says '${chosen}'; keep 'wait-for'.`,
      )
    }
  }
  if (operation === 'watch' && chosen === 'nothing') {
    fields.wrong('wait-for', `says 'nothing', which leaves 'operation: watch' nothing to do.`)
  }
  if (operation === 'preview' && (chosen === 'test-traffic' || chosen === 'nothing')) {
    fields.wrong('wait-for', `says '${chosen}', but a preview is there only when production of its lane has moved.`)
  }
  if ((operation === 'promote' || operation === 'rollback') && chosen === 'test-traffic') {
    fields.wrong('wait-for', `says 'test-traffic', at which 'operation: ${operation}' never stops.`)
  }
  return chosen ?? (stability === false ? 'nothing' : 'production-traffic')
}
