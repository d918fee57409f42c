import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { drainServer, KEEP_ALIVE_MS, listenOnLoopback, urlOf } from '../protocol/http.ts'

/** What a task says about itself. */
export interface TaskIdentity {
  service: string
  image: string
  /** `family:revision`. */
  taskDefinition: string
  taskSet: string
}

export interface TaskServer {
  url: string
  /** For requests to it: connections are used again. */
  agent: Agent
  /** Lets running requests finish. */
  close(): Promise<void>
}

/** The tasks of one task set as one server on loopback. It answers every request with who it is. */
export async function startTaskServer(identity: TaskIdentity, httpStatus: number): Promise<TaskServer> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    request.resume().once('end', () => answer(identity, httpStatus, request, response))
  })
  await listenOnLoopback(server, 0)
  return {
    url: urlOf(server),
    agent,
    close: () => {
      agent.destroy()
      return drainServer(server)
    },
  }
}

function answer(identity: TaskIdentity, httpStatus: number, request: IncomingMessage, response: ServerResponse): void {
  const wantsPage = request.headers.accept?.includes('text/html') ?? false
  const headers = {
    'content-type': wantsPage ? 'text/html; charset=utf-8' : 'application/json',
    'cache-control': 'no-store',
  }
  response.writeHead(httpStatus, headers).end(wantsPage ? pageOf(identity, httpStatus) : JSON.stringify(identity))
}

/** It reloads itself, so that a person watching sees production move. */
function pageOf(identity: TaskIdentity, httpStatus: number): string {
  const revision = Number(identity.taskDefinition.split(':')[1])
  const rows = Object.entries(identity).map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="1">
<title>${escapeHtml(identity.taskDefinition)}</title>
<style>
  body { font: 1.2rem/1.6 system-ui, sans-serif; margin: 4rem; background: hsl(${(revision * 137) % 360} 60% 92%); }
  h1 { font-size: 3rem; }
  dt { color: #555; float: left; clear: left; width: 10rem; }
</style>
<h1>${escapeHtml(identity.taskDefinition)}${httpStatus === 200 ? '' : ` answers ${httpStatus}`}</h1>
<dl>${rows.join('')}</dl>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
