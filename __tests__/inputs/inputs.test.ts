import { describe, expect, test } from '@jest/globals'
import type { Inputs } from '../../src/inputs/inputs.ts'
import { INAPPLICABLE_INPUTS, type InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { rawInputs } from '../support/simulated-release.ts'

function parse(given: Partial<Record<InputName, string>>, undeclared: string[] = []) {
  const raw = rawInputs({ service: 'web', image: 'web:1', ...given })
  const { inputs, problems, warnings, notes } = parseInputs(raw, undeclared)
  return {
    inputs,
    notes,
    warnings,
    wrong: problems.map(({ sentence }) => sentence),
    reasons: problems.map(({ reason }) => reason),
  }
}

test('a service and an image are enough', () => {
  expect(parse({})).toEqual({
    inputs: {
      operation: 'release',
      cluster: 'default',
      service: 'web',
      application: undefined,
      deploymentGroup: undefined,
      images: [{ container: undefined, image: 'web:1' }],
      namesNothing: false,
      expectedImages: [],
      deploymentId: undefined,
      testUrl: undefined,
      previewServices: [],
      previewIdleMs: 72 * 3_600_000,
      onNoLane: 'skip',
      keepStrategy: false,
      onlyAtReady: false,
      taskDefinition: undefined,
      taskDefinitionFrom: 'task-definition',
      containerName: undefined,
      containerPort: undefined,
      containers: [],
      environment: new Map(),
      secrets: new Map(),
      envFiles: [],
      dockerLabels: new Map(),
      command: undefined,
      logDriver: undefined,
      logOptions: new Map(),
      cpu: undefined,
      memory: undefined,
      taskRole: undefined,
      executionRole: undefined,
      family: undefined,
      tags: new Map(),
      appSpec: undefined,
      hooks: {},
      deploymentConfig: undefined,
      description: '',
      rollbackOn: undefined,
      alarms: undefined,
      onActiveDeployment: 'wait',
      ifUnchanged: 'release',
      allowOlder: false,
      autoPromote: false,
      waitFor: 'production-traffic',
      waitForMs: undefined,
      onTimeout: 'leave',
      onCancel: 'rollback',
      failFast: 3,
      hookLogs: undefined,
      githubToken: undefined,
      pullRequestComment: false,
      githubEnvironment: undefined,
      region: undefined,
      roleToAssume: undefined,
      audience: 'sts.amazonaws.com',
      expectedAccount: undefined,
      credentialsAreClear: true,
      maxRetries: 3,
    },
    notes: [],
    warnings: [],
    wrong: [],
    reasons: [],
  })
})

test('every input has its place', () => {
  const { inputs, wrong } = parse({
    operation: 'release',
    cluster: 'arn:aws:ecs:eu-central-1:123456789012:cluster/prod',
    service: ' arn:aws:ecs:eu-central-1:123456789012:service/prod/web\n',
    'codedeploy-application': 'shop',
    'codedeploy-deployment-group': 'shop-web',
    image: 'web=registry.example/web:1',
    'task-definition': 'web:7',
    'container-name': 'web',
    'container-port': '8080',
    'environment-variables': 'A=1',
    secrets: 'B=/b',
    'env-files': 'arn:aws:s3:::config/web.env\n arn:aws:s3:::config/all.env',
    'docker-labels': 'C=3',
    command: 'run "it all"',
    'log-configuration-log-driver': 'awslogs',
    'log-configuration-options': 'D=4',
    cpu: '0.5 vCPU',
    memory: '1 GB',
    'task-role-arn': 'arn:aws:iam::123456789012:role/task',
    'execution-role-arn': 'arn:aws:iam::123456789012:role/execution',
    family: 'shop',
    tags: 'E=5',
    'codedeploy-appspec': 'none',
    'before-install-hook': 'one',
    'after-install-hook': 'two',
    'after-allow-test-traffic-hook': 'three',
    'before-allow-traffic-hook': 'four',
    'after-allow-traffic-hook': 'five',
    'codedeploy-deployment-config': 'CodeDeployDefault.ECSAllAtOnce',
    'codedeploy-deployment-description': 'Friday',
    'rollback-on': 'failure',
    alarms: 'web-5xx',
    'on-active-deployment': 'replace',
    'if-unchanged': 'skip',
    'allow-older': 'true',
    'auto-promote': 'true',
    'wait-for': 'completion',
    'test-url': 'https://test.example.org/',
    'wait-for-minutes': '30',
    'on-timeout': 'rollback',
    'on-cancel': 'leave',
    'fail-fast': '0',
    'hook-logs': 'always',
    'github-token': 'ghs_x',
    'pull-request-comment': 'true',
    'github-environment': 'staging/web',
    'aws-region': 'eu-central-1',
    'role-to-assume': 'arn:aws:iam::123456789012:role/ci/release-web',
    audience: 'https://example.org/releases',
    'expected-account-id': '123456789012',
    'max-retries': '5',
  })
  expect(wrong).toEqual([])
  expect(inputs).toEqual({
    operation: 'release',
    expectedImages: [],
    deploymentId: undefined,
    testUrl: 'https://test.example.org/',
    previewServices: [],
    previewIdleMs: 72 * 3_600_000,
    onNoLane: 'skip',
    keepStrategy: false,
    onlyAtReady: false,
    cluster: 'arn:aws:ecs:eu-central-1:123456789012:cluster/prod',
    service: 'arn:aws:ecs:eu-central-1:123456789012:service/prod/web',
    application: 'shop',
    deploymentGroup: 'shop-web',
    images: [{ container: 'web', image: 'registry.example/web:1' }],
    namesNothing: false,
    taskDefinition: 'web:7',
    taskDefinitionFrom: 'task-definition',
    containerName: 'web',
    containerPort: 8080,
    containers: ['web'],
    environment: new Map([['A', '1']]),
    secrets: new Map([['B', '/b']]),
    envFiles: ['arn:aws:s3:::config/web.env', 'arn:aws:s3:::config/all.env'],
    dockerLabels: new Map([['C', '3']]),
    command: ['run', 'it all'],
    logDriver: 'awslogs',
    logOptions: new Map([['D', '4']]),
    cpu: '0.5 vCPU',
    memory: '1 GB',
    taskRole: 'arn:aws:iam::123456789012:role/task',
    executionRole: 'arn:aws:iam::123456789012:role/execution',
    family: 'shop',
    tags: new Map([['E', '5']]),
    appSpec: 'none',
    hooks: {
      BeforeInstall: 'one',
      AfterInstall: 'two',
      AfterAllowTestTraffic: 'three',
      BeforeAllowTraffic: 'four',
      AfterAllowTraffic: 'five',
    },
    deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
    description: 'Friday',
    rollbackOn: ['failure'],
    alarms: ['web-5xx'],
    onActiveDeployment: 'replace',
    ifUnchanged: 'skip',
    allowOlder: true,
    autoPromote: true,
    waitFor: 'completion',
    waitForMs: 1_800_000,
    onTimeout: 'rollback',
    onCancel: 'leave',
    failFast: 0,
    hookLogs: 'always',
    githubToken: 'ghs_x',
    pullRequestComment: true,
    githubEnvironment: 'staging/web',
    region: 'eu-central-1',
    roleToAssume: 'arn:aws:iam::123456789012:role/ci/release-web',
    audience: 'https://example.org/releases',
    expectedAccount: '123456789012',
    credentialsAreClear: true,
    maxRetries: 5,
  })
})

test('everything that is wrong is told at once, and what is wrong counts as not given', () => {
  const { inputs, wrong, reasons } = parse({
    service: ' ',
    image: 'No Image',
    'container-port': '65536',
    cpu: 'much',
    memory: 'plenty',
    'on-active-deployment': 'hope',
    'if-unchanged': 'maybe',
    'allow-older': 'often',
    'auto-promote': 'perhaps',
    'wait-for': 'ever',
    'wait-for-minutes': '7201',
    'fail-fast': '101',
    'max-retries': '0',
    'rollback-on': 'monday',
  })
  expect(wrong).toEqual([
    "Input 'service' is required: the name or ARN of the ECS service to release.",
    "Input 'image' must be an image such as 'registry/app:tag' or 'registry/app@sha256:…', or lines 'container=image'; got 'No Image'.",
    "Input 'cpu' must be a number of CPU units such as '512', or '0.5 vCPU'; got 'much'.",
    "Input 'memory' must be a number of MiB such as '1024', or '1 GB'; got 'plenty'.",
    "Input 'container-port' must be a whole number from 1 to 65535; got '65536'.",
    "Input 'rollback-on' takes any of 'failure', 'alarm' or 'stop', or 'never' alone; got 'monday'.",
    "Input 'on-active-deployment' must be 'wait', 'replace' or 'fail'; got 'hope'.",
    "Input 'if-unchanged' must be 'release' or 'skip'; got 'maybe'.",
    "Input 'allow-older' must be 'true' or 'false'; got 'often'.",
    "Input 'auto-promote' must be 'true' or 'false'; got 'perhaps'.",
    "Input 'wait-for' must be 'test-traffic', 'production-traffic', 'completion' or 'nothing'; got 'ever'.",
    "Input 'wait-for-minutes' must be a whole number from 1 to 7200; got '7201'.",
    "Input 'fail-fast' must be a whole number from 0 to 100; got '101'.",
    "Input 'max-retries' must be a whole number from 1 to 20; got '0'.",
  ])
  expect(new Set(reasons)).toEqual(new Set(['invalid-input']))
  const defaults = parse({}).inputs
  expect({ ...inputs, images: [] }).toEqual({ ...defaults, images: [], service: '' })
})

test('only-at-ready is for a stop alone', () => {
  expect(parse({ operation: 'stop', 'only-at-ready': 'true' })).toMatchObject({
    inputs: { onlyAtReady: true },
    wrong: [],
  })
  expect(parse({ operation: 'promote', 'only-at-ready': 'false' }).wrong).toEqual([])
  expect(parse({ operation: 'promote', 'only-at-ready': 'true' }).wrong).toEqual([
    "Input 'only-at-ready' applies to 'operation: stop' only.",
  ])
})

describe('rollback-on', () => {
  test.each<[string, Inputs['rollbackOn']]>([
    ['', undefined],
    [' , \n', undefined],
    ['never', []],
    ['stop, failure', ['failure', 'stop']],
    ['alarm\r\nfailure\nfailure,', ['failure', 'alarm']],
    ['failure alarm stop', ['failure', 'alarm', 'stop']],
  ])('%j rolls back on %j', (given, events) => {
    expect(parse({ 'rollback-on': given })).toMatchObject({ inputs: { rollbackOn: events }, wrong: [] })
  })

  test('tells every word that it does not know', () => {
    expect(parse({ 'rollback-on': 'failure, Alarm\nDEPLOYMENT_FAILURE' }).wrong).toEqual([
      "Input 'rollback-on' takes any of 'failure', 'alarm' or 'stop', or 'never' alone; got 'Alarm', 'DEPLOYMENT_FAILURE'.",
    ])
  })

  test("takes 'never' alone", () => {
    expect(parse({ 'rollback-on': 'never, failure' }).wrong).toEqual([
      "Input 'rollback-on' takes 'never' alone; got it together with other words.",
    ])
  })
})

describe('alarms', () => {
  test('are one on each line; names may have spaces and commas', () => {
    expect(parse({ alarms: 'web 5xx, all\n  latency\n' }).inputs.alarms).toEqual(['web 5xx, all', 'latency'])
  })

  test.each([
    ['a name twice', 'a\nb\na', "Input 'alarms' names 'a' more than once."],
    [
      'more than ten',
      Array.from({ length: 11 }, (_, index) => `alarm-${index}`).join('\n'),
      "Input 'alarms' takes at most 10 alarm names; got 11.",
    ],
    [
      'a name of more than 255 characters',
      'x'.repeat(256),
      `Input 'alarms' takes names of at most 255 characters; one begins '${'x'.repeat(40)}…'.`,
    ],
    [
      'a control character in a name',
      'web-5xx\nweb\u0007-latency',
      "Input 'alarms' takes names without control characters; there is one in 'web-latency'.",
    ],
    [
      'a tab in a name',
      'web\t5xx',
      "Input 'alarms' takes names without control characters; there is one in 'web 5xx'.",
    ],
  ])('are refused with %s', (_, given, sentence) => {
    expect(parse({ alarms: given })).toMatchObject({ inputs: { alarms: undefined }, wrong: [sentence] })
  })

  test('are refused without being held up when there are ten thousand', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `alarm-${index}`).join('\n')
    expect(parse({ alarms: names }).wrong).toEqual(["Input 'alarms' takes at most 10 alarm names; got 10000."])
  })
})

