import type {
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  ListFunctionsRequest,
  ListFunctionsResponse,
} from '@aws-sdk/client-lambda'
import { logGroupOf } from '../function-log.ts'
import { MAX_RUN_MS } from '../hook-log.ts'
import { secretOf, uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import { SEED_AGE_MS } from '../model/lane.ts'
import { functionArn, partitionOf, roleArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { FunctionSeed } from '../scenario.ts'
import { matches, requireConstraints } from './constraints.ts'

/** Source: AWS Lambda API Reference, GetFunctionConfiguration; with the regions of every partition. */
const NAME =
  /(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso[a-z]?))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?/

/** The same with the parts that matter named. */
const PARTS =
  /^(?:arn:(?<partition>[^:]*):lambda:)?(?:(?<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<number>\d{12}):)?(?:function:)?(?<name>[\w-]+)(?::(?<inName>\$LATEST|[\w-]+))?$/

const getFunctionConfiguration = reads<GetFunctionConfigurationRequest, FunctionConfiguration>(
  schemaOf('lambda', 'lambda', 'GetFunctionConfiguration'),
  (input, account) => {
    const { seed, arn, qualifier } = requireFunction(account, input)
    return view(account, seed, arn, qualifier)
  },
)

/** Source: AWS Lambda API Reference, ListFunctions: 50 functions a page at most, whatever `MaxItems` says. */
const PAGE_SIZE = 50

const listFunctions = reads<ListFunctionsRequest, ListFunctionsResponse>(
  schemaOf('lambda', 'lambda', 'ListFunctions'),
  (input, account) => {
    const { world } = account
    const from = /^\d+$/.test(input.Marker ?? '') ? Number(input.Marker) : 0
    const size = Math.min(PAGE_SIZE, Number(input.MaxItems ?? PAGE_SIZE))
    const arnOf = (name: string) => functionArn({ region: world.region, account: world.account }, name)
    const seeds = world.functions.slice(from, from + size)
    const isLast = from + size >= world.functions.length
    return {
      Functions: seeds.map((seed) => view(account, seed, arnOf(seed.name), undefined)),
      ...(isLast ? {} : { NextMarker: String(from + size) }),
    }
  },
)

export const functionOperations: Operation[] = [getFunctionConfiguration, listFunctions]

interface FoundFunction {
  seed: FunctionSeed
  /** Qualified when the request is. */
  arn: string
  qualifier: string | undefined
}

/** By name or ARN, whole or in part, with any version or alias: a world does not say which of them there are (assumed). */
function requireFunction({ world }: Account, input: Wire<GetFunctionConfigurationRequest>): FoundFunction {
  const reference = input.FunctionName ?? ''
  requireConstraints('ValidationException', [matches('functionName', reference, NAME)])
  const parts = PARTS.exec(reference)?.groups ?? {}
  const { partition, region = world.region, number = world.account, name = '', inName } = parts
  const qualifier = inName ?? input.Qualifier
  if (inName !== undefined && input.Qualifier !== undefined && inName !== input.Qualifier) {
    const message = 'The derived qualifier from the function name does not match the specified qualifier.'
    throw new AwsError('InvalidParameterValueException', message)
  }
  const arn = functionArn({ region, account: number }, name) + (qualifier === undefined ? '' : `:${qualifier}`)
  const seed = world.functions.find((known) => known.name === name)
  const isHere =
    region === world.region && number === world.account && (partition ?? partitionOf(world)) === partitionOf(world)
  if (!seed || !isHere) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404)
  }
  return { seed, arn, qualifier }
}

/** Source: AWS Lambda API Reference, FunctionConfiguration. */
function view(
  { world, rules }: Account,
  seed: FunctionSeed,
  arn: string,
  qualifier: string | undefined,
): Wire<FunctionConfiguration> {
  return {
    FunctionName: seed.name,
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    Role: roleArn(world, `${seed.name}-role`),
    Handler: 'index.handler',
    CodeSize: 1024,
    Description: '',
    Timeout: MAX_RUN_MS / 1000,
    MemorySize: 128,
    LastModified: new Date(rules.startMs - SEED_AGE_MS).toISOString().replace('Z', '+0000'),
    CodeSha256: `${secretOf(43, 'code', seed.name)}=`,
    Version: qualifier !== undefined && /^\d+$/.test(qualifier) ? qualifier : '$LATEST',
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: uuidOf(...rules.idSeed, 'function', seed.name),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupOf(seed) },
  }
}
