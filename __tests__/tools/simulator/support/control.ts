import { send, type WireAnswer } from './wire.ts'

/** One request to the control plane of the simulator at `url`. */
export function control(url: string, method: string, path: string, body?: unknown): Promise<WireAnswer> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  return send(`${url}/_sim${path}`, {}, text, method)
}