describe('a variable that is set as a secret too', () => {
  test('is refused by name, without its value', () => {
    expect(parse({ 'environment-variables': 'TOKEN=hunter2\nA=1', secrets: 'TOKEN=/token\nB=/b' }).wrong).toEqual([
      "Input 'secrets' sets 'TOKEN', which 'environment-variables' sets too; keep one.",
    ])
  })
})

describe('the size of a task', () => {
  test.each(['256', '0.25 vCPU', '1vcpu', '.5 VCPU', '16 vCPU'])('may have %s as cpu', (cpu) => {
    expect(parse({ cpu })).toMatchObject({ inputs: { cpu }, wrong: [] })
  })

  test.each(['0.5', '1 GB', '-256', '256 CPU', '1,5 vCPU', 'vCPU'])('may not have %s as cpu', (cpu) => {
    expect(parse({ cpu })).toMatchObject({ inputs: { cpu: undefined }, wrong: [expect.stringContaining("'cpu'")] })
  })

  test.each(['512', '1 GB', '0.5GB', '30 gb'])('may have %s as memory', (memory) => {
    expect(parse({ memory })).toMatchObject({ inputs: { memory }, wrong: [] })
  })

  test.each(['512 MB', '1 vCPU', '1.5', 'GB'])('may not have %s as memory', (memory) => {
    expect(parse({ memory })).toMatchObject({
      inputs: { memory: undefined },
      wrong: [expect.stringContaining("'memory'")],
    })
  })

  test('refuses a million digits without being held up', () => {
    expect(parse({ cpu: `${'1'.repeat(1_000_000)}x` }).wrong).toHaveLength(1)
  })
})

