import type { Resource, Template } from './template.ts'

/** Which property of a resource is its name, and so what `Ref` gives. */
const NAMES: Record<string, string> = {
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::CodeDeploy::Application': 'ApplicationName',
  'AWS::CodeDeploy::DeploymentGroup': 'DeploymentGroupName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
}

type Mapping = Record<string, unknown>

/** A template with its parameters given: what its values come to. */
export class Stack {
  readonly #template: Template
  readonly #given: Record<string, string | number>

  constructor(template: Template, given: Record<string, string | number> = {}) {
    this.#template = template
    this.#given = given
  }

  /** `AWS::IAM::Role release-web`: the names that it gives, each of which an account has once. */
  names(): string[] {
    return Object.entries(NAMES).flatMap(([type, property]) =>
      [...this.ofType(type).values()].flatMap((properties) => {
        const name = properties[property]
        return name === undefined ? [] : [`${type} ${name}`]
      }),
    )
  }

  /** Every resource of a type that this stack has, by its logical name, with its properties' values. */
  ofType(type: string): Map<string, Mapping> {
    const all = Object.entries(this.#template.Resources).filter(
      ([, resource]) => resource.Type === type && (resource.Condition === undefined || this.#holds(resource.Condition)),
    )
    return new Map(all.map(([name, { Properties }]) => [name, this.value(Properties) as Mapping]))
  }

  /** The only resource of a type. */
  only(type: string): Mapping {
    const [first, ...others] = this.ofType(type).values()
    if (first === undefined || others.length > 0) throw new Error(`There is not exactly one ${type}.`)
    return first
  }

  /** Members whose value is AWS::NoValue are left out. */
  value(of: unknown): unknown {
    if (Array.isArray(of)) return of.map((each) => this.value(each)).filter((each) => each !== undefined)
    if (typeof of !== 'object' || of === null) return of
    const [[name, member] = ['', undefined], ...others] = Object.entries(of)
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return this.#call(name, member)
    const values = Object.entries(of).map(([key, each]) => [key, this.value(each)] as const)
    return Object.fromEntries(values.filter(([, each]) => each !== undefined))
  }

  #call(name: string, argument: unknown): unknown {
    if (name === 'Ref') return this.#reference(String(this.value(argument)))
    if (name === 'Fn::Sub') return this.#text(argument)
    const list = argument as unknown[]
    if (name === 'Fn::If') return this.value(this.#holds(String(list[0])) ? list[1] : list[2])
    const values = this.value(list) as unknown[]
    switch (name) {
      case 'Fn::GetAtt':
        return this.#attribute(String(values[0]), String(values[1]))
      case 'Fn::Select':
        return (values[1] as unknown[])[Number(values[0])]
      case 'Fn::Split':
        return String(values[1]).split(String(values[0]))
      case 'Fn::Equals':
        return String(values[0]) === String(values[1])
      case 'Fn::Not':
        return !values[0]
      default:
        throw new Error(`There is no answer to ${name} here.`)
    }
  }

  #holds(condition: string): boolean {
    return this.value(this.#template.Conditions[condition]) === true
  }

  #reference(name: string): unknown {
    const pseudo: Mapping = {
      Region: 'us-east-1',
      AccountId: '123456789012',
      Partition: 'aws',
      URLSuffix: 'amazonaws.com',
      NoValue: undefined,
    }
    if (name.startsWith('AWS::')) return pseudo[name.slice(5)]
    const parameter = this.#template.Parameters[name]
    if (parameter === undefined) return this.#nameOf(name)
    const value = this.#given[name] ?? parameter.Default ?? `<${name}>`
    return /^(List<|CommaDelimitedList)/.test(parameter.Type) ? String(value).split(',') : value
  }

  #nameOf(logicalName: string): string {
    const { Type, Properties } = this.#resource(logicalName)
    if (Type === 'AWS::ECS::TaskDefinition') {
      return `arn:aws:ecs:us-east-1:123456789012:task-definition/${this.value(Properties['Family'])}:1`
    }
    return String(this.value(Properties[NAMES[Type] ?? '']) ?? logicalName)
  }

  #attribute(logicalName: string, attribute: string): string {
    const { Type } = this.#resource(logicalName)
    const name = this.#nameOf(logicalName)
    if (attribute === 'Arn' && Type === 'AWS::IAM::Role') return `arn:aws:iam::123456789012:role/${name}`
    if (attribute === 'Arn' && Type === 'AWS::Lambda::Function') {
      return `arn:aws:lambda:us-east-1:123456789012:function:${name}`
    }
    return attribute.endsWith('Name') && NAMES[Type] !== undefined ? name : `${logicalName}.${attribute}`
  }

  #resource(logicalName: string): Resource {
    const resource = this.#template.Resources[logicalName]
    if (resource === undefined) throw new Error(`There is no resource '${logicalName}'.`)
    return resource
  }

  #text(argument: unknown): string {
    const [text, own] = Array.isArray(argument) ? (argument as [string, Mapping]) : [String(argument), {}]
    return text.replace(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_, name: string, attribute?: string) => {
      if (Object.hasOwn(own, name)) return String(this.value(own[name]))
      return String(attribute === undefined ? this.#reference(name) : this.#attribute(name, attribute))
    })
  }
}
