import { Outage } from '../follow/outage.ts'
import { withoutIds } from '../follow/same-reason.ts'
import type { Snapshot } from '../follow/snapshot.ts'
import type { TimelineEntry } from '../follow/timeline.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Concern, Release } from '../release-state.ts'
import { entryLine } from '../report/log-lines.ts'
import { readTroubleLine } from '../report/outage-lines.ts'
import { clockTime } from '../text/words.ts'
import { momentOf } from '../time/clock.ts'
import type { Status } from '../verdict.ts'
import { warnedNow, withoutPastWarnings } from './concerns.ts'
import type { ReleaseWorld } from './release-world.ts'

/** The release as it is known so far; every change of it is handed on at once, so that a killed step leaves it told. */
export class Progress {
  /** Readings of its deployments that fail, however often it is begun anew to follow them. */
  readonly reading: Outage
  #release: Release
  readonly #world: ReleaseWorld
  #later: (() => void)[] = []

  constructor(release: Release, world: ReleaseWorld) {
    this.#world = world
    this.#release = release
    this.reading = new Outage((news) => world.log.line(readTroubleLine(news, world.clock.now())))
  }

  /** A release of which nothing is known yet. */
  static begin(inputs: Inputs, world: ReleaseWorld): Progress {
    return new Progress(newRelease(inputs, world), world)
  }

  get release(): Release {
    return this.#release
  }

  /** Takes over what has become known. */
  learn(news: Partial<Release>): Release {
    this.#release = { ...this.#release, ...news }
    this.#world.onRelease(this.#release)
    return this.#release
  }

  /**
   * Something to warn of, now and in the summary, once; with the time when changes of a deployment were told, which are
   * older.
   */
  warn(text: string): void {
    if (this.#release.warnings.includes(text)) return
    const { log, clock } = this.#world
    if (this.#release.deploymentId === undefined || this.#release.timeline.length === 0) log.warning(text)
    else log.line(`${clockTime(clock.now())}  Warning: ${text}`)
    this.learn({ warnings: [...this.#release.warnings, text] })
  }

  /** All that there is to warn of about this concern now: an earlier warning that is not in the list is over. */
  warnOf(concern: Concern, texts: readonly string[]): void {
    if (texts.length === 0 && (this.#release.warnedOf[concern] ?? []).length === 0) return
    this.learn(warnedNow(this.#release, concern, texts))
    for (const text of texts) this.warn(text)
  }

  /** Something to say once the changes that came before it are told. */
  afterwards(say: () => void): void {
    this.#later.push(say)
  }

  /** Every change of a reading is told. */
  told(): void {
    const later = this.#later
    this.#later = []
    for (const say of later) say()
  }

  /** A change of a deployment: one line of the log. */
  enter(entry: TimelineEntry): void {
    const release = this.learn({ timeline: [...this.#release.timeline, entry] })
    const line = entryLine(entry, release)
    if (line !== undefined) this.#world.log.line(line)
  }

  /** Why tasks of the replacement stop; told once, whatever ids are in it. */
  taskStopped(reason: string, count: number): void {
    const { taskStops } = this.#release
    if (taskStops.some((known) => withoutIds(known) === withoutIds(reason))) return
    this.warn(`${count === 1 ? 'A replacement task' : `${count} replacement tasks`} stopped: ${reason}`)
    this.learn({ taskStops: [...taskStops, reason] })
  }

  /** What ECS tells about trouble with the tasks of the service. */
  serviceTroubled(message: string): void {
    this.warn(`ECS says: ${message}`)
    this.learn({ serviceTroubles: [...this.#release.serviceTroubles, message] })
  }

  /** A reading; that of the rollback deployment is kept with the rollback. */
  see(snapshot: Snapshot): void {
    if (snapshot.deploymentId === this.#release.deploymentId) this.learn({ snapshot })
  }

  /** The release is over. */
  end(status: Status, news: Partial<Release> = {}): Release {
    this.told()
    return this.learn(withoutPastWarnings({ ...this.#release, ...news, status, endedAt: momentOf(this.#world.clock) }))
  }
}

/** What the inputs name. */
export function askedOf({ cluster, service, waitFor, deploymentId, previewServices }: Inputs): Release['asked'] {
  return { cluster, service, finishLine: waitFor, deploymentId, firstLane: previewServices[0]?.service }
}

/** A release of which nothing is known yet. */
export function newRelease(
  inputs: Inputs,
  world: Pick<ReleaseWorld, 'run' | 'region' | 'otherEndpoint' | 'clock' | 'cautions'>,
): Release {
  return {
    operation: inputs.operation,
    run: world.run,
    region: world.region,
    otherEndpoint: world.otherEndpoint,
    asked: askedOf(inputs),
    caller: undefined,
    startedAt: momentOf(world.clock),
    endedAt: undefined,
    service: undefined,
    group: undefined,
    plan: undefined,
    problems: [],
    warnings: world.cautions ?? [],
    warnedOf: {},
    taskDefinition: undefined,
    lostRevisionOf: undefined,
    creationSentAtMs: undefined,
    deploymentId: undefined,
    adopted: undefined,
    madeEarlier: false,
    waits: [],
    timeline: [],
    snapshot: undefined,
    outcome: undefined,
    stopAccepted: false,
    settlement: undefined,
    production: undefined,
    testUrl: inputs.testUrl,
    testListener: undefined,
    preview: undefined,
    hookLogs: [],
    hookFunctionExists: undefined,
    taskStops: [],
    serviceTroubles: [],
    status: undefined,
    failure: undefined,
    wasLost: false,
  }
}
