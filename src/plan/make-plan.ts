import type { ParsedInputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import { addressProblems } from '../service/address.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { World } from '../world.ts'
import { planWithCodeDeploy } from './code-deploy-plan.ts'
import { planWithEcs } from './ecs-plan.ts'
import { Findings } from './findings.ts'
import { credentialsAreClear, type Identity, isExpectedAccount, isInExpectedAccount } from './identity.ts'
import type { ReleasePlan } from './plan.ts'
import type { EarlierLook } from './plan-of.ts'
import { hookProblems } from './preflight.ts'
import { addIfMissing, readNamedGroup, readService, readShift } from './service-and-group.ts'
import { readSources } from './sources.ts'

/** The plan of a release, or everything that speaks against it. Nothing has been written either way. */
export interface Planning {
  plan: ReleasePlan | undefined
  problems: Problem[]
  warnings: string[]
  notes: string[]
  /** What was found before a problem stopped it, for telling where the release was meant to go. */
  service: ResolvedService | undefined
  group: DeploymentGroup | undefined
}

/** Checks everything that can be checked with reads, reports every problem at once, and plans the release. */
export async function makePlan(
  parsed: ParsedInputs,
  world: World,
  identity: Promise<Identity>,
  earlier: EarlierLook,
): Promise<Planning> {
  const { inputs } = parsed
  const findings = Findings.of(parsed, world)
  const { problems, warnings, notes } = findings
  const none: Planning = { plan: undefined, service: undefined, group: undefined, problems, warnings, notes }
  // What speaks of CodeDeploy alone matters only once it is known that CodeDeploy deploys the service.
  const ofCodeDeploy = new Findings()
  const sources = await readSources(inputs, world, findings, ofCodeDeploy)
  const hooks = { ...sources.appSpecFile?.hooks, ...inputs.hooks }
  if (inputs.service !== '') findings.add(...addressProblems(inputs, world.region))
  if (!credentialsAreClear(inputs, world)) {
    findings.take(ofCodeDeploy)
    findings.add(...hookProblems(hooks, inputs, undefined))
    return none
  }
  if (!(await isExpectedAccount(inputs, identity, findings))) {
    findings.take(ofCodeDeploy)
    return none
  }

  const [reading, namedGroup, namedShift] = await Promise.all([
    readService(inputs, world, findings),
    readNamedGroup(inputs, world, ofCodeDeploy),
    readShift(inputs.deploymentConfig, world, ofCodeDeploy),
  ])
  const service = reading?.service
  const isEcs = service?.controller === 'ECS'
  if (!isEcs) findings.take(ofCodeDeploy)
  const ofHooks = hookProblems(isEcs ? inputs.hooks : hooks, inputs, service)
  findings.add(...ofHooks)
  if (service === undefined) addIfMissing(namedGroup, findings)
  if (reading === undefined || service === undefined) return none
  if (!(await isInExpectedAccount(inputs, identity, service, findings))) return none

  const found = isEcs
    ? await planWithEcs({ inputs, ...reading, sources, earlier }, world, findings)
    : await planWithCodeDeploy(
        { parsed, service, sources, hooks, namedGroup, namedShift, earlier, wellFormed: ofHooks.length === 0 },
        world,
        findings,
      )
  if (found === 'changed') return await makePlan(parsed, world, identity, earlier)
  const { plan, group } = found
  return { ...none, plan: problems.length === 0 ? plan : undefined, service: plan?.service ?? service, group }
}