describe('wait-for and the older wait-for-service-stability', () => {
  test.each<[string, string, Inputs['waitFor']]>([
    ['', 'true', 'production-traffic'],
    ['', 'false', 'nothing'],
    ['completion', 'true', 'completion'],
    ['nothing', 'false', 'nothing'],
  ])('%j and %j end at %s, with a note', (waitFor, stability, finishLine) => {
    const { inputs, wrong, notes } = parse({ 'wait-for': waitFor, 'wait-for-service-stability': stability })
    expect({ finishLine: inputs.waitFor, wrong }).toEqual({ finishLine, wrong: [] })
    expect(notes).toEqual([expect.stringMatching(/^Input 'wait-for-service-stability' is deprecated\. Use 'wait-for'/)])
  })

  test.each([
    ['nothing', 'true'],
    ['completion', 'false'],
    ['production-traffic', 'false'],
  ])('%s and %s contradict each other', (waitFor, stability) => {
    expect(parse({ 'wait-for': waitFor, 'wait-for-service-stability': stability }).wrong).toEqual([
      `Input 'wait-for-service-stability' says '${stability}' and 'wait-for' says '${waitFor}'; keep 'wait-for'.`,
    ])
  })
})

describe('an input of the official action that cannot apply', () => {
  test.each(Object.entries(INAPPLICABLE_INPUTS))('is refused with advice: %s', (name, advice) => {
    expect(parse({}, [name.toUpperCase()]).wrong).toEqual([
      `Input '${name}' cannot apply to a release through CodeDeploy: ${advice}.`,
    ])
  })
})

