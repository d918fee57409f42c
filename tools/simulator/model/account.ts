import { assumedRoleArn, serviceKey, taskDefinitionArn } from '../names.ts'
import type { Assumptions, GroupSeed, World } from '../scenario.ts'
import { completeDefinition } from './definition-defaults.ts'
import { applyFact, type Fact } from './fact.ts'
import { type Lane, newLane, rollbackIdOf, SEED_AGE_MS } from './lane.ts'
import { withNativeService } from './native/seed.ts'
import { OneOffTasks } from './one-off-tasks.ts'
import { Revisions } from './revisions.ts'
import type { Context, Rules } from './rules.ts'
import { Sessions } from './sessions.ts'
import { TaskDefinitions } from './task-definitions.ts'
import type { Transition } from './transition.ts'
import { nextTransition } from './transitions.ts'

interface Known {
  lane: Lane
  next: Transition | undefined
}

/**
 * The simulated account: one lane for each service, and what was registered. It remembers how far each lane has come,
 * which saves work and changes no answer: a lane is what its facts and the clock make it, in however many looks.
 */
export class Account {
  readonly rules: Rules
  readonly taskDefinitions = new TaskDefinitions()
  readonly revisions = new Revisions()
  readonly sessions: Sessions
  readonly oneOffTasks: OneOffTasks
  /** Texts of objects in S3, by `bucket/key`. */
  readonly s3 = new Map<string, string>()
  readonly #context: Context
  readonly #lanes = new Map<string, Known>()
  readonly #laneKeys = new Map<string, string>()
  /** How each lane was since when, for answers that are behind; nothing is kept where none are. */
  readonly #past = new Map<string, { sinceMs: number; lane: Lane }[]>()
  #deploymentsCreated = 0

  constructor(rules: Rules) {
    this.rules = rules
    this.sessions = new Sessions(rules.idSeed)
    this.oneOffTasks = new OneOffTasks(rules.scenario.oneOffTasks ?? [], rules.idSeed)
    this.#context = { rules, taskDefinitions: this.taskDefinitions }
    seedTaskDefinitions(this.taskDefinitions, rules)
    for (const lane of seededLanes(rules)) {
      this.#know(lane)
      this.#remember(lane, Number.NEGATIVE_INFINITY)
    }
    for (const { bucket, key, content } of rules.scenario.world.s3Objects ?? [])
      this.s3.set(`${bucket}/${key}`, content)
  }

  get world(): World {
    return this.rules.scenario.world
  }

  get assumptions(): Assumptions {
    return this.rules.assumptions
  }

