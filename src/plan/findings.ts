import { CallError } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import type { ServiceError } from '../aws/service-error.ts'
import type { ParsedInputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import type { World } from '../world.ts'

/** What the checks of a release found: what stops it, what to warn of, and what to mention. */
export class Findings {
  readonly problems: Problem[]
  readonly warnings: string[] = []
  readonly notes: string[] = []

  constructor(problems: readonly Problem[] = []) {
    this.problems = [...problems]
  }

  /** What is known before anything is asked: why nothing may be, and what the inputs say. */
  static of({ problems, warnings, notes }: ParsedInputs, { obstacles }: Pick<World, 'obstacles'>): Findings {
    const findings = new Findings([...obstacles, ...problems])
    findings.warnings.push(...warnings)
    findings.notes.push(...notes)
    return findings
  }

  /** Takes over what another look has found. */
  take({ problems, warnings, notes }: Findings): void {
    this.add(...problems)
    this.warnings.push(...warnings)
    this.notes.push(...notes)
  }

  /** Adds problems. What stops every call alike, such as expired credentials, is told once. */
  add(...problems: readonly Problem[]): void {
    for (const problem of problems) {
      const isGeneral = problem.reason === 'credentials' || problem.reason === 'unreachable'
      if (isGeneral && this.problems.some(({ reason }) => reason === problem.reason)) continue
      this.problems.push(problem)
    }
  }

  /**
   * The answer of a call, or undefined with the problem added.
   * @param explain turns an error that says something about the call's subject into a problem, or has it ignored; any
   *   other error is told as it is
   */
  async answerOf<Answer>(
    call: Promise<Answer>,
    explain: (error: ServiceError) => Problem | 'ignore' | undefined = () => undefined,
  ): Promise<Answer | undefined> {
    try {
      return await call
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const explained = explain(error.serviceError)
      if (explained !== 'ignore') this.add(explained ?? callProblem(error))
      return undefined
    }
  }
}
