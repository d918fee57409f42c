import { type Answer, invalid, message, notFound } from './answer.ts'
import { type DescribedOperation, describedOperation } from './description.ts'
import { OPERATIONS, type Operation } from './operations.ts'
import type { Routes } from './routes.ts'
import type { Showing } from './views.ts'

/** A request as it arrived. */
export interface Arrived {
  /** `POST /repos/example/shop/deployments`. */
  line: string
  body: Record<string, unknown>
}

interface Known {
  operation: Operation
  method: string
  pattern: RegExp
  described(): DescribedOperation
}

const KNOWN: readonly Known[] = OPERATIONS.map((operation) => {
  const [method = '', template = ''] = operation.split(' ')
  const pattern = new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
  let described: DescribedOperation | undefined
  return {
    operation,
    method,
    pattern,
    described: () => {
      described ??= describedOperation(operation)
      return described
    },
  }
})

/**
 * Carries a request out, if it is as GitHub describes it, and sends back what is as GitHub describes it.
 * @param onViolation told of each thing that is not: the caller of this API is wrong, or this API is
 */
export function carryOut(
  { line, body }: Arrived,
  routes: Routes,
  showing: Showing,
  onViolation: (sentence: string) => void,
): Answer {
  const [method = '', target = ''] = line.split(' ')
  const { pathname, searchParams } = new URL(target, showing.url)
  const known = KNOWN.find((one) => one.method === method && one.pattern.test(pathname))
  if (known === undefined) {
    onViolation(`${line}: this is no call that the action is known to make.`)
    return notFound()
  }
  const found = known.pattern.exec(pathname)?.groups ?? {}
  const parameters = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, decodeURIComponent(value)]))
  const query = Object.fromEntries(searchParams)
  const described = known.described()
  const wrong = described.wrongInRequest(parameters, query, body)
  for (const one of wrong) onViolation(`${line}: ${one}`)
  if (wrong.length > 0) return invalid(wrong)

  const { owner, repo } = parameters
  const isElsewhere = owner !== undefined && `${owner}/${repo}` !== showing.repository.name
  const answer = isElsewhere ? notFound() : routes[known.operation]({ parameters, query, body }, showing)
  const wrongAnswer = described.wrongInAnswer(answer.status, answer.body)
  for (const one of wrongAnswer) onViolation(`${line}: answer ${answer.status}: ${one}`)
  if (wrongAnswer.length === 0) return answer
  return message(500, `This loopback API would answer what GitHub does not: ${wrongAnswer.join('; ')}.`)
}
