import { serviceKey } from '../names.ts'
import { MAX_SECONDS, readFault } from '../world-file/fault-section.ts'
import { BadControlRequest, type ControlAction, readBodyOf } from './action.ts'
import { clockView, faultView } from './views.ts'

/** Shorter than anything that happens. */
const MIN_ADVANCE_SECONDS = 0.001

/** Moves the clock forward; listeners and hooks have followed when it answers. */
export const advance: ControlAction = (request, controlled) => {
  const seconds = readBodyOf(request, (body) => {
    const wanted = body.number('seconds', MIN_ADVANCE_SECONDS, MAX_SECONDS, { required: true })
    body.done()
    return wanted
  })
  const { clock } = controlled
  if (!clock) throw new BadControlRequest(["This simulator's clock is moved by whoever started it."], 409)
  clock.advance(seconds)
  return { body: { clock: clockView(controlled) } }
}

/** Sets an alarm. Any name can be set, since a deployment may watch alarms of its own. */
export const setAlarm: ControlAction = (request, controlled) => {
  const alarm = readBodyOf(request, (body) => {
    const name = body.text('name', { required: true })
    const state = body.choice('state', ['ALARM', 'OK'], { required: true })
    body.done()
    return name !== undefined && state ? { name, state } : undefined
  })
  controlled.simulator.setAlarm(alarm.name, alarm.state)
  const watchedBy = controlled.scenario.world.applications.flatMap((application) =>
    application.groups
      .filter((group) => group.alarms.includes(alarm.name))
      .map((group) => `${application.name}/${group.name}`),
  )
  const services = controlled.scenario.world.services.filter(
    ({ native }) => native?.deploymentConfiguration.alarms?.alarmNames?.includes(alarm.name) ?? false,
  )
  const native = services.map(({ cluster, name }) => serviceKey(cluster, name))
  return { body: { ...alarm, watchedBy: [...watchedBy, ...native] } }
}

export const addFault: ControlAction = (request, { simulator, clock }) => {
  const fault = readBodyOf(request, readFault)
  if (fault.kind.type === 'slow' && !clock) {
    throw new BadControlRequest(["A slow answer needs a clock of the simulator's own."], 409)
  }
  simulator.addFault(fault)
  return { body: { fault: faultView(fault) } }
}

export const clearFaults: ControlAction = (_, { simulator, simulation }) => {
  const cleared = simulation.faults.waiting(simulation.now()).length
  simulator.clearFaults()
  return { body: { cleared } }
}

export const reset: ControlAction = async (_, controlled) => {
  await controlled.simulator.reset()
  return { body: { clock: clockView(controlled) } }
}
