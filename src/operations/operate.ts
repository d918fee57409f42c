import type { ParsedInputs } from '../inputs/inputs.ts'
import type { Operation } from '../inputs/operation.ts'
import { preview } from '../previews/preview.ts'
import { withClockNews } from '../release/clock-news.ts'
import { Progress } from '../release/progress.ts'
import { release } from '../release/release.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'
import { plan } from './plan.ts'
import { promote } from './promote.ts'
import { rollback } from './rollback.ts'
import { stop } from './stop.ts'
import { watch } from './watch.ts'

const OPERATIONS: Record<Operation, (parsed: ParsedInputs, world: ReleaseWorld) => Promise<Release>> = {
  release,
  plan,
  watch,
  stop,
  promote,
  rollback,
  preview,
}

/** Does what the input `operation` asks for. The answer's `status` says how it ended. */
export async function operate(parsed: ParsedInputs, world: ReleaseWorld): Promise<Release> {
  const { inputs, problems, operationIsUnknown } = parsed
  if (operationIsUnknown) return Progress.begin(inputs, world).end('refused', { problems: [...problems] })
  return await OPERATIONS[parsed.inputs.operation](parsed, withClockNews(world))
}
