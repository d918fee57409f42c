import { describe, expect, test } from '@jest/globals'
import { parseAppSpecFile } from '../../src/app-spec/app-spec-file.ts'

function read(text: string, path = 'appspec.yaml') {
  const { file, problems, warnings, notes } = parseAppSpecFile(path, text)
  const wrong = problems.map(({ sentence }) => sentence.replace(`AppSpec file '${path}' `, ''))
  return { file, warnings, notes, wrong }
}

/** An AppSpec of nothing but what is required, with more `properties` and `members`, as flow mappings. */
function minimal(properties = '', members = ''): string {
  return `Resources: [{TargetService: {Type: "AWS::ECS::Service", Properties: {TaskDefinition: x${properties}}}}]\n${members}`
}

const NOTHING = {
  resourceName: 'TargetService',
  containerName: undefined,
  containerPort: undefined,
  otherLoadBalancerMembers: {},
  otherResourceMembers: {},
  otherProperties: {},
  hooks: {},
  otherMembers: {},
}

/** The example of the CodeDeploy User Guide, "AppSpec file example for an Amazon ECS deployment". */
const GUIDE = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "arn:aws:ecs:us-east-1:111222333444:task-definition/my-task-definition-family-name:1"
        LoadBalancerInfo:
          ContainerName: "SampleApplicationName"
          ContainerPort: 80
# Optional properties
        PlatformVersion: "LATEST"
        NetworkConfiguration:
          AwsvpcConfiguration:
            Subnets: ["subnet-1234abcd","subnet-5678abcd"]
            SecurityGroups: ["sg-12345678"]
            AssignPublicIp: "ENABLED"
        CapacityProviderStrategy:
          - Base: 1
            CapacityProvider: "FARGATE_SPOT"
            Weight: 2
          - Base: 0
            CapacityProvider: "FARGATE"
            Weight: 1
Hooks:
  - BeforeInstall: "LambdaFunctionToValidateBeforeInstall"
  - AfterInstall: "LambdaFunctionToValidateAfterInstall"
  - AfterAllowTestTraffic: "LambdaFunctionToValidateAfterTestTrafficStarts"
  - BeforeAllowTraffic: "LambdaFunctionToValidateBeforeAllowingProductionTraffic"
  - AfterAllowTraffic: "LambdaFunctionToValidateAfterAllowingProductionTraffic"