  get laneKeys(): string[] {
    return [...this.#lanes.keys()]
  }

  /** The lane as it is at this moment, which must not be earlier than any it was asked about before. */
  lane(key: string, atMs: number): Lane | undefined {
    const known = this.#lanes.get(key)
    if (!known) return undefined
    let { lane, next } = known
    while (next && next.atMs <= atMs) {
      const sinceMs = next.atMs
      lane = next.happen()
      this.#remember(lane, sinceMs)
      next = nextTransition(lane, this.#context)
    }
    if (lane !== known.lane) this.#lanes.set(key, { lane, next })
    return lane
  }

  /** The lane as it was so long before this moment as answers about targets are behind. */
  laneOfTarget(key: string, atMs: number): Lane | undefined {
    return this.#laneBefore(key, atMs, this.rules.timingsMs.targetLag)
  }

  #laneBefore(key: string, atMs: number, lagMs: number): Lane | undefined {
    const now = this.lane(key, atMs)
    if (lagMs === 0) return now
    return this.#past.get(key)?.findLast(({ sinceMs }) => sinceMs <= atMs - lagMs)?.lane
  }

  /** The account as reads see it that are so far behind this moment; it is asked about that earlier moment. */
  behind(lagMs: number, nowMs: number): Account {
    const lane = (key: string) => this.#laneBefore(key, nowMs, lagMs)
    const earlier: Partial<Account> = {
      lane,
      laneOfTarget: (key) => this.#laneBefore(key, nowMs, lagMs + this.rules.timingsMs.targetLag),
      laneOfDeployment: (id) => {
        const key = this.#laneKeys.get(id)
        return key === undefined ? undefined : lane(key)
      },
    }
    return new Proxy<Account>(this, {
      get: (account, name) => {
        if (Object.hasOwn(earlier, name)) return Reflect.get(earlier, name)
        const member = Reflect.get(account, name, account)
        return typeof member === 'function' ? member.bind(account) : member
      },
    })
  }

  laneOfDeployment(id: string, atMs: number): Lane | undefined {
    const key = this.#laneKeys.get(id)
    return key === undefined ? undefined : this.lane(key, atMs)
  }

  record(key: string, fact: Fact): void {
    const lane = this.lane(key, fact.atMs)
    if (!lane) return
    if (fact.kind === 'deployment-created') {
      this.#deploymentsCreated++
      this.#laneKeys.set(fact.deploymentId, key)
      this.#laneKeys.set(rollbackIdOf(fact.deploymentId), key)
    }
    const after = applyFact(lane, this.rules, fact)
    this.#remember(after, fact.atMs)
    this.#know(after)
  }

  /** What concerns every lane, such as an alarm that any group may watch. */
  recordForAll(fact: Fact): void {
    for (const key of this.laneKeys) this.record(key, fact)
  }

  /** How many deployments were accepted; their ids are made from it. */
  get deploymentsCreated(): number {
    return this.#deploymentsCreated
  }

  /** When anything will next happen by itself, in milliseconds since 1970. */
  nextDueMs(): number | undefined {
    let dueMs: number | undefined
    for (const { next } of this.#lanes.values())
      if (next && (dueMs === undefined || next.atMs < dueMs)) dueMs = next.atMs
    return dueMs
  }

  #remember(lane: Lane, sinceMs: number): void {
    if (this.rules.timingsMs.targetLag === 0 && !this.rules.scenario.behind) return
    const past = this.#past.get(lane.key) ?? []
    past.push({ sinceMs, lane })
    this.#past.set(lane.key, past)
  }

  #know(lane: Lane): void {
    this.#lanes.set(lane.key, { lane, next: nextTransition(lane, this.#context) })
  }
}

function seedTaskDefinitions(taskDefinitions: TaskDefinitions, { scenario, startMs }: Rules): void {
  for (const { definition, revision, tags, status } of scenario.world.taskDefinitions) {
    const family = String(definition['family'])
    const registeredMs = startMs - SEED_AGE_MS
    taskDefinitions.add({
      arn: taskDefinitionArn(scenario.world, family, revision),
      family,
      revision,
      definition: completeDefinition(definition),
      tags,
      registeredMs,
      registeredBy: assumedRoleArn(scenario.world, 'admin', 'simulator'),
      deregisteredMs: status === 'INACTIVE' ? registeredMs : undefined,
    })
  }
}

function seededLanes(rules: Rules): Lane[] {
  const { services, applications } = rules.scenario.world
  const groups = applications.flatMap(({ name, groups }) => groups.map((seed) => ({ application: name, seed })))
  refuseSharedServices(groups.map((group) => keyOf(group.seed)))
  for (const { seed } of groups) refuseReadyWait(seed)
  const lanes = services.map((seed) =>
    withNativeService(
      newLane(
        rules,
        seed,
        groups.find((group) => keyOf(group.seed) === serviceKey(seed.cluster, seed.name)),
      ),
      rules,
    ),
  )
  const served = new Set(lanes.map((lane) => lane.key))
  const orphans = groups.filter((group) => !served.has(keyOf(group.seed)))
  return [...lanes, ...orphans.map((group) => newLane(rules, undefined, group))]
}

/** Source: CodeDeploy User Guide, limits: one deployment group for an ECS service. */
function refuseSharedServices(keys: string[]): void {
  const shared = keys.find((key, i) => keys.indexOf(key) !== i)
  if (shared !== undefined)
    throw new Error(`Service ${shared} has two deployment groups in this world; AWS allows one.`)
}

/** Source: CodeDeploy API Reference, DeploymentReadyOption; the text is observed (terraform-provider-aws#9653). */
function refuseReadyWait({ name, ready }: GroupSeed): void {
  if (ready.action === 'STOP_DEPLOYMENT' || !(ready.waitMinutes > 0)) return
  const why = "Deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified"
  throw new Error(`Group ${name} of this world cannot be made in AWS: ${why}.`)
}

function keyOf(group: { cluster: string; service: string }): string {
  return serviceKey(group.cluster, group.service)
}
