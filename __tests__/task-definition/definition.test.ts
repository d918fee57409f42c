import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { definitionFromAnswer, parseTaskDefinitionFile } from '../../src/task-definition/definition.ts'

function read(path: string, content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const { definition, problems, notes } = parseTaskDefinitionFile(path, text)
  return { definition, notes, wrong: problems.map(({ sentence }) => sentence) }
}

const WEB = { family: 'web', containerDefinitions: [{ name: 'web', image: 'registry.example/web:1' }] }

describe('a JSON file', () => {
  test('is taken as it is', () => {
    const definition = {
      ...WEB,
      cpu: '256',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      enableFaultInjection: false,
      tags: [{ key: 'team', value: 'web' }],
      containerDefinitions: [
        {
          name: 'web',
          image: 'registry.example/web:1',
          cpu: 0,
          essential: false,
          portMappings: [{ containerPort: 8080 }],
          command: ['sh', '-c', 'true'],
          dockerLabels: { 'com.example.a': 'b' },
          logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/web' } },
        },
      ],
    }
    expect(read('task-definition.json', definition)).toEqual({ definition, notes: [], wrong: [] })
  })

  test('leaves out what is null or empty at every depth, but keeps empty values of named variables', () => {
    const container = {
      name: 'web',
      image: 'i',
      links: [''],
      hostname: '',
      user: null,
      logConfiguration: { options: { mode: '' } },
      command: ['sh', ''],
      entryPoint: [''],
      secrets: [{ name: '', valueFrom: '' }],
      linuxParameters: { capabilities: { add: [''], drop: [''] } },
      dockerLabels: { empty: '', team: 'web' },
      portMappings: [{}, { containerPort: 8080, name: '' }],
      environment: [{ name: 'A', value: '' }, { name: 'B', value: null }, { name: 'C' }, { name: '', value: '' }, {}],
    }
    const { definition, wrong } = read('t.json', {
      ...WEB,
      containerDefinitions: [container, {}],
      volumes: [],
      pidMode: '',
    })
    expect(wrong).toEqual([])
    expect(definition).toEqual({
      family: 'web',
      containerDefinitions: [
        {
          name: 'web',
          image: 'i',
          command: ['sh'],
          dockerLabels: { team: 'web' },
          portMappings: [{ containerPort: 8080 }],
          environment: [
            { name: 'A', value: '' },
            { name: 'B', value: '' },
            { name: 'C', value: '' },
          ],
        },
      ],
    })
  })

  test('leaves nothing of a list that has nothing in it', () => {
    expect(read('t.json', { family: 'web', containerDefinitions: [{}, null, { name: '' }] }).wrong).toEqual([
      "Task definition file 't.json' does not fit: 'containerDefinitions' is missing or empty.",
    ])
  })

  test('may be the output of describe-task-definition, whose own members are left out with a note', () => {
    const described = { ...WEB, taskDefinitionArn: 'arn', revision: 3, status: 'ACTIVE', registeredAt: 1 }
    const tags = [{ key: 'team', value: 'web' }]
    const { definition, notes, wrong } = read('t.json', { taskDefinition: described, tags })
    expect({ definition, wrong }).toEqual({ definition: { ...WEB, tags }, wrong: [] })
    expect(notes).toEqual(
      ['taskDefinitionArn', 'revision', 'status', 'registeredAt'].map(
        (member) => `Task definition file 't.json': left out '${member}', which is only in answers of ECS.`,
      ),
    )
    expect(read('t.json', { taskDefinition: WEB }).definition).toEqual(WEB)
    expect(read('t.json', { taskDefinition: WEB, tags: [] }).definition).toEqual(WEB)
  })
})