describe('an input that there is not', () => {
  test.each([
    ['IMAGEE', "There is no input 'imagee'. Did you mean 'image'?"],
    [
      'AFTER-ALLOW-TEST-TRAFIC-HOOK',
      "There is no input 'after-allow-test-trafic-hook'. Did you mean 'after-allow-test-traffic-hook'?",
    ],
    ['CONTAINER_NAME', "There is no input 'container_name'. Did you mean 'container-name'?"],
    ['DOCKER-LABEL', "There is no input 'docker-label'. Did you mean 'docker-labels'?"],
    ['TASK_DEFINITION_FAMILY', "There is no input 'task_definition_family'. Did you mean 'task-definition-family'?"],
    [
      'DESIRED_COUNT',
      `Input 'desired-count' cannot apply to a release through CodeDeploy: ${INAPPLICABLE_INPUTS['desired-count']}.`,
    ],
  ])('is refused when what was meant can be told: %s', (name, sentence) => {
    expect(parse({}, [name])).toMatchObject({ wrong: [sentence], reasons: ['invalid-input'], warnings: [] })
  })

  test('is one warning when it resembles nothing, as a variable of the job does', () => {
    const { wrong, warnings } = parse({}, ['CONSTRUCTOR', 'RELEASE_NOTES'])
    expect(wrong).toEqual([])
    expect(warnings).toEqual([
      "There are no inputs 'constructor' and 'release_notes'; they are not used. A variable of the job whose name begins with INPUT_ looks like one.",
    ])
    expect(parse({}, ['VERSION']).warnings).toEqual([
      "There is no input 'version'; it is not used. A variable of the job whose name begins with INPUT_ looks like one.",
    ])
  })

  test('is one warning of bounded length, however many there are', () => {
    const { warnings } = parse(
      {},
      Array.from({ length: 5_000 }, (_, index) => `ZZZZZZZZ${index}`),
    )
    expect(warnings).toEqual([expect.stringContaining("'zzzzzzzz9' and 4990 more; they are not used.")])
  })

  test.each(['ARGS', 'ENTRYPOINT'])('is left alone when the runner adds it: %s', (name) => {
    expect(parse({}, [name])).toMatchObject({ wrong: [], warnings: [] })
  })
})

