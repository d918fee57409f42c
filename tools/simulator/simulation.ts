import { beginDeployments, LaterDeployments } from './begun.ts'
import type { SimulatorClock } from './clock.ts'
import { Faults } from './faults.ts'
import { Account } from './model/account.ts'
import { rulesOf } from './model/rules.ts'
import { CallRecord } from './recorded-call.ts'
import type { Scenario } from './scenario.ts'

export interface SimulationOptions {
  scenario: Scenario
  clock: SimulatorClock
  /** What ids are made from. */
  seed: number
  /** Names of hook functions that really run. */
  runningFunctions: readonly string[]
}

/** One account from its start, with what is to go wrong and what was asked of it. It can begin again. */
export class Simulation {
  readonly record = new CallRecord()
  readonly #options: SimulationOptions
  #startMs: number
  #latestMs: number
  #account: Account
  #later: LaterDeployments
  #faults: Faults

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#startMs = options.clock.now()
    this.#latestMs = this.#startMs
    this.#account = this.#newAccount()
    this.#later = new LaterDeployments(this.#account)
    this.#faults = this.#newFaults()
  }

  /** Milliseconds since 1970; never goes back, as the machine's clock may. */
  now(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#options.clock.now())
    return this.#latestMs
  }

  /** When it began, or began again. */
  get startMs(): number {
    return this.#startMs
  }

  /** With everything in it that somebody has done by now. */
  get account(): Account {
    this.#later.catchUp(this.now())
    return this.#account
  }

  /** When anything will next happen by itself, or be done by somebody, in milliseconds since 1970. */
  nextDueMs(): number | undefined {
    const due = [this.account.nextDueMs(), this.#later.nextMs].filter((atMs) => atMs !== undefined)
    return due.length === 0 ? undefined : Math.min(...due)
  }

  get faults(): Faults {
    return this.#faults
  }

  /** The scenario begins again at this moment: the clock goes on, and nothing is left of what was done before. */
  reset(): void {
    this.#startMs = this.now()
    this.#account = this.#newAccount()
    this.#later = new LaterDeployments(this.#account)
    this.#faults = this.#newFaults()
    this.record.clear()
  }

  #newAccount(): Account {
    const { scenario, seed, runningFunctions } = this.#options
    const account = new Account(rulesOf(scenario, this.#startMs, runningFunctions, seed))
    beginDeployments(account)
    return account
  }

  #newFaults(): Faults {
    return new Faults(this.#options.scenario.faults, this.#startMs)
  }
}