describe('a YAML file', () => {
  test('gives each scalar the type that ECS wants', () => {
    const text = `
family: web
cpu: 256
memory: 512
enableFaultInjection: False
containerDefinitions:
  - name: web
    image: registry.example/web:1.0
    cpu: 10
    essential: true
    stopTimeout: "30"
    portMappings:
      - {containerPort: 8080, protocol: tcp}
    environment:
      - {name: OCTAL, value: 0123}
      - {name: VERSION, value: 1.10}
      - {name: FLAG, value: true}
      - {name: DATE, value: 2026-01-01}
      - {name: EMPTY, value: }
      - {name: EMPTY_TOO, value: ""}
    dockerLabels: {answer: 42}
`
    expect(read('t.yml', text)).toEqual({
      wrong: [],
      notes: [],
      definition: {
        family: 'web',
        cpu: '256',
        memory: '512',
        enableFaultInjection: false,
        containerDefinitions: [
          {
            name: 'web',
            image: 'registry.example/web:1.0',
            cpu: 10,
            essential: true,
            stopTimeout: 30,
            portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
            environment: [
              { name: 'OCTAL', value: '0123' },
              { name: 'VERSION', value: '1.10' },
              { name: 'FLAG', value: 'true' },
              { name: 'DATE', value: '2026-01-01' },
              { name: 'EMPTY', value: '' },
              { name: 'EMPTY_TOO', value: '' },
            ],
            dockerLabels: { answer: '42' },
          },
        ],
      },
    })
  })

  test('may have anchors and merge keys', () => {
    const text = `
family: web
containerDefinitions:
  - &base {name: web, image: i, environment: &env [{name: A, value: 1}]}
  - {<<: *base, name: worker, environment: *env}
`
    const environment = [{ name: 'A', value: '1' }]
    expect(read('t.yaml', text).definition).toEqual({
      family: 'web',
      containerDefinitions: [
        { name: 'web', image: 'i', environment },
        { name: 'worker', image: 'i', environment },
      ],
    })
  })

  test.each(['yes', '0x10', '1e3', '8_080', '1.5.2', 'soon', '0x', '٣'])('has no number %s', (value) => {
    const text = `family: web\ncontainerDefinitions:\n- {name: web, cpu: ${value}}`
    expect(read('t.yaml', text).wrong).toEqual([
      "Task definition file 't.yaml' does not fit: 'containerDefinitions[0].cpu' must be a whole number, not a text.",
    ])
  })

  test('has no truth but true and false', () => {
    const text = 'family: web\ncontainerDefinitions:\n- {name: web, essential: yes, privileged: 1}'
    expect(read('t.yaml', text).wrong).toEqual([
      "Task definition file 't.yaml' does not fit: 'containerDefinitions[0].essential' must be true or false, not a text.",
      "Task definition file 't.yaml' does not fit: 'containerDefinitions[0].privileged' must be true or false, not a text.",
    ])
  })
})

describe('a file that does not fit', () => {
  const named = (sentence: string) => `Task definition file 't.json' ${sentence}`

  test.each<[string, unknown, string[]]>([
    ['no JSON', '{', ["is not valid JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)."]],
    ['a list', [], ['must hold a JSON object; it holds a list.']],
    [
      'nothing required',
      {},
      ["does not fit: 'family' is missing or empty.", "does not fit: 'containerDefinitions' is missing or empty."],
    ],
    [
      'null where something is required',
      { family: null, containerDefinitions: null },
      ["does not fit: 'family' is missing or empty.", "does not fit: 'containerDefinitions' is missing or empty."],
    ],
    [
      'members that ECS does not know',
      {
        ...WEB,
        Cpu: '1',
        containerDefinitions: [{ name: 'web', imageTag: '1', environment: [{ name: 'A', Value: '1' }] }],
      },
      [
        "has the member 'containerDefinitions[0].imageTag', which ECS does not know.",
        "has the member 'containerDefinitions[0].environment[0].Value', which ECS does not know.",
        "has the member 'Cpu', which ECS does not know.",
      ],
    ],
    [
      'a secret among the variables',
      { ...WEB, containerDefinitions: [{ name: 'web', image: 'a:1', environment: [{ name: 'A', valueFrom: '/a' }] }] },
      [
        "has the member 'containerDefinitions[0].environment[0].valueFrom', which belongs into 'secrets': a member of 'environment' has 'name' and 'value'.",
      ],
    ],
    [
      'other types',
      {
        family: 5,
        containerDefinitions: [
          'web',
          { name: 'web', essential: 'true', cpu: '256', command: 'run', environment: { A: '1' }, dockerLabels: ['a'] },
        ],
      },
      [
        "does not fit: 'family' must be a text, not a number.",
        "does not fit: 'containerDefinitions[0]' must be a mapping, not a text.",
        "does not fit: 'containerDefinitions[1].essential' must be true or false, not a text.",
        "does not fit: 'containerDefinitions[1].cpu' must be a whole number, not a text.",
        "does not fit: 'containerDefinitions[1].command' must be a list, not a text.",
        "does not fit: 'containerDefinitions[1].environment' must be a list, not a mapping.",
        "does not fit: 'containerDefinitions[1].dockerLabels' must be a mapping, not a list.",
      ],
    ],
    [
      'a wrapper with more in it',
      { taskDefinition: WEB, taskDefinitions: [] },
      [
        "has the member 'taskDefinition', which ECS does not know.",
        "has the member 'taskDefinitions', which ECS does not know.",
        "does not fit: 'family' is missing or empty.",
        "does not fit: 'containerDefinitions' is missing or empty.",
      ],
    ],
  ])('with %s is refused, with everything that is wrong', (_, content, sentences) => {
    expect(read('t.json', content)).toEqual({ definition: undefined, notes: [], wrong: sentences.map(named) })
  })

  test('is refused without showing the values of variables', () => {
    const environment = [{ name: 'PASSWORD', value: 20_260_101 }, { name: 'TOKEN', value: ['hunter2'] }, 'hunter2']
    const { wrong } = read('t.json', { ...WEB, containerDefinitions: [{ name: 'web', environment }] })
    expect(wrong).toEqual([
      named("does not fit: 'containerDefinitions[0].environment[0].value' must be a text, not a number."),
      named("does not fit: 'containerDefinitions[0].environment[1].value' must be a text, not a list."),
      named("does not fit: 'containerDefinitions[0].environment[2]' must be a mapping, not a text."),
    ])
  })

  test('is refused when a member is called like what every object has', () => {
    const { wrong } = read(
      't.json',
      '{"family": "web", "containerDefinitions": [{"name": "web"}], "__proto__": {"x": 1}, "constructor": 1}',
    )
    expect(wrong).toEqual([
      named("has the member '__proto__', which ECS does not know."),
      named("has the member 'constructor', which ECS does not know."),
    ])
  })

  test('is named on one line, whatever it is called', () => {
    expect(read('a\n::error::b.json', []).wrong).toEqual([
      "Task definition file 'a ::error::b.json' must hold a JSON object; it holds a list.",
    ])
  })

  test.each([
    ['an empty family', { ...WEB, family: '' }],
    ['no container', { ...WEB, containerDefinitions: [] }],
  ])('is refused with %s', (_, content) => {
    expect(read('t.json', content).wrong).not.toEqual([])
  })

  test('is refused with a fraction where ECS wants a whole number', () => {
    const content = { ...WEB, containerDefinitions: [{ name: 'web', portMappings: [{ containerPort: 80.5 }] }] }
    expect(read('t.json', content).wrong).not.toEqual([])
  })

  test('is refused when a JSON object has a member twice', () => {
    expect(
      read('t.json', '{"family": "a", "family": "b", "containerDefinitions": [{"name": "web"}]}').wrong,
    ).not.toEqual([])
  })
})