`

const KEYS = [
  ...['Resources', 'Type', 'Properties', 'TaskDefinition', 'LoadBalancerInfo', 'ContainerName', 'ContainerPort'],
  ...['PlatformVersion', 'NetworkConfiguration', 'AwsvpcConfiguration', 'Subnets', 'SecurityGroups', 'AssignPublicIp'],
  ...['CapacityProviderStrategy', 'Base', 'CapacityProvider', 'Weight', 'Hooks'],
]

const FROM_GUIDE = {
  resourceName: 'TargetService',
  containerName: 'SampleApplicationName',
  containerPort: 80,
  otherLoadBalancerMembers: {},
  otherResourceMembers: {},
  otherProperties: {
    PlatformVersion: 'LATEST',
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: ['subnet-1234abcd', 'subnet-5678abcd'],
        SecurityGroups: ['sg-12345678'],
        AssignPublicIp: 'ENABLED',
      },
    },
    CapacityProviderStrategy: [
      { Base: 1, CapacityProvider: 'FARGATE_SPOT', Weight: 2 },
      { Base: 0, CapacityProvider: 'FARGATE', Weight: 1 },
    ],
  },
  hooks: {
    BeforeInstall: 'LambdaFunctionToValidateBeforeInstall',
    AfterInstall: 'LambdaFunctionToValidateAfterInstall',
    AfterAllowTestTraffic: 'LambdaFunctionToValidateAfterTestTrafficStarts',
    BeforeAllowTraffic: 'LambdaFunctionToValidateBeforeAllowingProductionTraffic',
    AfterAllowTraffic: 'LambdaFunctionToValidateAfterAllowingProductionTraffic',
  },
  otherMembers: {},
}

describe('an AppSpec file', () => {
  test('is read as the guide writes it', () => {
    expect(read(GUIDE)).toEqual({ file: FROM_GUIDE, warnings: [], notes: [], wrong: [] })
  })

  test('may begin with a byte order mark and have Windows line ends', () => {
    expect(read(`\ufeff${GUIDE.replaceAll('\n', '\r\n')}`)).toEqual({
      file: FROM_GUIDE,
      warnings: [],
      notes: [],
      wrong: [],
    })
  })

  test('may have its keys in any case', () => {
    const lower = KEYS.reduce((text, key) => text.replaceAll(`${key}:`, `${key.toLowerCase()}:`), GUIDE)
    expect(lower).not.toMatch(/^ *[A-Z]\w+:/m)
    expect(read(lower)).toEqual({ file: FROM_GUIDE, warnings: [], notes: [], wrong: [] })
  })

  test.each(['appspec.json', 'appspec.yaml', 'appspec'])('may be JSON, as %s', (path) => {
    const text = JSON.stringify(
      {
        version: 0.0,
        Resources: [
          {
            TargetService: {
              Type: 'AWS::ECS::Service',
              Properties: { TaskDefinition: null, LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 } },
            },
          },
        ],
        Hooks: [{ AfterInstall: 'hook' }],
      },
      undefined,
      '\t',
    )
    expect(read(text, path)).toEqual({
      file: { ...NOTHING, containerName: 'web', containerPort: 8080, hooks: { AfterInstall: 'hook' } },
      warnings: [],
      notes: [],
      wrong: [],
    })
  })

  test.each([
    ['only what is required', minimal()],
    ['null where something is optional', minimal(', LoadBalancerInfo: , PlatformVersion: ~', 'Hooks:\n')],
    ['empty lists and mappings', minimal(', LoadBalancerInfo: {}', 'Hooks: []\n')],
    ['version 0', minimal('', 'version: 0\n')],
    ["version '0.0'", minimal('', "version: '0.0'\n")],
  ])('may have %s', (_, text) => {
    expect(read(text)).toEqual({ file: NOTHING, warnings: [], notes: [], wrong: [] })
  })

  test.each([
    ['1', minimal('', 'version: 1\n')],
    ['1.0', minimal('', 'version: 1.0\n')],
    ['1', minimal('', "version: '1'\n")],
    ['latest', minimal('', 'version: latest\n')],
    ['1', '{"version": 1, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {}}}]}'],
    ['1', '{"version": "1", "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {}}}]}'],
  ])('may have the version %s, with a note: %s', (version, text) => {
    const { file, notes, wrong } = read(text)
    expect({ file, wrong }).toEqual({ file: NOTHING, wrong: [] })
    expect(notes).toEqual([
      expect.stringContaining(`has 'version: ${version}'; 0.0, the one that is documented, is sent`),
    ])
  })

  test('keeps the name of its resource, and may use anchors', () => {
    const text = `x: &function hook\nResources: [{"My Service": {Type: AWS::ECS::Service, Properties: {}}}]\nHooks: [{AfterInstall: *function}]`
    expect(read(text).file).toMatchObject({ resourceName: 'My Service', hooks: { AfterInstall: 'hook' } })
  })

  test('may give several hooks in one item', () => {
    expect(read(minimal('', 'Hooks:\n- BeforeInstall: a\n  AfterInstall: " b "\n')).file?.hooks).toEqual({
      BeforeInstall: 'a',
      AfterInstall: 'b',
    })
  })

  test('keeps keys that CodeDeploy does not document, with a note', () => {
    const text = minimal(
      ', novelty: {a: [b]}, NetworkConfiguration: {awsvpcconfiguration: {Odd: c}}',
      'Top: {d: e}\n__proto__: {f: g}\n',
    )
    const { file, warnings } = read(text)
    expect(file?.otherProperties).toEqual({
      novelty: { a: ['b'] },
      NetworkConfiguration: { AwsvpcConfiguration: { Odd: 'c' } },
    })
    expect(Object.entries(file?.otherMembers ?? {})).toEqual([
      ['Top', { d: 'e' }],
      ['__proto__', { f: 'g' }],
    ])
    expect(warnings).toEqual(
      ['Top', '__proto__', 'Properties.novelty', 'NetworkConfiguration.AwsvpcConfiguration.Odd'].map(
        (key) => `AppSpec file 'appspec.yaml' has '${key}', which CodeDeploy does not document; it is passed on.`,
      ),
    )
  })

  test('keeps a key beside Type and Properties', () => {
    const text = `Resources: [{TargetService: {Type: "AWS::ECS::Service", Novelty: kept, Properties: {}}}]`
    expect(JSON.stringify(read(text).file)).toContain('kept')
  })

  test('keeps or mentions a key beside ContainerName and ContainerPort', () => {
    const { file, warnings } = read(
      minimal(', LoadBalancerInfo: {ContainerName: web, ContainerPort: 80, Novelty: kept}'),
    )
    expect([JSON.stringify(file), ...warnings].join()).toContain('Novelty')
  })
})

describe('an AppSpec file is refused', () => {
  const resource = (content: string) => `Resources: [{T: ${content}}]`

  test.each<[string, string, string[]]>([
    [
      'with YAML that cannot be read',
      'a: [',
      ['is not valid YAML: unexpected end of the stream within a flow collection (line 1, column 5).'],
    ],
    ['with a list', '- a', ['must hold a mapping; it holds a list.']],
    ['without resources', 'version: 0.0', ["must have 'Resources' with exactly one resource; it has 0."]],
    [
      'with resources that are no list',
      'Resources: {TargetService: {Type: "AWS::ECS::Service", Properties: {}}}',
      ["must have 'Resources' with exactly one resource; it has 0."],
    ],
    [
      'with two resources',
      'Resources: [{A: {Type: "AWS::ECS::Service", Properties: {}}, B: {}}]',
      ["must have 'Resources' with exactly one resource; it has 2."],
    ],
    [
      'with a type in another case, and without properties',
      resource('{Type: aws::ecs::service}'),
      [
        "must have a resource with 'Type: AWS::ECS::Service'; got 'aws::ecs::service'.",
        "must have 'Properties' as a mapping; it has nothing.",
      ],
    ],
    [
      'when it is for another platform',
      'version: 0.0\nResources: [{f: {Type: "AWS::Lambda::Function", Properties: {Name: f}}}]',
      ["must have a resource with 'Type: AWS::ECS::Service'; got 'AWS::Lambda::Function'."],
    ],
    ['with a list as version', minimal('', 'version: [0.0]\n'), ["must have 'version: 0.0'; got a list."]],
    [
      'with a list as load balancer',
      minimal(', LoadBalancerInfo: [{ContainerName: web}]'),
      ["must have 'LoadBalancerInfo' as a mapping, not a list."],
    ],
    ...['0', '65536', '80.5', 'http', '-80', '""'].map((port): [string, string, string[]] => [
      `with the port ${port}`,
      minimal(`, LoadBalancerInfo: {ContainerPort: ${port}}`),
      [`must have a port number as 'ContainerPort'; got '${port === '""' ? '' : port}'.`],
    ]),
    [
      'with a mapping of hooks',
      minimal('', 'Hooks: {AfterInstall: f}'),
      ["must have 'Hooks' as a list of 'Event: function', not a mapping."],
    ],
    [
      'with a hook in another case',
      minimal('', 'Hooks: [{afterInstall: f}]'),
      ["has a hook for 'afterInstall', which CodeDeploy never runs; write 'AfterInstall'."],
    ],
    [
      'with a hook at an event that has none, or a typing mistake',
      minimal('', 'Hooks: [{AllowTraffic: f}, AfterInstal, {__proto__: f}]'),
      ['AllowTraffic', 'AfterInstal', '__proto__'].map(
        (event) =>
          `has a hook for '${event}', which CodeDeploy never runs; use one of BeforeInstall, AfterInstall, AfterAllowTestTraffic, BeforeAllowTraffic, AfterAllowTraffic.`,
      ),
    ],
    [
      'with a hook that is a list',
      minimal('', 'Hooks: [[AfterInstall], {AfterInstall: f}]'),
      ["must have 'Hooks' as a list of 'Event: function'; one of them is a list."],
    ],
    [
      'with hooks that have no function',
      minimal('', 'Hooks: [{BeforeInstall: ""}, {AfterInstall: }, {BeforeAllowTraffic: [f]}, AfterAllowTraffic]'),
      ['BeforeInstall', 'AfterInstall', 'BeforeAllowTraffic', 'AfterAllowTraffic'].map(
        (event) => `has no function for the hook '${event}'; give a Lambda function name or ARN.`,
      ),
    ],
    [
      'with a hook twice',
      minimal('', 'Hooks: [{AfterInstall: f}, {AfterInstall: g}]'),
      ["has the hook 'AfterInstall' more than once; each runs one function."],
    ],
    [
      'with everything that is wrong at once',
      'version: {}\nResources: []\nHooks: x',
      [
        "must have 'version: 0.0'; got a mapping.",
        "must have 'Resources' with exactly one resource; it has 0.",
        "must have 'Hooks' as a list of 'Event: function', not a text.",
      ],
    ],
  ])('%s', (_, text, wrong) => {
    expect(read(text)).toEqual({ file: undefined, warnings: [], notes: [], wrong })
  })

  test('when what should be a text is an object that cannot become one', () => {
    const odd = '{"toString": 1, "valueOf": 2}'
    const { wrong } = read(`{"version": ${odd}, "Resources": [{"f": {"Type": ${odd}}}], "Hooks": [[${odd}]]}`)
    expect(wrong).toEqual([
      "must have 'version: 0.0'; got a mapping.",
      "must have a resource with 'Type: AWS::ECS::Service'; got a mapping.",
      "must have 'Properties' as a mapping; it has nothing.",
      "must have 'Hooks' as a list of 'Event: function'; one of them is a list.",
    ])
  })

  test('when a key is there twice in different case', () => {
    expect(read(minimal('', 'Hooks: [{BeforeInstall: f}]\nhooks: [{AfterInstall: g}]')).wrong).not.toEqual([])
  })

  test.each(['8e3', '0x50', '[80]'])('with %s as port', (port) => {
    expect(read(minimal(`, LoadBalancerInfo: {ContainerPort: ${port}}`)).wrong).not.toEqual([])
  })

  test('with a container name that is no text', () => {
    expect(read(minimal(', LoadBalancerInfo: {ContainerName: [web]}')).wrong).not.toEqual([])
  })

  test.each([
    ['its network configuration', minimal(', NetworkConfiguration: &a {AwsvpcConfiguration: *a}')],
    ['a part that is passed on', minimal('', 'Top: &a {b: *a}')],
  ])('when %s contains itself', (_, text) => {
    expect(read(text).wrong).not.toEqual([])
  })
})

test('thousands of keys that CodeDeploy does not document are told by the first thirty', () => {
  const keys = Array.from({ length: 50_000 }, (_, index) => `key${index}: 1`).join('\n')
  const { warnings, wrong } = read(minimal('', keys))
  expect(wrong).toEqual([])
  expect(warnings).toHaveLength(31)
  expect(warnings.at(-1)).toBe('49970 more like these.')
})
