import { createRequire } from 'node:module'
import type { OperationSchema } from './operation.ts'

const load = createRequire(import.meta.url)

/**
 * The schema of an operation whose SDK client is loaded when the operation is first asked for: a client takes longer to
 * load than most runs of the simulator would ever spend in it.
 */
export function schemaOf(client: string, namespace: string, operation: string): OperationSchema {
  const loaded = (): OperationSchema => load(`@aws-sdk/client-${client}`)[`${operation}$`]
  return [9, `com.amazonaws.${namespace}`, operation, 0, () => resolve(loaded()[4]), () => resolve(loaded()[5])]
}

export function codeDeploySchema(operation: string): OperationSchema {
  return schemaOf('codedeploy', 'codedeploy', operation)
}

export function ecsSchema(operation: string): OperationSchema {
  return schemaOf('ecs', 'ecs', operation)
}

function resolve(reference: unknown): unknown {
  return typeof reference === 'function' ? reference() : reference
}
