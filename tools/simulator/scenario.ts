import type { Assumptions } from './assumptions.ts'
import type { NativeCourse, NativeSeed } from './native/seeds.ts'

export type { Assumptions }

/**
 * What a simulation is made of, as plain data: the world it starts from and what will go wrong in it.
 * Times are seconds of the simulator's clock.
 */
export interface Scenario {
  name: string
  /** One sentence for `npm run rehearse -- --list`. */
  description: string
  world: World
  /** What each hook function answers on a clock nobody listens to, by function name. Absent: it never answers. */
  hookPlans: Record<string, HookPlan>
  /** How replacement task sets fare, unless their service says otherwise. */
  replacement: ReplacementPlan
  /** Alarms that go off; an alarm stays in ALARM until it is set otherwise. */
  alarms: AlarmPlan[]
  /** Calls of StopDeployment by somebody else; each is made once for each service. */
  stops?: StopPlan[]
  /** Deployments that somebody else began before the start, at most one of each service. */
  begun?: BegunDeployment[]
  /** Deployments that a person creates while the simulation runs; nothing comes of one that is refused. */
  later?: LaterDeployment[]
  /** How tasks fare that RunTask starts, one after the other, further ones as the last. Absent: they end well after 20 s. */
  oneOffTasks?: OneOffTaskPlan[]
  /** Every AppSpec is found broken when the deployment starts, whatever was sent. */
  appSpecBroken: boolean
  /** Every deployment fails in this event, with this code and message. */
  ends?: EndPlan
  /** Rollback deployments fail and leave traffic where it was. */
  rollbackFails?: boolean
  /** Somebody pointed the production listener elsewhere behind CodeDeploy's back. */
  listenerEdited?: boolean
  faults: Fault[]
  /** Reads of these operations are answered as things were so long ago; `*`: all reads. */
  behind?: { operation: string; seconds: number }[]
  /** How far the simulator's clock is ahead of its callers'; below 0: behind it. */
  clockOffsetSeconds?: number
  /** Durations that differ from `DEFAULT_TIMINGS`. */
  timings: Partial<Timings>
  /** Choices where AWS is not documented, flipped away from `DEFAULT_ASSUMPTIONS`. */
  assumptions: Partial<Assumptions>
  /** The same for services that ECS itself deploys: plans, timings and assumptions of their own. */
  native?: NativeCourse
}

export interface World {
  region: string
  account: string
  clusters: string[]
  services: ServiceSeed[]
  applications: ApplicationSeed[]
  taskDefinitions: TaskDefinitionSeed[]
  /** Lambda functions that can be hooks, by name. */
  functions: FunctionSeed[]
  /** Deployment configurations beside the five of CodeDeploy. */
  deploymentConfigs: DeploymentConfigSeed[]
  /** AppSpecs that are in S3, where deployments find them. */
  s3Objects?: { bucket: string; key: string; content: string }[]
  /** IAM roles that can be assumed with a web identity; absent: any role of the account, for up to twelve hours. */
  roles?: RoleSeed[]
  /** Whom web identity tokens may be for; absent: STS of the partition, by the name that it usually has there. */
  audiences?: string[]
}

export interface ServiceSeed {
  cluster: string
  name: string
  desiredCount: number
  controller: 'CODE_DEPLOY' | 'ECS' | 'EXTERNAL'
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  /** `family:revision` that serves at the start. */
  taskDefinition: string
  containerName: string
  containerPort: number
  /** ECS itself deploys it blue/green, linear or canary; for `controller: 'ECS'`. Without it such a service never changes. */
  native?: NativeSeed
  /** The strategy an ECS-native service would show. */
  nativeStrategy?: 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY'
  /** What its tasks run on; default FARGATE. Not with `capacityProviders`. */
  launchType?: 'FARGATE' | 'EC2' | 'EXTERNAL'
  /** Its capacity provider strategy; absent: it has a launch type. */
  capacityProviders?: { capacityProvider: string; base?: number; weight?: number }[]
  /** On Fargate; default LATEST. */
  platformVersion?: string
  /** Kind of its load balancer; default `application`. */
  loadBalancer?: 'application' | 'network'
  /** Its listeners are HTTPS (or TLS), with a certificate; real ones on loopback are HTTP all the same. */
  https?: boolean
  /** Load balancers of the service that no deployment moves. AWS makes no such service under CodeDeploy. */
  otherLoadBalancers?: { targetGroup: string; containerName: string; containerPort: number }[]
  /** In scaled mode: run its task sets and listeners as real servers on loopback. */
  serve: boolean
  /** How its replacement task sets fare; absent: as the scenario says. */
  replacement?: ReplacementPlan
  tags?: { key: string; value: string }[]
}

