import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { ResolvedService } from '../service/service.ts'
import { containerNames, containersOf, nameOf, portsOf } from '../task-definition/containers.ts'
import type { TaskDefinition } from '../task-definition/definition.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Findings } from './findings.ts'

interface Facts {
  inputs: Inputs
  service: ResolvedService
  /** In which the input `container-name`, when it names one, is what gets the traffic. */
  appSpec: AppSpecPlan
  findings: Findings
}

/** The container of a task definition that has one only. */
export function onlyContainer(definition: TaskDefinition): string | undefined {
  const [name, ...others] = containerNames(definition)
  return others.length === 0 ? name : undefined
}

/**
 * The AppSpec with what is to get the traffic; without a load balancer, the only container. A container that `container-name` names and that has not the port is what
 * image and variables are for, as in the official render action, where what gets the traffic without that input has it.
 */
export function withTrafficContainer(
  definition: TaskDefinition,
  { inputs, service, appSpec, findings }: Facts,
): AppSpecPlan {
  if (service.container.name === '') return { ...appSpec, containerName: onlyContainer(definition) ?? '' }
  const { containerName: named, containerPort: givenPort } = inputs
  const ofService = service.otherContainers.length === 0 ? service.container.name : undefined
  const usual = appSpec.file?.containerName ?? ofService
  if (named === undefined || usual === undefined || givenPort !== undefined) return appSpec
  const ports = new Map(containersOf(definition).map((container) => [nameOf(container), portsOf(container)]))
  const port = appSpec.containerPort
  const isForTraffic = ports.get(named)?.includes(port) ?? true
  if (isForTraffic || ports.get(usual)?.includes(port) !== true) return appSpec
  findings.notes.push(
    `Container '${named}' has no port ${port}, so 'container-name' says what image and variables are for; the traffic goes to '${inSentence(usual, 100)}' as before.`,
  )
  return { ...appSpec, containerName: usual }
}
