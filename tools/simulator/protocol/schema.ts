import { createRequire } from 'node:module'
import type { OperationSchema } from './operation.ts'

const load = createRequire(import.meta.url)

/**
 * The schema of an operation whose SDK client is loaded when the operation is first asked for: a client takes longer to
 * load than most runs of the simulator would ever spend in it.
 */
export function schemaOf(client: string, namespace: string, operation: string): OperationSchema {
  let loaded: OperationSchema | undefined
  const part = (place: 4 | 5) => {
    loaded ??= load(`@aws-sdk/client-${client}`)[`${operation}$`] as OperationSchema
    return resolve(loaded[place])
  }
  return [9, `com.amazonaws.${namespace}`, operation, 0, () => part(4), () => part(5)]
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