/** What UpdateService changes of a service beside its desired count, in its own members. */
export type ServiceSettings = Readonly<Record<string, unknown>>

export interface ApplicationSeed {
  name: string
  computePlatform: 'ECS' | 'Lambda' | 'Server'
  groups: GroupSeed[]
}

export interface GroupSeed {
  name: string
  cluster: string
  service: string
  deploymentConfig: string
  testListener: boolean
  ready: { action: 'CONTINUE_DEPLOYMENT' | 'STOP_DEPLOYMENT'; waitMinutes: number }
  terminationWaitMinutes: number
  /** Empty: automatic rollback is off. */
  rollbackOn: RollbackEvent[]
  /** CloudWatch alarm names. Empty: the group watches none. */
  alarms: string[]
  /** `ignorePollAlarmFailure` of its alarms; default false. It is shown, and no read of an alarm fails here. */
  ignoresAlarmTrouble?: boolean
}

export type RollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST'

/** A registered revision, in the members of RegisterTaskDefinition plus its number. */
export interface TaskDefinitionSeed {
  revision: number
  /** As RegisterTaskDefinition takes it: family, containerDefinitions, ... Members unknown to the SDK are kept. */
  definition: Record<string, unknown>
  tags: { key: string; value: string }[]
  status: 'ACTIVE' | 'INACTIVE'
}

export interface FunctionSeed {
  name: string
  /** In scaled mode: the module whose `handler` is run in a child process, absolute. */
  handlerFile?: string
  /** Where its output goes; default `/aws/lambda/NAME`. */
  logGroup?: string
  /** CodeDeploy's role may not invoke it. */
  denied?: boolean
}

export interface RoleSeed {
  name: string
  /** Longest session, 900 to 43200; default 3600. */
  maxSessionSeconds?: number
  /** No session lasts longer, whatever was asked for: to see one end soon. */
  sessionSeconds?: number
}

export interface DeploymentConfigSeed {
  name: string
  computePlatform: 'ECS' | 'Lambda' | 'Server'
  routing: TrafficRouting
}

export type TrafficRouting =
  | { type: 'AllAtOnce' }
  | { type: 'TimeBasedCanary'; percentage: number; intervalMinutes: number }
  | { type: 'TimeBasedLinear'; percentage: number; intervalMinutes: number }

export interface HookPlan {
  /** `none`: it returns without calling back; `throws`: it ends with an error and without calling back. */
  answer: 'Succeeded' | 'Failed' | 'none' | 'throws'
  afterSeconds: number
  log: string[]
}

export interface ReplacementPlan {
  /**
   * `unplaced`: ECS finds no place for its tasks, so none is ever started. `unhealthy`: its tasks run and fail the health
   * checks of the load balancer.
   */
  health: 'healthy' | 'never' | 'dies' | 'unplaced' | 'unhealthy'
  /** With `unplaced`: what ECS tells as the reason. */
  unplacedReason?: string
  /** With `dies`: when its tasks stop after they were healthy. */
  dies?: Occasion
  /** Why its tasks stop when it never becomes healthy, or dies. In the reasons `{task}` is the task's id, `{uuid}` another for each task. */
  stopped: { stopCode: string; stoppedReason: string; containerReason?: string; exitCode?: number }
  /** In scaled mode: the HTTP status with which its tasks answer requests. */
  answersWith: number
}

