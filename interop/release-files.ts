import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TASK_DEFINITION = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  containerDefinitions: [
    { name: 'web', image: 'registry.example/web:2.0.0', essential: true, portMappings: [{ containerPort: 8080 }] },
  ],
}

/** As people write it: the client puts the ARN of the new revision in. */
const APP_SPEC = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 8080
Hooks:
  - AfterAllowTestTraffic: CodeDeployHook_validate
`

/** A folder with what a release needs: `td.json`, `appspec.yaml`, and a revision of `web:1` in `revision.json`. */
export async function withReleaseFiles<T>(play: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'interop-'))
  const content = APP_SPEC.replace('<TASK_DEFINITION>', 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1')
  writeFileSync(join(folder, 'td.json'), JSON.stringify(TASK_DEFINITION))
  writeFileSync(join(folder, 'appspec.yaml'), APP_SPEC)
  writeFileSync(
    join(folder, 'revision.json'),
    JSON.stringify({ revisionType: 'AppSpecContent', appSpecContent: { content } }),
  )
  try {
    return await play(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
