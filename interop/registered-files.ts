/** A task definition file that people release with, and what the official deploy action registers from it. */
export interface RegisteredFile {
  /** What is special about it. */
  shape: string
  path: string
  text: string
}

const CONTAINER = '"name": "web", "image": "registry.example/web:1.1.0", "portMappings": [{ "containerPort": 8080 }]'
const TASK =
  '"family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"'

/** JSON with more in its container and beside it. */
function json(inContainer: string, besides = ''): string {
  return `{ ${TASK}, "containerDefinitions": [{ ${CONTAINER}${inContainer} }]${besides} }`
}

/** The official action reads every file as YAML 1.2, leaves out what is empty, and puts back values of variables. */
export const REGISTERED_FILES: RegisteredFile[] = [
  { shape: 'JSON', path: 'td.json', text: json('') },
  {
    shape: 'JSON with a byte order mark, tabs and Windows line ends',
    path: 'td.json',
    text: `\ufeff${json('').replaceAll(', ', ',\r\n\t')}`,
  },
  { shape: 'JSON with trailing commas', path: 'td.json', text: json(', "essential": true,').replace(/ \}$/, ', }') },
  { shape: 'JSON with a comment', path: 'td.json', text: `# of the web\n${json('')}` },
  { shape: 'JSON in a file without an ending', path: 'task-definition', text: json('') },
  {
    shape: 'empty items, texts, lists and mappings',
    path: 'td.json',
    text: json(
      ', "links": [""], "command": ["run", ""], "entryPoint": [], "user": "", "hostname": null, "dockerLabels": { "a": "" }, "linuxParameters": { "capabilities": { "add": [""], "drop": [] } }, "ulimits": [{}]',
      ', "volumes": [], "pidMode": "", "placementConstraints": [{ "type": "", "expression": "" }]',
    ),
  },
  {
    shape: 'variables without values and without anything',
    path: 'td.json',
    text: json(
      ', "environment": [{ "name": "A", "value": "" }, { "name": "B" }, { "name": "", "value": "" }, { "name": "C", "value": null }], "secrets": [{ "name": "", "valueFrom": "" }]',
    ),
  },
  {
    shape: 'zero, false and nested settings that are not empty',
    path: 'td.json',
    text: json(
      ', "cpu": 0, "essential": false, "readonlyRootFilesystem": false, "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web" } }',
    ),
  },
  {
    shape: 'what DescribeTaskDefinition tells',
    path: 'td.json',
    text: json(
      '',
      ', "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7", "revision": 7, "status": "ACTIVE", "compatibilities": ["EC2", "FARGATE"], "requiresAttributes": [{ "name": "com.amazonaws.ecs.capability.x" }], "registeredAt": "2026-01-01T00:00:00Z", "registeredBy": "arn:aws:iam::123456789012:user/me"',
    ),
  },
  {
    shape: 'tags, volumes and a sidecar',
    path: 'td.json',
    text: json(
      ' }, { "name": "proxy", "image": "proxy:2", "essential": false, "dependsOn": [{ "containerName": "web", "condition": "START" }]',
      ', "tags": [{ "key": "team", "value": "web" }], "volumes": [{ "name": "scratch" }], "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" }, "ephemeralStorage": { "sizeInGiB": 40 }',
    ),
  },
  {
    shape: 'YAML',
    path: 'td.yaml',
    text: `family: web
networkMode: awsvpc
requiresCompatibilities: [FARGATE]
cpu: "256"
memory: "512"
executionRoleArn: arn:aws:iam::123456789012:role/ecsTaskExecutionRole
containerDefinitions:
  - name: web
    image: registry.example/web:1.1.0
    essential: true
    portMappings:
      - containerPort: 8080
        protocol: tcp
    environment:
      - { name: STAGE, value: prod }
      - { name: EMPTY, value: "" }
    command: ["sh", "-c", "exec app"]
`,
  },
  {
    shape: 'YAML with anchors and block texts',
    path: 'td.yml',
    text: `family: web
networkMode: awsvpc
requiresCompatibilities: &fargate [FARGATE]
cpu: '256'
memory: '512'
executionRoleArn: arn:aws:iam::123456789012:role/ecsTaskExecutionRole
containerDefinitions:
  - name: web
    image: registry.example/web:1.1.0
    portMappings: &ports [{ containerPort: 8080 }]
    environment: &shared
      - name: SCRIPT
        value: |
          one
          two
  - name: worker
    image: registry.example/worker:1.1.0
    environment: *shared
`,
  },
]