/** A task that is started by itself. */
export interface OneOffTaskPlan {
  /** From RUNNING until its main container ends, which is the first that the overrides name, else the first essential one. */
  runSeconds: number
  /** With what it ends. */
  exitCode: number
  /** What it prints, to the log that its definition names. */
  log?: string[]
  /** It never runs, and stops with this instead. */
  failsToStart?: { stopCode: string; stoppedReason: string; containerReason?: string }
  /** It is not started: RunTask answers with a failure for this reason. */
  failure?: string
}

/** So long after this lifecycle event first started; `Created` is the moment of CreateDeployment. */
export interface Occasion {
  event: string
  seconds: number
}

/** Goes off once for each service, at its first deployment that gets so far. */
export interface AlarmPlan {
  name: string
  after: Occasion
}

/** Only a deployment that is still running is stopped. */
export interface StopPlan {
  after: Occasion
  /** `autoRollbackEnabled` of the call; absent: the group decides. */
  rollback?: boolean
}

/** A hook of that event is not run. */
export interface EndPlan {
  after: Occasion
  /** `errorInformation` of the deployment. */
  code: string
  message: string
}

/** Without hooks; it goes its way as any other does. Alarms and stops of the scenario may be meant for it. */
export interface BegunDeployment extends OthersDeployment {
  /** How long before the start CreateDeployment was called. */
  secondsAgo: number
}

export interface LaterDeployment extends OthersDeployment {
  /** How long after the start CreateDeployment is called. */
  atSeconds: number
}

/** What somebody deploys who is not the one that is tested. */
export interface OthersDeployment {
  cluster: string
  service: string
  /** `family:revision` */
  taskDefinition: string
  description?: string
  /** Its AppSpec is there in S3, and not in the call. */
  s3?: { bucket: string; key: string }
}

export interface Fault {
  /** Operation name, e.g. `GetDeployment`; `*` for all. */
  operation: string
  /** How many requests it meets before it is used up; default: no end of them. A rate limit meets those it refuses. */
  count?: number
  /** Requests earlier than this do not meet it, in seconds since the simulator started; default 0. */
  fromSeconds?: number
  /** Nor do requests from this moment on; default: never over. */
  untilSeconds?: number
  kind: FaultKind
}

export type FaultKind =
  | { type: 'throttle' }
  /** Requests beyond so many a second of the simulator's clock are throttled; a second's worth can be saved up. */
  | { type: 'rate-limit'; perSecond: number }
  | { type: 'error'; code: string; message: string; httpStatus: number }
  | { type: 'server-error'; httpStatus: 500 | 503 }
  | { type: 'expired' }
  /** A request is refused unless it was signed within 5 minutes of the simulator's clock, which the answer's `Date` tells. */
  | { type: 'wrong-clock' }
  /** `resource` is the ARN in the text; default `*`. */
  | { type: 'denied'; resource?: string }
  /** The connection is cut before the request was looked at. */
  | { type: 'drop' }
  /** The request is carried out, and then the connection is cut. */
  | { type: 'drop-after-accept' }
  /** The request is carried out, and its answer comes so many seconds of the simulator's clock later. */
  | { type: 'slow'; seconds: number }
  /** The request is carried out, and its answer is a page of HTML, or cut in half, or empty. */
  | { type: 'malformed'; how: 'not-json' | 'cut' | 'empty' }

/** Seconds; what each is based on is in README.md. */
export interface Timings {
  created: number
  /** Calls about the target are refused for at least so long after CreateDeployment, and in any case until the start. */
  notStarted: number
  gap: number
  beforeInstall: number
  install: number
  afterInstall: number
  allowTestTraffic: number
  afterAllowTestTraffic: number
  beforeAllowTraffic: number
  allowTraffic: number
  afterAllowTraffic: number
  hookTimeout: number
  installTimeout: number
  alarmLag: number
  stopLag: number
  rollbackGap: number
  rollbackCreated: number
  rollbackRun: number
  drain: number
  /** An alarm that was active when the deployment started ends it so soon. */
  alarmAtStart: number
  /** From the start of an event until it fails because ECS or Lambda refused what CodeDeploy asked of it. */
  refusal: number
  /** From the moment at which the replacement's tasks die until the deployment fails of it. */
  unhealthyLag: number
  /** Answers about a deployment's target show it as it was so long ago. */
  targetLag: number
}
