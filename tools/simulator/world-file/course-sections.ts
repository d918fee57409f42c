import { DEFAULT_ASSUMPTIONS } from '../assumptions.ts'
import { EVENT_NAMES } from '../model/lifecycle.ts'
import { STAGES } from '../model/native/service-deployment.ts'
import type {
  AlarmPlan,
  Assumptions,
  DeploymentConfigSeed,
  EndPlan,
  Occasion,
  ReplacementPlan,
  RoleSeed,
  StopPlan,
  Timings,
} from '../scenario.ts'
import { baseScenario } from '../scenarios.ts'
import { DEFAULT_TIMINGS } from '../timings.ts'
import { MAX_SECONDS } from './fault-section.ts'
import type { Section } from './section.ts'
import { CODE_DEPLOY_NAME, ROLE_NAME } from './words.ts'

/** Reads an entry of `alarms`: it goes off by itself. */
export function readAlarm(section: Section): AlarmPlan {
  const name = section.text('name', { required: true }) ?? ''
  const after = section.section('after')
  if (!after) section.wrong('after', "must be a mapping of 'event' and 'seconds'; it is missing.")
  section.done()
  return { name, after: after ? readOccasion(after) : { event: 'Created', seconds: 0 } }
}

function readOccasion(section: Section): Occasion {
  const event = section.choice('event', ['Created', ...EVENT_NAMES, ...STAGES], { required: true }) ?? 'Created'
  const seconds = section.number('seconds', 0, MAX_SECONDS) ?? 0
  section.done()
  return { event, seconds }
}

/** Reads an entry of `stops`: somebody else stops the deployment. */
export function readStop(section: Section): StopPlan {
  const after = section.section('after')
  if (!after) section.wrong('after', "must be a mapping of 'event' and 'seconds'; it is missing.")
  const rollback = section.flag('rollback')
  section.done()
  return {
    after: after ? readOccasion(after) : { event: 'Created', seconds: 0 },
    ...(rollback !== undefined && { rollback }),
  }
}

/** Reads `ends`: every deployment fails so. */
export function readEnd(section: Section): EndPlan {
  const plan: EndPlan = {
    after: {
      event: section.choice('event', ['Created', ...EVENT_NAMES], { required: true }) ?? 'Created',
      seconds: section.number('seconds', 0, MAX_SECONDS) ?? 1,
    },
    code: section.text('code', { required: true }) ?? '',
    message: section.text('message', { required: true }) ?? '',
  }
  section.done()
  return plan
}

/** Reads an entry of `roles`. */
export function readRole(section: Section): RoleSeed {
  const name = section.text('name', { ...ROLE_NAME, required: true }) ?? ''
  const maxSessionSeconds = section.wholeNumber('max-session-seconds', 900, 43_200)
  const sessionSeconds = section.wholeNumber('session-seconds', 1, 43_200)
  section.done()
  return {
    name,
    ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
    ...(sessionSeconds !== undefined && { sessionSeconds }),
  }
}

/** Reads `replacement`. */
export function readReplacement(section: Section): ReplacementPlan {
  const usual = baseScenario.replacement
  const health = section.choice('health', ['healthy', 'never', 'dies', 'unplaced', 'unhealthy']) ?? usual.health
  const dies = section.section('dies')
  if (health === 'dies' && !dies) section.wrong('dies', "must say when: a mapping of 'event' and 'seconds'.")
  if (health !== 'dies' && dies) section.wrong('dies', "is for 'health: dies' only.")
  const unplacedReason = section.text('unplaced-reason')
  if (health !== 'unplaced' && unplacedReason !== undefined) {
    section.wrong('unplaced-reason', "is for 'health: unplaced' only.")
  }
  const stopped = section.section('stopped')
  const plan: ReplacementPlan = {
    health,
    ...(dies && { dies: readOccasion(dies) }),
    ...(unplacedReason !== undefined && { unplacedReason }),
    stopped: stopped ? readStopped(stopped) : usual.stopped,
    answersWith: section.wholeNumber('answers-with', 200, 599) ?? usual.answersWith,
  }
  section.done()
  return plan
}