test.each(['s3://bucket/appspec.yaml', 'S3://bucket/key', 'arn:aws:s3:::bucket/appspec.yaml'])(
  'an AppSpec in S3 is refused with what to give instead: %s',
  (appSpec) => {
    const { inputs, wrong, reasons } = parse({ 'codedeploy-appspec': appSpec })
    expect(wrong).toEqual([
      `Input 'codedeploy-appspec' names '${appSpec}', but an AppSpec in S3 could not have its task definition replaced. Fetch it in a step before ('aws s3 cp s3://BUCKET/KEY appspec.yaml') and give its path, or give its text.`,
    ])
    expect({ reasons, appSpec: inputs.appSpec }).toEqual({ reasons: ['invalid-input'], appSpec: 'none' })
  },
)

describe('a release of nothing', () => {
  const NOTHING =
    /^There is nothing to release: 'image' is empty, and so is every other input .* set 'redeploy: true'\.$/

  test.each<Partial<Record<InputName, string>>>([
    {},
    { operation: 'plan' },
    { image: ' \n', redeploy: 'false', 'if-unchanged': 'skip' },
    { 'codedeploy-appspec': 'none', 'after-install-hook': 'one' },
  ])('is refused: %j', (given) => {
    const { wrong, reasons } = parse({ image: '', ...given })
    expect(wrong).toEqual([expect.stringMatching(NOTHING)])
    expect(reasons).toEqual(['invalid-input'])
  })

  test.each<Partial<Record<InputName, string>>>([
    { redeploy: 'true' },
    { 'task-definition': 'web:7' },
    { 'environment-variables': 'A=1' },
    { secrets: 'A=/a' },
    { cpu: '256' },
    { memory: '512' },
    { 'task-definition-arn': 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:7' },
    { 'task-definition-family': 'web' },
    { 'env-files': 'arn:aws:s3:::config/web.env' },
    { 'docker-labels': 'A=' },
    { command: 'run' },
    { 'log-configuration-log-driver': 'awslogs' },
    { 'log-configuration-options': 'mode=blocking' },
    { 'task-role-arn': 'arn:aws:iam::123456789012:role/web' },
    { 'execution-role-arn': 'arn:aws:iam::123456789012:role/web' },
    { family: 'web' },
    { tags: 'A=' },
    { 'codedeploy-appspec': 'deploy/appspec.yaml' },
    { operation: 'rollback' },
    { operation: 'promote' },
    { operation: 'stop' },
    { operation: 'watch' },
  ])('is none when it says %j', (given) => {
    expect(parse({ image: '', ...given }).wrong).toEqual([])
  })

  test.each(['promote', 'rollback', 'stop', 'watch'])('cannot be asked for with operation: %s', (operation) => {
    expect(parse({ operation, redeploy: 'true' }).wrong).toEqual([
      `Input 'redeploy' does not apply to 'operation: ${operation}'.`,
    ])
  })
})

describe('as whom and where', () => {
  test.each([
    [
      'release-web',
      "Input 'role-to-assume' must be the ARN of an IAM role, 'arn:aws:iam::ACCOUNT:role/NAME'; got 'release-web'.",
    ],
    [
      'arn:aws:sts::123456789012:assumed-role/a/b',
      "Input 'role-to-assume' must be the ARN of an IAM role, 'arn:aws:iam::ACCOUNT:role/NAME'; got 'arn:aws:sts::123456789012:assumed-role/a/b'.",
    ],
  ])('a role that is none is refused before anybody is asked: %s', (role, sentence) => {
    const { inputs, wrong } = parse({ service: 'web', 'role-to-assume': role })
    expect(wrong).toEqual([sentence])
    expect(inputs.credentialsAreClear).toBe(false)
  })

  test.each(['12345678901', '1234-5678-9012', 'prod'])('an account is 12 digits, not %s', (account) => {
    const { inputs, wrong } = parse({ service: 'web', 'expected-account-id': account })
    expect(wrong).toEqual([`Input 'expected-account-id' must be the 12 digits of an AWS account; got '${account}'.`])
    expect(inputs.credentialsAreClear).toBe(false)
  })

  test.each([
    ['aws', 'sts.amazonaws.com'],
    ['aws-cn', 'sts.amazonaws.com.cn'],
    ['aws-us-gov', 'sts.amazonaws.com'],
    ['aws-eusc', 'sts.amazonaws.com'],
    ['aws-iso', 'sts.amazonaws.com'],
  ])('the token for a role in %s is for %s unless an audience is given', (partition, audience) => {
    const role = { service: 'web', 'role-to-assume': `arn:${partition}:iam::123456789012:role/release-web` }
    expect(parse(role).inputs.audience).toBe(audience)
    expect(parse({ ...role, audience: 'shop' }).inputs.audience).toBe('shop')
  })

  test.each(['two words', 'a\nb', 'x'.repeat(256), 'é'])(
    'an audience that no provider can list is refused: %j',
    (audience) => {
      const { inputs, wrong } = parse({
        service: 'web',
        audience,
        'role-to-assume': 'arn:aws:iam::123456789012:role/a',
      })
      expect(wrong).toEqual([
        expect.stringMatching(/^Input 'audience' must be an audience that the account's OIDC provider lists/),
      ])
      expect(inputs.credentialsAreClear).toBe(false)
    },
  )

  test('an audience without a role is not used, and a note says so', () => {
    const { notes, wrong } = parse({ service: 'web', audience: 'sts.amazonaws.com' })
    expect(wrong).toEqual([])
    expect(notes).toEqual([expect.stringContaining("'role-to-assume', which is not given")])
  })

  test('the role and the expected account agree', () => {
    const { inputs, wrong, reasons } = parse({
      service: 'web',
      'role-to-assume': 'arn:aws-cn:iam::123456789012:role/release-web',
      'expected-account-id': '999999999999',
    })
    expect(wrong).toEqual([
      "Input 'expected-account-id' is 999999999999, but the role of 'role-to-assume' is of account 123456789012.",
    ])
    expect(reasons).toEqual(['wrong-account'])
    expect(inputs.credentialsAreClear).toBe(false)
  })
})
