import { CallError } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { type Problem, RefusedError } from '../problem.ts'

/** Why a lane could not be looked at or changed, as an error tells it. @throws what is a mistake of ours */
export function problemsIn(error: unknown): readonly Problem[] {
  if (error instanceof CallError) return [callProblem(error)]
  if (error instanceof RefusedError) return error.problems
  throw error
}
