import { SIMULATION_START_MS } from '../../../../tools/simulator/clock.ts'
import { Account } from '../../../../tools/simulator/model/account.ts'
import type { Lane } from '../../../../tools/simulator/model/lane.ts'
import { rulesOf } from '../../../../tools/simulator/model/rules.ts'
import { OPERATIONS } from '../../../../tools/simulator/operations/operations.ts'
import { AwsError } from '../../../../tools/simulator/protocol/aws-error.ts'
import { inspect } from '../../../../tools/simulator/protocol/shape.ts'
import { NOTHING_REAL } from '../../../../tools/simulator/real-world.ts'
import type { Scenario } from '../../../../tools/simulator/scenario.ts'
import { APPLICATION, GROUP } from './rehearsal.ts'

const KEY = 'demo:web'

/** The operations on an account without HTTP in between, on a clock that moves when it is told to. */
export class DirectAccount {
  readonly account: Account
  /** Milliseconds since the start. */
  ms = 0

  constructor(scenario: Scenario) {
    this.account = new Account(rulesOf(scenario, SIMULATION_START_MS))
  }

  get nowMs(): number {
    return SIMULATION_START_MS + this.ms
  }

  /** What goes back on the wire: the answer, or the code of the error. An answer that does not fit its schema throws. */
  call(name: string, input: Record<string, unknown>): Answer {
    const operation = OPERATIONS.find((one) => one.name === name)
    if (!operation) throw new Error(`There is no operation ${name}.`)
    try {
      const output = operation.answer(input, this.account, this.nowMs, {
        accessKeyId: undefined,
        real: NOTHING_REAL,
      }) as Record<string, unknown> | undefined
      const { misfits, unknownMembers } = inspect(operation.output, output)
      if (misfits.length > 0 || (unknownMembers.length > 0 && !operation.keepsUnknownMembers)) {
        throw new Error(`${name} answers what does not fit: ${JSON.stringify([misfits, unknownMembers])}`)
      }
      return { name, output: output ?? {}, error: undefined, message: undefined }
    } catch (error) {
      if (error instanceof AwsError) return { name, output: {}, error: error.code, message: error.message }
      throw error
    }
  }

  setAlarm(name: string, state: 'ALARM' | 'OK'): void {
    this.account.recordForAll({ kind: 'alarm-set', atMs: this.nowMs, name, state })
  }

  create(content: string, more: Record<string, unknown> = {}): Answer {
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { content } }
    return this.call('CreateDeployment', {
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
      revision,
      ...more,
    })
  }

  get lane(): Lane {
    const lane = this.account.lane(KEY, this.nowMs)
    if (!lane) throw new Error(`There is no lane ${KEY}.`)
    return lane
  }

  /** The lane at so many seconds after the start. */
  at(seconds: number): Lane {
    this.ms = seconds * 1000
    return this.lane
  }
}

export interface Answer {
  name: string
  output: Record<string, unknown>
  /** AWS's name for it. */
  error: string | undefined
  message: string | undefined
}
