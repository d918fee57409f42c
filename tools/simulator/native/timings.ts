/** Seconds of the simulator's clock; what each is based on is in README.md. */
export interface NativeTimings {
  /** From UpdateService until the deployment leaves PENDING. */
  pending: number
  /** How long ListServiceDeployments does not show a deployment yet. */
  listLag: number
  reconcile: number
  preScaleUp: number
  scaleUp: number
  postScaleUp: number
  testShift: number
  postTestShift: number
  preProductionShift: number
  /** Of each step; weights change at its start. */
  productionShift: number
  postProductionShift: number
  cleanUp: number
  /** More for each traffic stage of a network load balancer. */
  nlbExtra: number
  /** From the start of a stage until its functions are invoked. */
  hookLatency: number
  /** Until a function that answered IN_PROGRESS is invoked again, unless it says when. */
  hookCallback: number
  alarmLag: number
  /** Between two tasks that stop in a row. */
  taskFailure: number
  /** How long ROLLBACK_REQUESTED and STOP_REQUESTED are shown, and how long wrong rules go unnoticed. */
  rollbackRequested: number
  rollbackProduction: number
  rollbackTest: number
  rollbackScaleDown: number
  stageLimit: number
  deploymentLimit: number
}

export const DEFAULT_NATIVE_TIMINGS: NativeTimings = {
  pending: 0.1,
  listLag: 2,
  reconcile: 1,
  preScaleUp: 1,
  scaleUp: 60,
  postScaleUp: 1,
  testShift: 30,
  postTestShift: 1,
  preProductionShift: 1,
  productionShift: 30,
  postProductionShift: 1,
  cleanUp: 35,
  nlbExtra: 600,
  hookLatency: 1,
  hookCallback: 30,
  alarmLag: 15,
  taskFailure: 25,
  rollbackRequested: 1,
  rollbackProduction: 10,
  rollbackTest: 10,
  rollbackScaleDown: 30,
  stageLimit: 86_400,
  deploymentLimit: 2_592_000,
}
