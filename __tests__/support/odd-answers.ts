import type { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import type { ECSClient } from '@aws-sdk/client-ecs'
import { type Oddity, withOddity } from './odd-values.ts'

/** An oddity in what AWS answers. */
export interface OddAnswer {
  /** `*`: any. */
  operation: string
  /** Of the calls of the operation so many come before it, and so many meet it. */
  after: number
  count: number
  oddity: Oddity
}

interface HttpAnswer {
  response: { statusCode: number; body: unknown }
}

type Handle = (request: { headers: Record<string, string> }, ...rest: unknown[]) => Promise<HttpAnswer>

/** Makes the clients' answers odd, between the network and the SDK. */
export function answerOddly(
  clients: { ecs: ECSClient; codeDeploy: CodeDeployClient },
  odd: readonly OddAnswer[],
): void {
  const seen = new Map<OddAnswer, number>()
  for (const { config } of Object.values(clients)) {
    const handler = config.requestHandler as unknown as { handle: Handle }
    const handle = handler.handle.bind(handler)
    handler.handle = async (request, ...rest) => {
      const answer = await handle(request, ...rest)
      const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '')
      const due = odd.filter((one) => one.operation === '*' || one.operation === operation)
      const met = due.filter((one) => {
        const before = seen.get(one) ?? 0
        seen.set(one, before + 1)
        return before >= one.after && before < one.after + one.count
      })
      if (met.length === 0) return answer
      const document: unknown = JSON.parse((await textOf(answer.response.body)) || '{}')
      const changed = met.reduce((one, { oddity }) => withOddity(one, oddity), document)
      answer.response.body = new TextEncoder().encode(JSON.stringify(changed) ?? '')
      return answer
    }
  }
}

/** The body of an answer, which comes over a connection or has been read already. */
async function textOf(body: unknown): Promise<string> {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  const chunks: Uint8Array[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
