import type { ControlReply, ControlRequest } from '../protocol/control-http.ts'
import { BadControlRequest, type ControlAction, type Controlled } from './action.ts'
import { addFault, advance, clearFaults, reset, setAlarm } from './actions.ts'
import { editRules, failTasks } from './native-actions.ts'
import { describeSimulator, listCalls, listHookLogs } from './views.ts'

/** What there is, by path and method. */
const ACTIONS = new Map<string, Record<string, ControlAction>>([
  ['/', { GET: describeSimulator }],
  ['/advance', { POST: advance }],
  ['/alarm', { POST: setAlarm }],
  ['/fault', { POST: addFault }],
  ['/faults', { DELETE: clearFaults }],
  ['/calls', { GET: listCalls }],
  ['/hook-logs', { GET: listHookLogs }],
  ['/rules', { POST: editRules }],
  ['/fail-tasks', { POST: failTasks }],
  ['/reset', { POST: reset }],
])

/** Answers a request to `/_sim`. Whatever is wrong with it is said in sentences, all of them at once. */
export async function answerControl(request: ControlRequest, controlled: Controlled): Promise<ControlReply> {
  const { method, path } = request
  const methods = ACTIONS.get(path)
  if (!methods) {
    const known = [...ACTIONS.keys()].map(fullPath).join(', ')
    return refusal(404, [`There is no '${fullPath(path)}'; there are ${known}.`])
  }
  const action = methods[method]
  if (!action) {
    const allow = Object.keys(methods).join(', ')
    return { ...refusal(405, [`'${fullPath(path)}' takes ${allow}; got ${method}.`]), allow }
  }
  try {
    return { httpStatus: 200, ...(await action(request, controlled)) }
  } catch (error) {
    if (error instanceof BadControlRequest) return refusal(error.httpStatus, error.sentences)
    throw error
  }
}

function refusal(httpStatus: number, problems: string[]): ControlReply {
  return { httpStatus, body: { problems } }
}

function fullPath(path: string): string {
  return path === '/' ? '/_sim' : `/_sim${path}`
}
