/** Where AWS does not document its own deployments: what is assumed, and the switch that flips it. */
export interface NativeAssumptions {
  /** A second UpdateService while a deployment runs. */
  concurrentUpdate: 'supersede' | 'queue' | 'refuse'
  /** How a deployment that was superseded ends. */
  supersededStatus: 'STOPPED' | 'ROLLBACK_SUCCESSFUL'
  /** What `lifecycleStage` says in PRE_PRODUCTION_TRAFFIC_SHIFT, which its enum does not have. */
  preProductionShown: 'as-is' | 'as-post-test'
  /** What it says while a step of LINEAR or CANARY waits. */
  stageInStepWait: 'PRODUCTION_TRAFFIC_SHIFT' | 'POST_PRODUCTION_TRAFFIC_SHIFT' | 'BAKE_TIME'
  /** What it says during a rollback. */
  stageInRollback: 'of-the-failure' | 'walks-back'
  /** What it says of a deployment that has succeeded. */
  stageWhenDone: 'CLEAN_UP' | 'absent'
  /** The two test stages of a service without a test rule. */
  noTestRule: 'stages-run' | 'stages-skipped'
  /** `requestedTestTrafficWeight` of such a service. */
  testWeightWithoutRule: 'absent' | 'zero'
  /** How long a hook that is done stays in `lifecycleHookDetails`. */
  doneHooks: 'until-the-stage-ends' | 'until-the-next-stage-ends' | 'for-ever'
  /** Where `currentServiceDeployment` is: in DescribeServices once the list has it, in every answer at once, or nowhere. */
  currentServiceDeployment: 'described' | 'always' | 'never'
  /** Whether an automatic rollback shows ROLLBACK_REQUESTED first. */
  rollbackRequestedShown: 'always' | 'on-request-only'
  /** `stopType: ABORT`. */
  abort: 'accepted' | 'refused'
  stopInCleanUp: 'accepted' | 'refused'
  /** The exception for stopping what is over. */
  stopOfTerminal: 'ConflictException' | 'InvalidParameterException'
  /** The circuit breaker, documented for rolling updates only. */
  circuitBreaker: 'works' | 'ignored'
  /** What UpdateService makes of members of `deploymentConfiguration`. */
  configurationUpdate: 'replaced' | 'merged' | 'reset'
  /** `executionId` of a function that is invoked again. */
  executionIdOnRetry: 'same' | 'new'
  /** A function that fails when it is called in a rollback. */
  rollbackHookFails: 'ignored' | 'fails-the-rollback'
  /** The update that makes a service of CodeDeploy one of ECS. */
  controllerChangeDeploys: boolean
  /** Order of ListServiceDeployments. */
  serviceDeploymentOrder: 'newest-first' | 'oldest-first'
  /** Weights where nothing is shifted: the target of a first deployment. */
  weightsWithoutShift: 'absent' | '100'
  /** A PAUSE hook in DescribeServices. */
  pauseHookDescribed: 'whole' | 'stages-only'
}

/** What the simulator takes for true where AWS says nothing; README.md lists them with the open points they answer. */
export const DEFAULT_NATIVE_ASSUMPTIONS: NativeAssumptions = {
  concurrentUpdate: 'supersede',
  supersededStatus: 'STOPPED',
  preProductionShown: 'as-is',
  stageInStepWait: 'PRODUCTION_TRAFFIC_SHIFT',
  stageInRollback: 'of-the-failure',
  stageWhenDone: 'CLEAN_UP',
  noTestRule: 'stages-run',
  testWeightWithoutRule: 'absent',
  doneHooks: 'until-the-stage-ends',
  currentServiceDeployment: 'described',
  rollbackRequestedShown: 'always',
  abort: 'accepted',
  stopInCleanUp: 'accepted',
  stopOfTerminal: 'ConflictException',
  circuitBreaker: 'works',
  configurationUpdate: 'replaced',
  executionIdOnRetry: 'same',
  rollbackHookFails: 'ignored',
  controllerChangeDeploys: true,
  serviceDeploymentOrder: 'newest-first',
  weightsWithoutShift: 'absent',
  pauseHookDescribed: 'whole',
}
