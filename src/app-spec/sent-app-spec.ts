import { isJsonObject, parseDocument } from '../text/document.ts'
import { type AppSpecFile, parseAppSpecFile } from './app-spec-file.ts'

/** What an AppSpec that was deployed says. */
export interface SentAppSpec {
  /** ARN or `family:revision`; undefined when it cannot be found. */
  taskDefinition: string | undefined
  /** Undefined when it is not an AppSpec as this action knows it. */
  file: AppSpecFile | undefined
}

/** Reads an AppSpec back that CodeDeploy has accepted, whoever wrote it. */
export function readBackAppSpec(text: string): SentAppSpec {
  const document = parseDocument('appspec.yaml', text)
  if (typeof document === 'string') return { taskDefinition: undefined, file: undefined }
  const [resource] = listOf(memberOf(document.root, 'resources'))
  const [target] = isJsonObject(resource) ? Object.values(resource) : []
  const taskDefinition = memberOf(memberOf(target, 'properties'), 'taskdefinition')
  return {
    taskDefinition: typeof taskDefinition === 'string' && taskDefinition !== '' ? taskDefinition : undefined,
    file: parseAppSpecFile('appspec.yaml', text).file,
  }
}

/** Keys count in any case. */
function memberOf(value: unknown, name: string): unknown {
  if (!isJsonObject(value)) return undefined
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
