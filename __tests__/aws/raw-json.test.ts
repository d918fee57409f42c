import { Readable } from 'node:stream'
import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { keepDate, keepRaw, sendRaw } from '../../src/aws/raw-json.ts'

/** A client whose requests are all answered with these chunks; what it sent is kept. */
function clientAnswering(chunks: Uint8Array[], answered: Record<string, string> = {}) {
  const sent: { body: unknown; headers: Record<string, string> }[] = []
  const ecs = new ECSClient({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    requestHandler: {
      handle: async (request: { body: unknown; headers: Record<string, string> }) => {
        sent.push(request)
        return { response: { statusCode: 200, headers: answered, body: Readable.from(chunks) } }
      },
    },
  })
  return { ecs, sent }
}

const bytes = (text: string) => new TextEncoder().encode(text)

test('a body is sent as it is, with its own length', async () => {
  const { ecs, sent } = clientAnswering([bytes('{}')])
  const command = new RegisterTaskDefinitionCommand({ family: 'ignored', containerDefinitions: [] })
  const body = { family: 'wéb', containerDefinitions: [{ name: 'web', novelty: { on: true } }], nothing: null }
  sendRaw(command, body)
  await ecs.send(command)
  expect(JSON.parse(String(sent[0]?.body))).toEqual(body)
  expect(sent[0]?.headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify(body))))
})

test('an answer is kept whole while the SDK still reads its own part, wherever it was cut in transit', async () => {
  const answer = { taskDefinition: { family: 'wéb😀', novelty: [1] }, tags: [], more: 1.5 }
  const all = bytes(JSON.stringify(answer))
  const { ecs } = clientAnswering(Array.from(all, (_, index) => all.slice(index, index + 1)))
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: 'web' })
  const kept: unknown[] = []
  keepRaw(command, (raw) => kept.push(raw))
  const read = await ecs.send(command)
  expect(kept).toEqual([answer])
  expect(read.taskDefinition?.family).toBe('wéb😀')
})

test.each(['', '{"taskDefinition": {', '<html>'])(
  'an answer that is no JSON is kept as undefined: %j',
  async (text) => {
    const { ecs } = clientAnswering([bytes(text)])
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: 'web' })
    const kept: unknown[] = []
    keepRaw(command, (raw) => kept.push(raw))
    await ecs.send(command).catch(() => undefined)
    expect(kept).toEqual([undefined])
  },
)

test.each<[string, Record<string, string>, number[]]>([
  ['is kept', { date: 'Sat, 08 Aug 2026 12:00:01 GMT' }, [Date.UTC(2026, 7, 8, 12, 0, 1)]],
  ['that is none is left out', { date: 'yesterday' }, []],
  ['that is not there is left out', {}, []],
])('a date of an answer %s', async (_name, headers, expected) => {
  const { ecs } = clientAnswering([bytes('{}')], headers)
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: 'web' })
  const kept: number[] = []
  keepDate(command, (atMs) => kept.push(atMs))
  await ecs.send(command)
  expect(kept).toEqual(expected)
})
