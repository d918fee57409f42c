import { DEFAULT_ASSUMPTIONS } from '../assumptions.ts'
import { EVENT_NAMES } from '../model/lifecycle.ts'
import type { AlarmPlan, Assumptions, DeploymentConfigSeed, Occasion, ReplacementPlan, Timings } from '../scenario.ts'
import { baseScenario } from '../scenarios.ts'
import { DEFAULT_TIMINGS } from '../timings.ts'
import { MAX_SECONDS } from './fault-section.ts'
import type { Section } from './section.ts'
import { CODE_DEPLOY_NAME } from './words.ts'

/** Reads an entry of `alarms`: it goes off by itself. */
export function readAlarm(section: Section): AlarmPlan {
  const name = section.text('name', { required: true }) ?? ''
  const after = section.section('after')
  if (!after) section.wrong('after', "must be a mapping of 'event' and 'seconds'; it is missing.")
  section.done()
  return { name, after: after ? readOccasion(after) : { event: 'Created', seconds: 0 } }
}

function readOccasion(section: Section): Occasion {
  const event = section.choice('event', ['Created', ...EVENT_NAMES], { required: true }) ?? 'Created'
  const seconds = section.number('seconds', 0, MAX_SECONDS) ?? 0
  section.done()
  return { event, seconds }
}

/** Reads `replacement`. */
export function readReplacement(section: Section): ReplacementPlan {
  const usual = baseScenario.replacement
  const health = section.choice('health', ['healthy', 'never', 'dies']) ?? usual.health
  const dies = section.section('dies')
  if (health === 'dies' && !dies) section.wrong('dies', "must say when: a mapping of 'event' and 'seconds'.")
  if (health !== 'dies' && dies) section.wrong('dies', "is for 'health: dies' only.")
  const stopped = section.section('stopped')
  const plan: ReplacementPlan = {
    health,
    ...(dies && { dies: readOccasion(dies) }),
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

/** What a switch can be set to where its type does not say it. */
const SWITCH_WORDS: { [Name in keyof Assumptions]?: readonly Assumptions[Name][] } = {
  descriptionMaxLength: [256, 512],
  readyShown: ['after-test-hook', 'during-test-hook'],
  stopInTerminationWait: ['accepted', 'refused'],
  stopAnswer: ['Pending', 'Succeeded'],
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
  const words = SWITCH_WORDS[name]
  if (words) return section.choice(name, words as readonly (string | number)[])
  switch (typeof DEFAULT_ASSUMPTIONS[name]) {
    case 'boolean':
      return section.flag(name)
    case 'number':
      return section.wholeNumber(name, 1, 1_000_000_000)
    default:
      return section.text(name)
  }
}