function readStopped(section: Section): ReplacementPlan['stopped'] {
  const { stopCode, stoppedReason } = baseScenario.replacement.stopped
  const containerReason = section.text('container-reason')
  const exitCode = section.wholeNumber('exit-code', 0, 255)
  const stopped = {
    stopCode: section.text('stop-code') ?? stopCode,
    stoppedReason: section.text('reason') ?? stoppedReason,
    ...(containerReason !== undefined && { containerReason }),
    ...(exitCode !== undefined && { exitCode }),
  }
  section.done()
  return stopped
}

/** Reads an entry of `deployment-configs`. */
export function readDeploymentConfig(section: Section): DeploymentConfigSeed {
  const name = section.text('name', { ...CODE_DEPLOY_NAME, required: true }) ?? ''
  const computePlatform = section.choice('compute-platform', ['ECS', 'Lambda', 'Server']) ?? 'ECS'
  const type = section.choice('type', ['AllAtOnce', 'TimeBasedCanary', 'TimeBasedLinear'], { required: true })
  const seed: DeploymentConfigSeed = { name, computePlatform, routing: { type: 'AllAtOnce' } }
  if (type === 'TimeBasedCanary' || type === 'TimeBasedLinear') {
    seed.routing = {
      type,
      percentage: section.wholeNumber('percentage', 1, 99, { required: true }) ?? 10,
      intervalMinutes: section.wholeNumber('interval-minutes', 1, 2880, { required: true }) ?? 5,
    }
  }
  if (type) section.done()
  return seed
}

/** Reads `timings`, under the names that README.md has for them. */
export function readTimings(section: Section): Partial<Timings> {
  const timings: Partial<Timings> = {}
  for (const name of Object.keys(DEFAULT_TIMINGS) as (keyof Timings)[]) {
    const seconds = section.number(name, 0, MAX_SECONDS)
    if (seconds !== undefined) timings[name] = seconds
  }
  section.done()
  return timings
}

/** The switches whose values are words, or numbers of a fixed set. */
type WordSwitch = {
  [Name in keyof Assumptions]: string extends Assumptions[Name]
    ? never
    : number extends Assumptions[Name]
      ? never
      : Assumptions[Name] extends boolean
        ? never
        : Name
}[keyof Assumptions]

/** What they can be set to; one that is missing here does not compile. */
const SWITCH_WORDS: { [Name in WordSwitch]: readonly Assumptions[Name][] } = {
  appSpecKeys: ['any-case', 'documented'],
  wrongSha256: ['refused', 'ignored'],
  descriptionMaxLength: [256, 512],
  qualifiedHook: ['invoked', 'refused'],
  stoppedTarget: ['Failed', 'Skipped'],
  readyShown: ['during-test-hook', 'after-test-hook'],
  rollbackEvents: ['all', 'production-traffic', 'none'],
  testListenerAfterRollback: ['former', 'replacement'],
  lastSuccessful: ['any', 'releases-only'],
  alarmActiveAtStart: ['first-event', 'as-any-alarm'],
  stopInTerminationWait: ['accepted', 'refused'],
  stopAnswer: ['Pending', 'Succeeded'],
  stopWithoutRollback: ['honoured', 'ignored'],
  stopOfRollback: ['refused', 'accepted'],
  leftover: ['removed', 'kept'],
  linearRemainder: ['own-step', 'in-last-step'],
  emptyInstall: ['as-long', 'at-once'],
  listOrder: ['newest-first', 'oldest-first'],
}

function isWordSwitch(name: keyof Assumptions): name is WordSwitch {
  return Object.hasOwn(SWITCH_WORDS, name)
}

/** Reads `assumptions`, under the names that README.md has for them. */
export function readAssumptions(section: Section): Partial<Assumptions> {
  const entries = (Object.keys(DEFAULT_ASSUMPTIONS) as (keyof Assumptions)[]).map((name) => [
    name,
    readSwitch(section, name),
  ])
  section.done()
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function readSwitch(section: Section, name: keyof Assumptions): unknown {
  if (isWordSwitch(name)) return section.choice(name, SWITCH_WORDS[name] as readonly (string | number)[])
  switch (typeof DEFAULT_ASSUMPTIONS[name]) {
    case 'boolean':
      return section.flag(name)
    case 'number':
      return section.wholeNumber(name, 1, 1_000_000_000)
    default:
      return section.text(name)
  }
}
