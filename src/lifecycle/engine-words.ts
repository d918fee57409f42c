import type { FinishLine } from '../inputs/choices.ts'
import type { FaultWords } from './fault.ts'
import type { LifecycleStep } from './step.ts'

/** Where deployments are made, as far as sentences, commands and addresses name it. */
export interface DeploymentPlace {
  region: string | undefined
  service: { partition: string; region: string; account: string; clusterName: string; name: string } | undefined
  group: { application: string; name: string } | undefined
}

/** Ids of deployments, as people see them. */
export interface IdWords {
  /** In a sentence. */
  shown(deploymentId: string): string
  /** In outputs and the report: whole, and of a rollback that is a part of its deployment, that of the deployment. */
  whole(deploymentId: string): string
  /** Of a rollback; undefined when it is a part of its deployment and has none. */
  ofRollback(deploymentId: string | undefined): string | undefined
}

/** Commands and addresses of the console. */
export interface Ways {
  /** Undefined in a partition whose console is not known. */
  deploymentUrl(deploymentId: string, place: DeploymentPlace): string | undefined
  /** All deployments. */
  deploymentsUrl(place: DeploymentPlace): string | undefined
  /** Shows one. */
  look(deploymentId: string, place: DeploymentPlace): string
  /** Lists them; undefined where the place is not known. */
  list(place: DeploymentPlace): string | undefined
  /** Stops one with rollback. */
  stop(deploymentId: string, place: DeploymentPlace): string
  /**
   * Lets one go on that waits for somebody, with `HOOK` for the id of what it waits at; undefined where the operation
   * `promote` is all that is told.
   */
  goOn(deploymentId: string, place: DeploymentPlace): string | undefined
  /** What stands in a command for an id that is not known, and what it is: `ID`, `its id`. */
  unknownId: { slot: string; meaning: string }
  /** How one that was started without an answer is known among others. */
  knownBy: string
}

/**
 * The words of an engine: what people read of its deployments. Nothing is decided by them. What an engine names with
 * words of its own (events, statuses) is in its readings.
 */
export interface EngineWords {
  /** Who deploys. */
  service: string
  /** What its deployments go through: `lifecycle event`. */
  event: string
  /** Its name of a step. */
  nameOf(step: LifecycleStep): string
  /** The events that can have functions, in the order in which they run. */
  hookEvents: readonly string[]
  /** What serves when a deployment begins, with its article, and what it brings up. */
  original: string
  replacement: string
  bothSides: string
  /** Whose revision ECS tells where the shares of production cannot be seen. */
  primary: string
  /** Where a deployment waits for somebody, when it is not known more exactly: "waits at …". @param event where that is */
  heldAt(event?: string): string
  terminationWait: string
  /** Beside the status of a deployment that has moved production and has not ended. */
  isInTerminationWait: string
  /** What a deployment keeps busy: `deployment group`. */
  busyPart: string
  /** The same with its name. */
  placeName(place: Pick<DeploymentPlace, 'service' | 'group'>): string
  /** The same as a part of the service with this label. */
  placeOf(serviceLabel: string): string
  /** How its settings are headed, in the log and in the summary. */
  settingsLabel(place: Pick<DeploymentPlace, 'service' | 'group'>): string
  settingsTitle: string
  /** What a plan does to begin a deployment of this. */
  startWrite(what: string, place: Pick<DeploymentPlace, 'service' | 'group'>): string
  /** A document of its own says what is to be deployed. */
  hasAppSpec: boolean
  /** The calls that start and stop a deployment. */
  startCall: string
  stopCall: string
  /** What is done once an answer to the start was lost, as a sentence. */
  lookingForStarted: string
  /** What is waited for, as the rest of "waiting for …". */
  waitingFor: Record<'provisioning' | 'ready' | 'shift' | 'between' | 'unseen' | 'termination' | 'rollback', string>
  /** What a release waits until, by its finish line: "Waiting until …". */
  until: Record<Exclude<FinishLine, 'nothing'>, string>
  /** A hook whose function cannot be running any more. */
  overdueHook: {
    /** What is waited for then, as the rest of "Still waiting for …"; undefined: for its answer. */
    waitingFor(hookFunction: string, event: string): string | undefined
    /** Told once. @param calledAtMs when it was called, by the service's clock; undefined when that was not seen */
    sentence(hookFunction: string, event: string, calledAtMs: number | undefined): string
  }
  /** How the times of events are known, where that is less than exact. */
  aboutTimes: string
  /** Where it would be set that this is rolled back, for "no setting asks for one after this (…)". */
  rollbackSettings: string
  /** What a firing alarm does to the next deployment: "while it is in ALARM, …". */
  whileInAlarm: string
  /** What it takes to deploy once more without alarms: "Deploying once more with alarms off for this deployment…". */
  withoutAlarms: string
  ids: IdWords
  ways: Ways
  faults: FaultWords
  /** Outputs that only its deployments have. @param deploymentId empty while there is none */
  outputs(deploymentId: string): Record<string, string>
}
