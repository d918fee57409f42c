import type { OneOffTaskPlan } from '../scenario.ts'
import { baseScenario } from '../scenarios.ts'
import { MAX_SECONDS } from './fault-section.ts'
import type { Section } from './section.ts'

/** Reads an entry of `one-off-tasks`: how a task fares that is started by itself. */
export function readOneOffTask(section: Section): OneOffTaskPlan {
  const log = section.texts('log')
  const failsToStart = section.section('fails-to-start')
  const failure = section.text('failure')
  if (failsToStart && failure !== undefined) section.wrong('failure', "does not go with 'fails-to-start'.")
  const plan: OneOffTaskPlan = {
    runSeconds: section.number('run-seconds', 0, MAX_SECONDS) ?? 20,
    exitCode: section.wholeNumber('exit-code', 0, 255) ?? 0,
    ...(log && { log }),
    ...(failsToStart && { failsToStart: readFailure(failsToStart) }),
    ...(failure !== undefined && { failure }),
  }
  section.done()
  return plan
}

function readFailure(section: Section): NonNullable<OneOffTaskPlan['failsToStart']> {
  const { stoppedReason } = baseScenario.replacement.stopped
  const containerReason = section.text('container-reason')
  const failure = {
    stopCode: section.text('stop-code') ?? 'TaskFailedToStart',
    stoppedReason: section.text('reason') ?? stoppedReason,
    ...(containerReason !== undefined && { containerReason }),
  }
  section.done()
  return failure
}
