import { expect, test } from '@jest/globals'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { expectCourse, withRehearsal } from './support/rehearsal.ts'

const ALARM_TEXT =
  'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected ' +
  'deployments have been stopped. Activated alarms: <web-5xx>'

test('S6: an alarm during the shift stops the deployment and production goes back', () =>
  withRehearsal(scenarios.alarm, async (rehearsal) => {
    const { release, deployment, to } = rehearsal
    const id = await release()
    await expectCourse(rehearsal, id, [
      [200, 'InProgress InProgress SSSSSSRP 90/10'],
      [214.99, 'InProgress InProgress SSSSSSRP 90/10'],
      [215, 'Stopped Failed SSSSSSFK 90/10'],
    ])
    const stopped = await deployment(id)
    expect(stopped.errorInformation).toEqual({ code: 'ALARM_ACTIVE', message: ALARM_TEXT })
    expect(stopped).not.toHaveProperty('rollbackInfo')
    to(215.5)
    const rollback = (await deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
    expect((await deployment(rollback)).status).toBe('Created')
    expect(await rehearsal.row(id)).toBe('Stopped Failed SSSSSSFK 90/10')
    await expectCourse(rehearsal, id, [[216, 'Stopped Failed SSSSSSFK 100/0']])
    expect(await rehearsal.taskSets()).toEqual([
      'PRIMARY web:1 2+0/2 STEADY_STATE',
      'DRAINING web:2 0+0/0 STEADY_STATE',
    ])
    await expectCourse(rehearsal, rollback, [
      [216, 'InProgress InProgress RPPPPPPP 100/0'],
      [218.6, 'Succeeded Succeeded SSSSSSSS 100/0'],
    ])
  }))

test('S6: traffic stays split when the group does not roll back on alarms', () => {
  const world = withGroup(baseScenario.world, { rollbackOn: ['DEPLOYMENT_FAILURE'] })
  return withRehearsal({ ...scenarios.alarm, world }, async (rehearsal) => {
    const id = await rehearsal.release()
    await expectCourse(rehearsal, id, [
      [215, 'Stopped Failed SSSSSSFK 90/10'],
      [9000, 'Stopped Failed SSSSSSFK 90/10'],
    ])
    expect(await rehearsal.deployment(id)).not.toHaveProperty('rollbackInfo')
  })
})

test('S6: an alarm during Install stops the deployment there', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(50)
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    await expectCourse(rehearsal, id, [
      [64.99, 'InProgress InProgress SRPPPPPP 100/0'],
      [65, 'Stopped Failed SFKKKKKK 100/0'],
    ])
    const { errorInformation } = await rehearsal.deployment(id)
    expect(errorInformation).toEqual({ code: 'ALARM_ACTIVE', message: ALARM_TEXT })
    rehearsal.to(66)
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'DRAINING web:2 0+0/0 STABILIZING'])
    const rollback = (await rehearsal.deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
    await expectCourse(rehearsal, rollback, [[68.6, 'Succeeded Succeeded SSSSSSSS 100/0']])
  }))

test('S6: an alarm that is active already stops the deployment before its first event is over', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    const id = await rehearsal.release()
    await expectCourse(rehearsal, id, [
      [3, 'InProgress InProgress RPPPPPPP 100/0'],
      [3.69, 'InProgress InProgress RPPPPPPP 100/0'],
      [3.7, 'Stopped Failed FKKKKKKK 100/0'],
      [60, 'Stopped Failed FKKKKKKK 100/0'],
    ])
    expect(await rehearsal.deployment(id)).not.toHaveProperty('rollbackInfo')
  }))

test('S6: an alarm stays active for the next deployment until it is reset', () =>
  withRehearsal(scenarios.alarm, async ({ release, deployment, simulator, to }) => {
    await release()
    to(300)
    const second = await release()
    to(310)
    expect(await deployment(second)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } })
    simulator.setAlarm('web-5xx', 'OK')
    const third = await release()
    to(1100)
    expect((await deployment(third)).status).toBe('Succeeded')
  }))

test('an alarm that is over before CodeDeploy has looked changes nothing', () =>
  withRehearsal(scenarios.success, async ({ release, deployment, simulator, to }) => {
    const id = await release()
    to(50)
    simulator.setAlarm('web-5xx', 'ALARM')
    to(60)
    simulator.setAlarm('web-5xx', 'OK')
    to(800)
    expect((await deployment(id)).status).toBe('Succeeded')
  }))

test('an alarm can still roll back while the original waits for its termination', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(500)
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    await expectCourse(rehearsal, id, [
      [515, 'Stopped Failed SSSSSSSS 0/100'],
      [516, 'Stopped Failed SSSSSSSS 100/0'],
    ])
    expect(await rehearsal.taskSets()).toEqual([
      'PRIMARY web:1 2+0/2 STEADY_STATE',
      'DRAINING web:2 0+0/0 STEADY_STATE',
    ])
  }))

test('every alarm that is active is named, as it was when the deployment started', () => {
  const world = withGroup(baseScenario.world, { alarms: ['web-5xx', 'web-latency', 'web-idle'] })
  return withRehearsal({ ...baseScenario, world }, async ({ release, deployment, simulator, to }) => {
    simulator.setAlarm('web-latency', 'ALARM')
    simulator.setAlarm('web-5xx', 'ALARM')
    const id = await release()
    to(3.2)
    simulator.setAlarm('web-latency', 'OK')
    to(4)
    expect((await deployment(id)).errorInformation?.message).toMatch(/ Activated alarms: <web-latency> <web-5xx>$/)
  })
})
