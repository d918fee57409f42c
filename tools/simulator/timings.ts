import type { Timings } from './scenario.ts'

/** Seconds of the simulator's clock. Observed unless it says otherwise; the basis of each is in README.md. */
export const DEFAULT_TIMINGS: Timings = {
  created: 3,
  notStarted: 0,
  gap: 0.25,
  beforeInstall: 0.2,
  install: 120,
  afterInstall: 0.5,
  allowTestTraffic: 0.7,
  afterAllowTestTraffic: 0.5,
  beforeAllowTraffic: 0.6,
  allowTraffic: 0.7,
  afterAllowTraffic: 0.7,
  hookTimeout: 3600,
  installTimeout: 3600,
  alarmLag: 15,
  stopLag: 5,
  rollbackGap: 0.5,
  rollbackCreated: 0.5,
  rollbackRun: 2.6,
  drain: 30,
  alarmAtStart: 0.7,
  refusal: 1,
  unhealthyLag: 5,
  targetLag: 0,
}
