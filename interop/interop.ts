/** Runs the AWS clients that are on this machine against the simulator, and prints a table. Exit code 1: one failed. */
import { parseArgs } from 'node:util'
import { awsCommandLines } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import type { Client } from './client.ts'
import { javascriptSdk } from './javascript-sdk.ts'
import { officialAction } from './official-action.ts'

const USAGE = 'npm run interop -- [--official-action DIR [--official-render-action DIR]]'

const OPTIONS = { 'official-action': { type: 'string' }, 'official-render-action': { type: 'string' } } as const

const clients = await findClients(process.argv.slice(2))
if (clients === undefined) process.exitCode = 1
else {
  const rows = await Promise.all(clients.flatMap(rowsOf))
  print([['Client', 'What', 'Result'], ...rows])
  if (rows.some(([, , result]) => result?.startsWith('FAILED'))) process.exitCode = 1
}

/** Undefined when the options are wrong, which is then said. */
async function findClients(args: string[]): Promise<Client[] | undefined> {
  let folders: Partial<Record<keyof typeof OPTIONS, string>>
  try {
    folders = parseArgs({ args, options: OPTIONS }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message.split('. ')[0] : error}. Usage: ${USAGE}\n`)
    return undefined
  }
  const deploy = folders['official-action'] ?? process.env['OFFICIAL_ACTION_DIR']
  const render = folders['official-render-action'] ?? process.env['OFFICIAL_RENDER_ACTION_DIR']
  return [...(await awsCommandLines()), await boto3(), javascriptSdk(), officialAction(deploy, render)]
}

/** Everything at once: most of it is waiting. */
function rowsOf(client: Client): Promise<string[]>[] {
  if ('skipped' in client) return [Promise.resolve([client.name, '', `skipped: ${client.skipped}`])]
  return client.checks.map(async ({ what, run }) => {
    const result = await run().then(
      (seen) => `ok: ${seen}`,
      (error: unknown) => `FAILED: ${error instanceof Error ? error.message : error}`,
    )
    return [client.name, what, result]
  })
}

function print(rows: string[][]): void {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}
