// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such placeholders are what is looked for
import { describe, expect, test } from '@jest/globals'
import { placeholdersIn } from '../../src/task-definition/placeholders.ts'

function found(definition: Record<string, unknown>) {
  return placeholdersIn(definition).map(({ path, text }) => `${path}: ${text}`)
}

const inContainer = (member: Record<string, unknown>) => found({ containerDefinitions: [{ name: 'web', ...member }] })

describe('a placeholder is found in what AWS reads itself:', () => {
  test.each([
    ['<IMAGE1_NAME>', '<IMAGE1_NAME>'],
    ['registry.example/<your-app>:1', '<your-app>'],
    ['$REGISTRY/app:$TAG', '$REGISTRY'],
    ['${IMAGE}', '${IMAGE}'],
    ['registry.example/app:${{ github.sha }}', '${{ github.sha }}'],
    ['registry.example/app:%TAG%', '%TAG%'],
    ['{{image}}', '{{image}}'],
    ['#{IMAGE}#', '#{IMAGE}#'],
  ])('the image %s', (image, text) => {
    expect(inContainer({ image })).toEqual([`containerDefinitions[0].image: ${text}`])
  })

  test('a role, the family, secrets, environment files and the group of a log', () => {
    const definition = {
      family: '$APP',
      taskRoleArn: 'arn:aws:iam::<ACCOUNT_ID>:role/web',
      containerDefinitions: [
        {
          secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/a' }],
          environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::{{bucket}}/.env' }],
          logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/%STAGE%' } },
        },
      ],
    }
    expect(found(definition)).toEqual([
      'family: $APP',
      'taskRoleArn: <ACCOUNT_ID>',
      'containerDefinitions[0].secrets[0].valueFrom: ${ACCOUNT}',
      'containerDefinitions[0].environmentFiles[0].value: {{bucket}}',
      'containerDefinitions[0].logConfiguration.options.awslogs-group: %STAGE%',
    ])
  })
})

describe('the value of a variable', () => {
  test.each(['${STAGE}', '$STAGE', '<STAGE>', '%STAGE%', '{{STAGE}}', '<SOMETHING_ELSE>'])(
    'is a placeholder when it is %s and the variable STAGE',
    (value) => {
      const path = 'containerDefinitions[0].environment[0].value'
      expect(inContainer({ environment: [{ name: 'STAGE', value }] })).toEqual([`${path}: ${value}`])
    },
  )

  test.each(['${DB_URL}', '$HOME/bin', 'jdbc:${STAGE}', '{{.Time}}', '<b>', '%d', 'STAGE', '<a href="x">', '{}', ''])(
    'may be %j, which the program may read',
    (value) => {
      expect(inContainer({ environment: [{ name: 'STAGE', value }] })).toEqual([])
    },
  )
})

test.each([
  { command: ['sh', '-c', 'exec app --port ${PORT} $HOME <in'] },
  { logConfiguration: { options: { tag: '{{.Name}}/{{.ID}}', 'awslogs-datetime-format': '%Y-%m-%d%' } } },
  { healthCheck: { command: ['CMD-SHELL', 'curl localhost:$PORT'] } },
  { dockerLabels: { rule: 'Host(`${HOST}`)' } },
  { image: 'registry.example/web:1.0@sha256:0123' },
])('%j is left to Docker and the program', (member) => {
  expect(inContainer(member)).toEqual([])
})