describe('an answer of DescribeTaskDefinition', () => {
  const answer = {
    ...WEB,
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3',
    revision: 3,
    status: 'ACTIVE',
    requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: 1786190404.3,
    deregisteredAt: 1786190405,
    deleteRequestedAt: 1786190406,
    registeredBy: 'arn:aws:iam::123456789012:role/admin',
    volumes: [],
  }

  test('loses what only answers have; everything else stays as it came', () => {
    expect(definitionFromAnswer(answer, undefined)).toEqual({
      definition: { ...WEB, volumes: [] },
      notes: [],
    })
  })

  test.each<[string, unknown, object]>([
    ['its tags', [{ key: 'a', value: '' }], { tags: [{ key: 'a', value: '' }] }],
    ['no empty list of tags, which ECS refuses', [], {}],
    ['nothing that is no list', 'tags', {}],
  ])('carries over %s', (_, tags, expected) => {
    expect(definitionFromAnswer(WEB, tags).definition).toEqual({ ...WEB, ...expected })
  })

  test('keeps members that the SDK does not know, and names them', () => {
    const container = { name: 'web', image: 'i', novelty: { deep: [1] } }
    const newer = { family: 'web', containerDefinitions: [container], invention: null }
    expect(definitionFromAnswer(newer, undefined)).toEqual({
      definition: newer,
      notes: [
        'The task definition has members that this version does not know and passes on as they are: containerDefinitions[0].novelty, invention.',
      ],
    })
  })
})

test.each(['t.json', 't.yaml'])('%s is read or refused, whatever it holds', (path) => {
  const names = fc.constantFrom(
    'family',
    'containerDefinitions',
    'environment',
    'name',
    'value',
    'taskDefinition',
    '__proto__',
    'x',
  )
  const { content } = fc.letrec((tie) => ({
    content: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('', 'a', 1, true, null),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('content'),
    ),
  }))
  fc.assert(
    fc.property(content, (document) => {
      const { definition, wrong } = read(path, document)
      expect(definition === undefined).toBe(wrong.length > 0)
    }),
  )
})

describe('50,000 members that nobody knows', () => {
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`member${index}`, 1]))

  test('are told by the first thirty in a file, and how many more there are', () => {
    const { wrong } = read('task-definition.json', { ...WEB, ...many })
    expect(wrong).toHaveLength(31)
    expect(wrong.at(-1)).toBe('49970 more like these.')
  })

  test('are passed on from an answer, with a note that names the first thirty', () => {
    const { definition, notes } = definitionFromAnswer({ ...WEB, ...many }, undefined)
    expect(Object.keys(definition)).toHaveLength(50_002)
    expect(notes).toEqual([expect.stringMatching(/: member0, .*, member29 and 49970 more\.$/)])
  })
})
