/** The parts of an Amazon Resource Name, `arn:partition:service:region:account:resource`. */
export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  resource: string
}

/** The parts of `text`, or undefined when it is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/.exec(text)
  if (match === null) return undefined
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match
  return { partition, service, region, account, resource }
}

/** The last part of a name or ARN: `web` for `arn:aws:ecs:…:service/demo/web`, `web` for `web`. */
export function shortName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
}

/** `family:revision` of a task definition ARN, and of a `family:revision`, which stays as it is. */
export function revisionName(taskDefinition: string): string {
  return shortName(taskDefinition)
}

/** Name of a Lambda function from its name or ARN, without alias or version. Source: Lambda API Reference, FunctionName. */
export function functionName(nameOrArn: string): string {
  return /(?:^|:function:)([\w-]{1,64})(?::[\w$-]+)?$/.exec(nameOrArn)?.[1] ?? nameOrArn
}
